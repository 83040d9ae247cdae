//! What a klant is found by on the management site is written with the klant, whoever writes it.

use openklant_shared::domain::zoek::{Recognised, recognise};
use openklant_shared::storage::klant_zoek::{self, Start};
use openklant_tests::fixtures::{
    BSN, KLANTEN, OTHER_BSN, klant, klant_with, niet_natuurlijk_persoon, vestiging,
};
use openklant_tests::{App, Database, on_both};
use serde_json::json;

/// What is found with `typed`: kind and value.
async fn found(app: &App, typed: &str) -> Vec<String> {
    stretch(app, typed, &Start::First, 100).await.0
}

type Place = (String, i64);

async fn stretch(app: &App, typed: &str, start: &Start, limit: i64) -> (Vec<String>, Option<Place>) {
    let Recognised::Klanten { exact, naam } = recognise(typed) else {
        panic!("{typed} is not searched for");
    };
    let mut tx = app.db().snapshot().await.expect("a snapshot");
    let found = klant_zoek::find(&mut tx, &exact, naam.as_ref(), start, limit)
        .await
        .expect("a search");
    let end = found.last().map(|found| (found.waarde.clone(), found.id));
    let told = found
        .into_iter()
        .map(|found| format!("{}={}", found.soort.name(), found.waarde))
        .collect();
    (told, end)
}

