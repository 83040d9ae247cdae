//! The log of reads, from the request to the export.

use openklant_tests::fixtures::{BSN, KLANTEN, klant};
use openklant_tests::program::{Process, Program};
use openklant_tests::tokens::{Credential, bearer};
use openklant_tests::{Client, Database, on_both};
use serde_json::{Value, json};

const SECRET: &str = "een-geheim-van-het-portaal-dat-lang-genoeg-is";
const KEY: &str = "een-sleutel-van-meer-dan-tweeendertig-tekens";

/// The API with a log of reads, and a citizen who calls it through a portal.
async fn serving(database: &Database) -> (Program, Process, Client) {
    let program =
        Program::on(database).with([("OPENKLANT_READ_LOG", "true"), ("OPENKLANT_READ_LOG_KEY", KEY)]);
    let add = "applicatie add --label Portaal --client-id portaal --alle-autorisaties";
    program.run_given(add, SECRET).await.well();
    let credential = Credential {
        client_id: "portaal".to_owned(),
        secret: SECRET.to_owned(),
    };
    let mut claims = credential.claims(openklant_shared::clock::Clock::System.now());
    claims["user_id"] = json!(BSN);
    claims["user_representation"] = json!(format!("BSN:{BSN}"));
    let api = program.start("api");
    let client = api.client(Some(bearer(&credential.sign(&claims)))).await;
    (program, api, client)
}

async fn export(program: &Program, arguments: &str) -> Vec<Value> {
    let printed = program
        .run(&format!("read-log export --format json {arguments}"))
        .await
        .well();
    serde_json::from_str(&printed).unwrap_or_else(|error| panic!("a list: {error}\n{printed}"))
}

