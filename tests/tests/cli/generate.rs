//! Fictional data: what the command stores is what the API would have stored, again for the same seed, and never beside
//! real klanten.

use openklant_shared::domain::identifiers::{Bsn, Rsin};
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, OBJECTCONTACTMOMENTEN};
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both};
use serde_json::{Value, json};

const GENERATE: &str =
    "generate --klanten 300 --contactmomenten 1500 --seed 7 --until 2026-11-25 --format json";
const KLANT: &str = "COALESCE(bronorganisatie, '-') || '|' || klantnummer || '|' || bedrijfsnaam || '|' || functie || '|' \
     || website_url || '|' || voornaam || '|' || voorvoegsel_achternaam || '|' || achternaam || '|' || telefoonnummer \
     || '|' || emailadres || '|' || COALESCE(adres_straatnaam, '-') || '|' || COALESCE(adres_postcode, '-') || '|' \
     || COALESCE(adres_woonplaatsnaam, '-') || '|' || COALESCE(adres_landcode, '-') || '|' || subject || '|' \
     || COALESCE(subject_type, '-') || '|' || aanmaakkanaal || '|' || CAST(geverifieerd AS TEXT) || '|' \
     || COALESCE(np_bsn, '-') || '|' || COALESCE(np_anp_identificatie, '-') || '|' || COALESCE(np_a_nummer, '-') \
     || '|' || COALESCE(np_geboortedatum, '-') || '|' || COALESCE(nnp_inn_nnp_id, '-') || '|' \
     || COALESCE(nnp_ann_identificatie, '-') || '|' || COALESCE(vestigingsnummer, '-') || '|' || CAST(detail AS TEXT)";
const CONTACTMOMENT: &str = "c.bronorganisatie || '|' || CAST(c.registratiedatum AS TEXT) || '|' || c.kanaal || '|' \
     || c.voorkeurskanaal || '|' || c.voorkeurstaal || '|' || c.tekst || '|' || CAST(c.onderwerp_links AS TEXT) || '|' \
     || c.initiatiefnemer || '|' || c.medewerker || '|' || COALESCE(c.mi_identificatie, '-') || '|' \
     || COALESCE(c.mi_achternaam, '-') || '|' || COALESCE(c.mi_voorletters, '-') || '|' \
     || COALESCE(c.mi_voorvoegsel_achternaam, '-') || '|' || CAST(COALESCE(c.vorig_id, 0) AS TEXT)";
const RELATION: &str = "r.rol || '|' || CAST(r.klant_uuid AS TEXT) || '|' || COALESCE(r.klant_url, '-') || '|' \
     || CAST(r.registratiedatum AS TEXT) || '|' || CAST(r.gelezen AS TEXT)";
/// Everything but the numbers of rows, which a run does not choose.
const ALL: [&str; 6] = [
    "SELECT CAST(uuid AS TEXT) || CAST(created_at AS TEXT) || CAST(changed_at AS TEXT) || klantnummer || achternaam || \
     COALESCE(np_bsn, '-') || CAST(detail AS TEXT) FROM klant ORDER BY id",
    "SELECT CAST(k.uuid AS TEXT) || z.soort || z.waarde FROM klant_zoek z JOIN klant k ON k.id = z.klant_id \
     ORDER BY z.klant_id, z.soort, z.waarde",
    "SELECT CAST(c.uuid AS TEXT) || COALESCE(CAST(v.uuid AS TEXT), '-') || CAST(c.registratiedatum AS TEXT) || c.tekst \
     FROM contactmoment c LEFT JOIN contactmoment v ON v.id = c.vorig_id ORDER BY c.id",
    "SELECT CAST(uuid AS TEXT) || COALESCE(CAST(klant_uuid AS TEXT), klant_url) || rol || CAST(registratiedatum AS TEXT) \
     FROM klantcontactmoment ORDER BY id",
    "SELECT CAST(uuid AS TEXT) || object FROM objectcontactmoment ORDER BY id",
    "SELECT CAST(uuid AS TEXT) || gebruikers_id || CAST(aanmaakdatum AS TEXT) || nieuw || COALESCE(klantnummer, '-') FROM audittrail ORDER BY id",
];

fn program(database: &Database) -> Program {
    Program::on(database).with([("OPENKLANT_BASE_URL", "https://openklant.example.nl")])
}

async fn generated(database: &Database) -> (Program, Value) {
    let program = program(database);
    let told = program.run(GENERATE).await.well();
    (program, serde_json::from_str(&told).expect("JSON"))
}

async fn one(database: &Database, sql: &str) -> String {
    let mut found = database.probe().texts(sql).await;
    assert_eq!(found.len(), 1, "{sql}: {found:?}");
    found.remove(0)
}