on_both! {
    async fn a_klant_is_found_as_it_is_now(app: App) {
        let body = klant_with("K1", &json!({"achternaam": "Waterland", "voornaam": "Fenna", "emailadres": "Fenna@voorbeeld.example",
            "telefoonnummer": "06-12345678"}));
        let url = app.client().post(KLANTEN, &body).await.expect(201).json()["url"].as_str().expect("a url").to_owned();
        let path = url.strip_prefix(&app.base()).expect("ours").to_owned();
        for (typed, expected) in [
            (BSN, "bsn=111222333"),
            ("k1", "klantnummer=k1"),
            ("+31 6 1234 5678", "telefoonnummer=612345678"),
            ("FENNA@VOORBEELD.EXAMPLE", "emailadres=fenna@voorbeeld.example"),
            ("wät", "naam=waterland"),
            ("fen wat", "naam=waterland"),
        ] {
            assert_eq!(found(&app, typed).await, [expected], "{typed}");
        }
        for typed in ["%%aterland", "w_terland", "aterland", "jan waterland", "'' OR 1=1", OTHER_BSN, "K12"] {
            assert!(found(&app, typed).await.is_empty(), "{typed}");
        }
        app.client().patch(&path, &json!({"achternaam": "Élan", "subjectIdentificatie": {"inpBsn": OTHER_BSN}})).await.is(200);
        assert!(found(&app, "waterland").await.is_empty() && found(&app, BSN).await.is_empty());
        assert_eq!(found(&app, "elan").await, ["naam=elan"]);
        assert_eq!(found(&app, OTHER_BSN).await, ["bsn=123456782"]);
        app.client().delete(&path).await.is(204);
        assert_eq!(app.probe().texts("SELECT waarde FROM klant_zoek").await, [""; 0]);
    }

    async fn a_refused_klant_leaves_nothing_to_find(app: App) {
        app.client().post(KLANTEN, &klant("K1")).await.is(201);
        app.client().post(KLANTEN, &klant_with("K1", &json!({"achternaam": "Dubbel"}))).await.is(400);
        assert!(found(&app, "dubbel").await.is_empty());
        assert_eq!(found(&app, BSN).await.len(), 1);
    }

    async fn organisations_are_found_by_each_word_and_once(app: App) {
        for body in [niet_natuurlijk_persoon("N1"), vestiging("V1")] {
            app.client().post(KLANTEN, &body).await.is(201);
        }
        assert_eq!(found(&app, "000012345678").await, ["vestigingsnummer=000012345678"]);
        assert_eq!(found(&app, "423182687").await, ["rsin=423182687"]);
        // Both have `Voorbeeldbakker`, one also `Voorbeeldbouw B.V.`: no klant twice.
        assert_eq!(found(&app, "voorbeeld").await, ["naam=voorbeeldbakker", "naam=voorbeeldbakker"]);
        assert_eq!(found(&app, "voorbeeldbouw").await, ["naam=voorbeeldbouw b.v."]);
        assert_eq!(found(&app, "b.v.").await, ["naam=b.v."]);
    }

    async fn a_search_goes_on_where_it_stopped(app: App) {
        for nr in 0..7 {
            let naam = json!({"achternaam": format!("Bakker {}", nr % 3)});
            app.client().post(KLANTEN, &klant_with(&format!("K{nr}"), &naam)).await.is(201);
        }
        let mut all = Vec::new();
        let mut start = Start::First;
        loop {
            let (some, end) = stretch(&app, "bakker", &start, 2).await;
            assert!(some.len() <= 2);
            all.extend(some);
            match end {
                Some((waarde, id)) => start = Start::After(waarde, id),
                None => break,
            }
        }
        let expected: Vec<String> = [0, 0, 0, 1, 1, 2, 2].iter().map(|nr| format!("naam=bakker {nr}")).collect();
        assert_eq!(all, expected);
        let (back, _) = stretch(&app, "bakker", &Start::Before("bakker 1".to_owned(), 0), 2).await;
        assert_eq!(back, ["naam=bakker 0", "naam=bakker 0"]);
    }

    async fn first_name_and_surname_find_the_same_however_common_the_first_name_is(app: App) {
        for (nr, (voornaam, achternaam)) in [("Jan", "Waterland"), ("Janneke", "Waterman"), ("Piet", "Waterland"),
            ("Jan", "Bakker"), ("Jan", "Waterland")].into_iter().enumerate() {
            let naam = json!({"voornaam": voornaam, "achternaam": achternaam,
                "subjectIdentificatie": {"voornamen": format!("{voornaam} Maria")}});
            app.client().post(KLANTEN, &klant_with(&format!("K{nr}"), &naam)).await.is(201);
        }
        let expected = ["naam=waterland", "naam=waterland", "naam=waterman"];
        // First names that nobody searched for with `jan` alone: with them there are too many to look each up.
        let more = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001) INSERT INTO klant_zoek \
             (klant_id, soort, waarde) SELECT (SELECT MIN(id) FROM klant), 'voornaam', 'jan ' || CAST(i AS TEXT) FROM n";
        for step in ["few", "many"] {
            assert_eq!(found(&app, "jan wat").await, expected, "{step}");
            assert_eq!(found(&app, "janneke wat").await, ["naam=waterman"], "{step}");
            assert!(found(&app, "jan waterland maria").await.is_empty() && found(&app, "kees wat").await.is_empty());
            let (first, end) = stretch(&app, "jan wat", &Start::First, 2).await;
            assert_eq!(first, expected[..2], "{step}");
            let (waarde, id) = end.expect("an end");
            let (rest, _) = stretch(&app, "jan wat", &Start::After(waarde, id), 2).await;
            assert_eq!(rest, expected[2..], "{step}");
            let (back, _) = stretch(&app, "jan wat", &Start::Before("waterman".to_owned(), 0), 5).await;
            assert_eq!(back, expected[..2], "{step}");
            if step == "few" {
                app.probe().execute(more).await;
            }
        }
    }

    async fn rows_of_an_earlier_release_are_made_in_batches(database: Database) {
        let app = App::start(&database, &[]).await;
        for nr in 0..3 {
            app.client().post(KLANTEN, &klant_with(&format!("K{nr}"), &json!({"achternaam": "Vroeger"}))).await.is(201);
        }
        // As the migration leaves it, and as a program that was cut off left it.
        app.probe().execute("DELETE FROM klant_zoek; UPDATE klant_zoek_todo SET up_to = 3").await;
        app.db().migrate().await.expect("a migration");
        assert_eq!(found(&app, "vroeger").await.len(), 3);
        assert_eq!(app.probe().texts("SELECT CAST(up_to AS TEXT) FROM klant_zoek_todo").await, ["0"]);
        app.probe().execute("UPDATE klant_zoek_todo SET up_to = 2").await;
        app.db().migrate().await.expect("a migration");
        assert_eq!(found(&app, "vroeger").await.len(), 3);
    }
}