on_both! {
    async fn what_was_read_by_whom_is_exported_without_the_values(database: Database) {
        let (program, _api, client) = serving(&database).await;
        let url = client.post(KLANTEN, &klant("R1")).await.expect(201).url();
        let uuid = url.rsplit('/').next().expect("a URL ends in a uuid");
        client.get(&url).header("X-Request-ID", "lezing-1").await.is(200);
        client.get(format!("{KLANTEN}?klantnummer=R1&subjectNatuurlijkPersoon__inpBsn={BSN}")).await.is(200);
        client.post(format!("{KLANTEN}/_zoek"), &json!({"subjectNatuurlijkPersoon__inpBsn": BSN})).await.is(200);
        client.get(format!("{url}/audittrail")).await.is(200);
        client.head(&url).await.is(200);
        // Nothing is seen, so nothing is recorded.
        client.get(format!("{KLANTEN}?onzin=1")).await.is(400);
        client.authorized(None).get(&url).await.is(403);
        client.get("/health/ready").await.is(200);

        let reads = export(&program, "").await;
        let short: Vec<String> = reads
            .iter()
            .map(|read| {
                let names: Vec<&str> = read["filters"]
                    .as_array()
                    .expect("filters")
                    .iter()
                    .filter_map(|filter| filter["name"].as_str())
                    .collect();
                format!("{} {} {}", read["method"].as_str().unwrap_or("-"), read["route"].as_str().unwrap_or("-"), names.join(","))
            })
            .collect();
        assert_eq!(short, [
            "GET /klanten/api/v1/klanten/{uuid} ",
            "GET /klanten/api/v1/klanten klantnummer,subjectNatuurlijkPersoon__inpBsn",
            "POST /klanten/api/v1/klanten/_zoek subjectNatuurlijkPersoon__inpBsn",
            "GET /klanten/api/v1/klanten/{klant_uuid}/audittrail ",
            "HEAD /klanten/api/v1/klanten/{uuid} ",
        ]);
        assert_eq!((&reads[0]["object"], &reads[0]["requestId"]), (&json!(uuid), &json!("lezing-1")));
        let (listed, searched) = (&reads[1]["filters"][1]["hash"], &reads[2]["filters"][0]["hash"]);
        assert_eq!(listed, searched, "the same value has the same hash");
        assert_eq!(listed, &reads[0]["userHash"], "and so has the user");
        assert!(listed.as_str().is_some_and(|hash| hash.len() == 64), "{listed}");
        for read in &reads {
            assert_eq!((&read["clientId"], &read["userId"]), (&json!("portaal"), &json!("*******33")), "{read}");
            assert!(!read.to_string().contains(BSN), "{read}");
        }
        let kept = database.probe().texts("SELECT user_id || user_representation || filters FROM read_log").await;
        assert!(kept.iter().all(|row| !row.contains(BSN)), "{kept:?}");

        assert_eq!(export(&program, &format!("--object {url}")).await.len(), 3);
        assert_eq!(export(&program, "--until 1h").await.len(), 0);
        assert_eq!(export(&program, "--since 1h").await.len(), 5);
        let csv = program.run("read-log export").await.well();
        assert_eq!(csv.lines().count(), 6, "{csv}");
        assert!(csv.starts_with("at,client_id,user_id,"), "{csv}");
        let file = program.folder().join("bsn.txt");
        std::fs::write(&file, format!("{BSN}\n")).expect("a file");
        let found = program.run_reading("read-log export --value-stdin --format json", &file).await.well();
        let found: Vec<Value> = serde_json::from_str(&found).expect("a list");
        assert_eq!(found.len(), 5, "the citizen read all of them");

        let log = database.probe().texts("SELECT command || ': ' || detail FROM operator_log ORDER BY id").await;
        let exports: Vec<&String> = log.iter().filter(|line| line.starts_with("read-log export")).collect();
        assert_eq!(exports.len(), 6, "{log:?}");
        assert_eq!(exports[5], "read-log export: value=given: 5 rows");
    }

    async fn a_read_that_cannot_be_recorded_is_not_answered(database: Database) {
        let (_program, api, client) = serving(&database).await;
        let url = client.post(KLANTEN, &klant("R1")).await.expect(201).url();
        database.probe().execute("ALTER TABLE read_log RENAME TO read_log_elders").await;
        for call in [client.get(&url), client.get(KLANTEN), client.post(format!("{KLANTEN}/_zoek"), &json!({}))] {
            let answer = call.await;
            answer.fault(503, "service_unavailable");
            assert!(!answer.text().contains("klantnummer"), "{}", answer.describe());
        }
        api.logs("the read could not be recorded").await;
        // Changes have their audit trail.
        client.patch(&url, &json!({"voornaam": "Fenna"})).await.is(200);
        database.probe().execute("ALTER TABLE read_log_elders RENAME TO read_log").await;
        client.get(&url).await.is(200);
        assert_eq!(database.probe().count("read_log").await, 1);
    }

    async fn nothing_is_recorded_unless_it_is_asked_for(database: Database) {
        let program = Program::on(&database);
        program.run("applicatie add --label Balie --client-id balie --alle-autorisaties").await.well();
        let token = program.run("token --client-id balie").await.well();
        let api = program.start("api");
        let client = api.client(Some(bearer(token.trim()))).await;
        client.get(KLANTEN).await.is(200);
        assert_eq!(database.probe().count("read_log").await, 0);
        assert_eq!(export(&program, "").await, Vec::<Value>::new());
        program.run("read-log export --value-stdin").await.complains(2, "OPENKLANT_READ_LOG_KEY");
    }

    async fn rows_are_removed_when_their_time_is_over(database: Database) {
        let (program, _api, client) = serving(&database).await;
        client.get(KLANTEN).await.is(200);
        let old = "INSERT INTO read_log (at, client_id, user_id, user_representation, user_hash, method, route, \
            filters, request_id, key_id) SELECT '2020-01-05T09:30:00+00:00', client_id, user_id, \
            user_representation, user_hash, method, route, filters, request_id, key_id FROM read_log";
        database.probe().execute(old).await;
        assert_eq!(database.probe().count("read_log").await, 2);
        program.run("jobs run read-log --yes").await.well();
        assert_eq!(database.probe().count("read_log").await, 1);
        let forever = Program::on(&database).with([("OPENKLANT_READ_LOG_RETENTION", "off")]);
        database.probe().execute(old).await;
        forever.run("jobs run read-log --yes").await.well();
        assert_eq!(database.probe().count("read_log").await, 2);
    }
}
