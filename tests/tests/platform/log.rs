//! What the server writes in its log: every failure of its own with the identity that the client was told, and never
//! anything about a person.

use openklant_shared::beheer::token::Token;
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OBJECTCONTACTMOMENTEN, klantcontactmoment,
    natuurlijk_persoon, objectcontactmoment, whole_contactmoment,
};
use openklant_tests::listener::Reply;
use openklant_tests::logged::without_chance;
use openklant_tests::program::{Process, Program};
use openklant_tests::remote::Remote;
use openklant_tests::tokens::bearer;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{Client, Database, on_both};
use serde_json::{Value, json};
use uuid::Uuid;

/// A running API with every right for its client, and its token.
async fn serving(program: &Program) -> (Process, Client, String) {
    let added = program
        .run("applicatie add --label Balie --client-id balie --alle-autorisaties")
        .await;
    added.well();
    let token = program
        .run("token --client-id balie")
        .await
        .well()
        .trim()
        .to_owned();
    let api = program.start("api");
    let client = Client::new(api.address().await, Some(bearer(&token)));
    (api, client, token)
}

/// Every text in a body.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, found)),
        _ => {}
    }
}

on_both! {
    async fn a_failure_of_ours_is_logged_under_the_identity_that_was_told(database: Database) {
        let program = Program::on(&database);
        let (api, client, _) = serving(&program).await;
        database
            .probe()
            .execute("ALTER TABLE audittrail RENAME TO audittrail_elders")
            .await;
        let answer = client.post(KLANTEN, &natuurlijk_persoon("G1")).await.expect(500);
        assert_eq!(answer.check_fault_shape(), Ok(()));
        let instance = answer.field("instance").replace("urn:uuid:", "");
        api.logs(&instance).await;
        let log = api.stderr();
        let line = log
            .lines()
            .find(|line| line.contains(&instance))
            .expect("the line of the failure");
        assert!(line.contains("ERROR"), "{line}");
    }

    async fn a_failure_of_the_site_is_logged_under_the_reference_that_the_page_tells(database: Database) {
        let program = Program::on(&database);
        let (api, client, _) = serving(&program).await;
        database
            .probe()
            .execute("ALTER TABLE beheer_session RENAME TO beheer_session_elders")
            .await;
        let token = Token::random().expect("random bytes");
        let cookie = format!("openklant_beheer={}", token.expose());
        let page = client.get("/beheer/").header("Cookie", &cookie).await.expect(500);
        let mut words = page.text().split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-');
        let reference = words.find(|word| Uuid::try_parse(word).is_ok()).expect("a reference");
        api.logs(reference).await;
        let log = api.stderr();
        let told = log.lines().any(|line| line.contains("ERROR") && line.contains("beheer: a page failed") && line.contains(reference));
        assert!(told, "{reference} in {log}");
    }

    async fn nothing_about_a_person_is_logged(database: Database) {
        let program = Program::on(&database).with([("OPENKLANT_LOG_LEVEL", "trace")]);
        let (api, client, token) = serving(&program).await;
        let body = natuurlijk_persoon("GEHEIM01");
        let mut secrets = Vec::new();
        texts(&body, &mut secrets);
        secrets.retain(|text| text.len() > 3 && !["natuurlijk_persoon", "balie"].contains(&text.as_str()));
        secrets.push(
            token
                .rsplit('.')
                .next()
                .expect("a token has a signature")
                .to_owned(),
        );
        secrets.push("toelichting over een burger".to_owned());

        let url = client
            .post(KLANTEN, &body)
            .header("X-Audit-Toelichting", "toelichting over een burger")
            .await
            .expect(201)
            .url();
        client.get(&url).await.is(200);
        client
            .get(format!(
                "{KLANTEN}?subjectNatuurlijkPersoon__inpBsn=111222333&achternaam=Waterland"
            ))
            .await
            .is(200);
        client.get(format!("{KLANTEN}?inpBsn=111222333")).await.is(400);
        client.post(KLANTEN, &body).await.is(400);
        client
            .patch(&url, &json!({"emailadres": "fenna@voorbeeld.example x"}))
            .await
            .is(400);
        client
            .patch(&url, &json!({"voornaam": "Fenna Jikke"}))
            .await
            .is(200);
        client.get(format!("{url}/audittrail")).await.is(200);
        client.delete(&url).await.is(204);
        database
            .probe()
            .execute("ALTER TABLE audittrail RENAME TO audittrail_elders")
            .await;
        client.post(KLANTEN, &body).await.is(500);
        api.terminate();
        let log = without_chance(&api.end().await.stderr);
        assert!(log.len() > 1000, "the server logs at this level");
        for secret in secrets {
            let line = log.lines().find(|line| line.contains(&secret));
            assert_eq!(line, None, "{secret:?} was logged");
        }
    }

    async fn nothing_about_a_contact_is_logged(database: Database) {
        let program = Program::on(&database).with([
            ("OPENKLANT_LOG_LEVEL", "trace"),
            ("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "127.0.0.1"),
        ]);
        let (remote, zaken) = (Remote::start().await, ZakenApi::start().await);
        let secret = "geheim-van-de-zaken-api";
        program
            .run_given(
                &format!("externe-api add --label Zaken --api-root {}/ --client-id kcc", zaken.base()),
                secret,
            )
            .await
            .well();
        let (api, client, _) = serving(&program).await;
        let body = whole_contactmoment();
        let mut secrets = Vec::new();
        texts(&body, &mut secrets);
        secrets.retain(|text| text.len() > 4 && text != "klant");
        secrets.push(secret.to_owned());
        for name in ["klant-111222333", "zaak-van-fenna", "weg-waterland"] {
            secrets.push(name.to_owned());
        }
        let url = client.post(CONTACTMOMENTEN, &body).await.expect(201).url();
        let known = remote.url("/ok/klant-111222333");
        let gone = remote.url("/weg/weg-waterland");
        client
            .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&url, &known))
            .await
            .is(201);
        client
            .post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&url, &gone))
            .await
            .is(400);
        let object = objectcontactmoment(&url, &zaken.zaak("zaak-van-fenna"));
        client.post(OBJECTCONTACTMOMENTEN, &object).await.is(201);
        for reply in [
            Reply::close(),
            Reply::html(500),
            Reply::json(200, &json!({"naam": "weg-waterland"})),
        ] {
            zaken.answers_zaak(reply);
            let object = objectcontactmoment(&url, &zaken.zaak("zaak-van-fenna-2"));
            client.post(OBJECTCONTACTMOMENTEN, &object).await.is(400);
        }
        client
            .get(format!(
                "{CONTACTMOMENTEN}?klant={known}&medewerkerIdentificatie__achternaam=Vries"
            ))
            .await
            .is(200);
        client
            .get(format!("{CONTACTMOMENTEN}?klantt={known}"))
            .await
            .is(400);
        client.patch(&url, &body).await.is(200);
        client.get(format!("{url}/audittrail")).await.is(200);
        client.delete(&url).await.is(204);
        for request in zaken.seen() {
            let token = request
                .header("authorization")
                .expect("our credentials came along")
                .to_owned();
            secrets.push(
                token
                    .rsplit('.')
                    .next()
                    .expect("a token has a signature")
                    .to_owned(),
            );
        }
        api.terminate();
        let log = without_chance(&api.end().await.stderr);
        assert!(log.len() > 1000, "the server logs at this level");
        for secret in secrets {
            let line = log.lines().find(|line| line.contains(&secret));
            assert_eq!(line, None, "{secret:?} was logged");
        }
    }
}