async fn count(client: &Client, list: &str) -> Value {
    client.get(list).await.expect(200).json()["count"].clone()
}

fn uuid(url: &Value) -> &str {
    let url = url.as_str().expect("a URL");
    url.rsplit('/').next().expect("a last part")
}

on_both! {
    async fn what_is_made_is_what_the_api_would_have_stored(database: Database) {
        let (program, told) = generated(&database).await;
        program.run("applicatie add --label Lezers --client-id lezers --alle-autorisaties").await.well();
        let token = program.run("token --client-id lezers").await.well();
        let api = program.start("api");
        let client = api.client(Some(bearer(token.trim()))).await;

        for (list, expected) in [(KLANTEN, json!(300)), (CONTACTMOMENTEN, json!(1500)),
            (KLANTCONTACTMOMENTEN, told["klantcontactmomenten"].clone()),
            (OBJECTCONTACTMOMENTEN, told["objectcontactmomenten"].clone())] {
            assert_eq!(count(&client, list).await, expected, "{list}");
        }
        assert_eq!(told["auditRows"], 1800);
        assert_eq!(database.probe().count("outbox").await, 0, "nobody is told");

        let mut kinds = Vec::new();
        let klanten = client.get(KLANTEN).await.expect(200).json();
        for klant in klanten["results"].as_array().expect("a page") {
            kinds.push(klant["subjectType"].as_str().expect("a kind").to_owned());
            check_klant(&database, &client, klant).await;
        }
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds, ["natuurlijk_persoon", "niet_natuurlijk_persoon", "vestiging"]);

        let newest = format!("{CONTACTMOMENTEN}?ordering=-registratiedatum");
        let page = client.get(newest).await.expect(200).json();
        let page = page["results"].as_array().expect("a page");
        for contactmoment in page {
            check_contactmoment(&database, &client, contactmoment).await;
        }
        let follows = |contactmoment: &&Value| !contactmoment["vorigContactmoment"].is_null();
        assert!(page.iter().any(|contactmoment| follows(&contactmoment)), "none follows on another");
        api.terminate();
        api.end().await.well();
    }

    async fn the_same_seed_makes_the_same(database: Database) {
        let (_, _) = generated(&database).await;
        let other = Database::create(database.kind()).await;
        let (_, _) = generated(&other).await;
        for sql in ALL {
            let made = database.probe().texts(sql).await;
            assert!(made.len() > 100, "{sql}");
            assert_eq!(made, other.probe().texts(sql).await, "{sql}");
        }
        other.remove().await;
    }

    async fn real_klanten_are_not_mixed_with_it(database: Database) {
        let (program, _) = generated(&database).await;
        program.run(GENERATE).await.complains(2, "the database holds 300 klanten");
        program.run(&format!("{GENERATE} --add")).await.complains(2, "300 klanten of this seed");
        assert_eq!(database.probe().count("klant").await, 300);
        let more = "generate --klanten 20 --contactmomenten 10 --seed 8 --add --without-audit";
        let told = program.run(more).await.well();
        assert!(told.starts_with("Made 20 klanten and 10 contactmomenten"), "{told}");
        assert_eq!(database.probe().count("klant").await, 320);
        assert_eq!(database.probe().count("audittrail").await, 1800);
    }

    async fn a_few_klanten_are_heard_of_most(database: Database) {
        generated(&database).await;
        let per_klant = "SELECT CAST(count(*) AS TEXT) FROM klantcontactmoment WHERE klant_uuid IS NOT NULL \
             GROUP BY klant_uuid ORDER BY count(*) DESC";
        let per_klant: Vec<usize> = database.probe().texts(per_klant).await.iter().filter_map(|text| text.parse().ok()).collect();
        let all: usize = per_klant.iter().sum();
        let first: usize = per_klant.iter().take(30).sum();
        assert!(first * 4 > all, "the first tenth has {first} of {all}");
        assert!(per_klant.len() > 150 && per_klant[per_klant.len() / 2] < per_klant[0] / 5, "{per_klant:?}");
    }
}

/// Is found by what it says, has one audit row, and is stored the same when its own text is posted.
async fn check_klant(database: &Database, client: &Client, klant: &Value) {
    let own = uuid(&klant["url"]);
    let path = format!("{KLANTEN}/{own}");
    assert_eq!(client.get(&path).await.expect(200).json(), *klant);
    let identificatie = &klant["subjectIdentificatie"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (bsn, rsin) = (text(&identificatie["inpBsn"]), text(&identificatie["innNnpId"]));
    assert!(bsn.is_empty() || Bsn::parse(&bsn).is_ok(), "{klant}");
    assert!(rsin.is_empty() || Rsin::parse(&rsin).is_ok(), "{klant}");
    let filters = [
        ("subjectNatuurlijkPersoon__inpBsn", bsn),
        ("subjectNietNatuurlijkPersoon__innNnpId", rsin),
        ("klantnummer", text(&klant["klantnummer"])),
        ("emailadres", text(&klant["emailadres"])),
    ];
    for (name, value) in filters {
        if !value.is_empty() {
            let value = value.replace('@', "%40");
            let found = client
                .get(format!("{KLANTEN}?{name}={value}"))
                .await
                .expect(200)
                .json();
            assert_eq!(found["results"], json!([klant]), "{name}");
        }
    }
    let trail = client.get(format!("{path}/audittrail")).await.expect(200).json();
    assert_eq!(trail["count"], 1, "{trail}");
    assert_eq!(trail["results"][0]["actie"], "create");
    assert_eq!(
        trail["results"][0]["wijzigingen"],
        json!({"oud": null, "nieuw": klant})
    );

    let number = format!("SELECT klantnummer FROM audittrail WHERE object_uuid = '{own}'");
    assert_eq!(one(database, &number).await, text(&klant["klantnummer"]));

    let stored = |uuid: &str| format!("SELECT {KLANT} FROM klant WHERE uuid = '{uuid}'");
    let found_by = |uuid: &str| {
        format!(
            "SELECT soort || '=' || waarde FROM klant_zoek WHERE klant_id = (SELECT id FROM klant WHERE uuid = '{uuid}') \
             ORDER BY soort, waarde"
        )
    };
    let row = one(database, &stored(own)).await;
    let terms = database.probe().texts(&found_by(own)).await;
    assert!(terms.len() > 1, "{terms:?}");
    client.delete(&path).await.is(204);
    let again = client.post(KLANTEN, klant).await.expect(201).json();
    let new = uuid(&again["url"]);
    assert_eq!(one(database, &stored(new)).await, row);
    assert_eq!(database.probe().texts(&found_by(new)).await, terms);
}

/// Is stored the same when its own text is posted, its relations with our klanten too.
async fn check_contactmoment(database: &Database, client: &Client, contactmoment: &Value) {
    let own = uuid(&contactmoment["url"]);
    let path = format!("{CONTACTMOMENTEN}/{own}");
    assert_eq!(client.get(&path).await.expect(200).json(), *contactmoment);
    let trail = client.get(format!("{path}/audittrail")).await.expect(200).json();
    assert_eq!(trail["count"], 1, "{trail}");
    let told = &trail["results"][0]["wijzigingen"]["nieuw"];
    assert_eq!(
        (&told["tekst"], &told["klantcontactmomenten"]),
        (&contactmoment["tekst"], &json!([]))
    );
    // Who follows on it would follow on nothing afterwards.
    if !contactmoment["volgendContactmoment"].is_null() {
        return;
    }
    let stored = |uuid: &str| format!("SELECT {CONTACTMOMENT} FROM contactmoment c WHERE c.uuid = '{uuid}'");
    let relations = |uuid: &str| {
        format!(
            "SELECT {RELATION} FROM klantcontactmoment r JOIN contactmoment c ON c.id = r.contactmoment_id \
             WHERE c.uuid = '{uuid}' AND r.klant_uuid IS NOT NULL ORDER BY r.id"
        )
    };
    let row = one(database, &stored(own)).await;
    let related = database.probe().texts(&relations(own)).await;
    let list = format!(
        "{KLANTCONTACTMOMENTEN}?contactmoment={}",
        contactmoment["url"].as_str().expect("a URL")
    );
    let mut klanten = client.get(list).await.expect(200).json()["results"]
        .as_array()
        .expect("a page")
        .clone();
    klanten.reverse();
    client.delete(&path).await.is(204);
    let again = client
        .post(CONTACTMOMENTEN, contactmoment)
        .await
        .expect(201)
        .json();
    let new = uuid(&again["url"]);
    assert_eq!(one(database, &stored(new)).await, row);
    for mut relation in klanten {
        let klant = relation["klant"].as_str().expect("a URL");
        if klant.starts_with("https://openklant.example.nl/") && client.get(klant).await.status() == 200 {
            relation["contactmoment"] = again["url"].clone();
            client.post(KLANTCONTACTMOMENTEN, &relation).await.is(201);
        }
    }
    let again: Vec<String> = database.probe().texts(&relations(new)).await;
    assert!(
        again.iter().all(|relation| related.contains(relation)),
        "{again:?} of {related:?}"
    );
}
