//! Requests that want the same thing at the same time: one gets it, the others hear that it is taken; never a 500.

use std::future::IntoFuture;

use futures_util::future::join_all;
use openklant_tests::client::Call;
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN, contactmoment_with, klantcontactmoment,
    objectcontactmoment,
};
use openklant_tests::remote::Remote;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, Response, on_both};
use serde_json::{Value, json};

use crate::given;

const ROUNDS: u8 = 5;

async fn at_once(calls: Vec<Call>) -> Vec<Response> {
    join_all(calls.into_iter().map(IntoFuture::into_future)).await
}

/// Demands that exactly one succeeded and that the others were told this.
#[track_caller]
fn one_wins(answers: &[Response], status: u16, others: &[(&str, &str)]) {
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status() == status);
    for answer in lost {
        answer.refused(others);
    }
    assert_eq!(won.len(), 1, "one of {}", answers.len());
}

on_both! {
    async fn one_of_many_successors(app: App) {
        let client = app.client();
        for _ in 0..ROUNDS {
            let first = given::contactmoment(&app, &json!({})).await;
            let others = [
                given::contactmoment(&app, &json!({})).await,
                given::contactmoment(&app, &json!({})).await,
            ];
            let link = json!({"vorigContactmoment": first});
            let calls = vec![
                client.post(CONTACTMOMENTEN, &contactmoment_with(&link)),
                client.patch(&others[0], &link),
                client.post(CONTACTMOMENTEN, &contactmoment_with(&link)),
                client.patch(&others[1], &link),
            ];
            let answers = at_once(calls).await;
            let won: Vec<_> = answers.iter().filter(|answer| answer.status() < 300).collect();
            assert_eq!(won.len(), 1);
            for answer in answers.iter().filter(|answer| answer.status() >= 300) {
                answer.refused(&[("vorigContactmoment", "unique")]);
            }
            assert_eq!(
                client.get(&first).await.json()["volgendContactmoment"],
                won[0].json()["url"]
            );
        }
        let [_, rows, messages] = app.probe().traces().await;
        assert_eq!(rows, messages, "each change is whole");
    }

    async fn two_that_would_follow_on_each_other(app: App) {
        let client = app.client();
        for _ in 0..ROUNDS {
            let (one, other) = (
                given::contactmoment(&app, &json!({})).await,
                given::contactmoment(&app, &json!({})).await,
            );
            let answers = at_once(vec![
                client.patch(&one, &json!({"vorigContactmoment": other})),
                client.patch(&other, &json!({"vorigContactmoment": one})),
            ])
            .await;
            one_wins(&answers, 200, &[("vorigContactmoment", "invalid")]);
        }
    }

    async fn one_of_many_relations_to_the_same_klant(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        for round in 0..ROUNDS {
            let own = given::klant(&app, &format!("R{round}")).await;
            for klant in [own, remote.url("/ok/1")] {
                let contactmoment = given::contactmoment(&app, &json!({})).await;
                let body = klantcontactmoment(&contactmoment, &klant);
                let answers = at_once(vec![client.post(KLANTCONTACTMOMENTEN, &body); 4]).await;
                one_wins(&answers, 201, &[("nonFieldErrors", "unique")]);
            }
        }
        assert_eq!(
            app.probe().count("klantcontactmoment").await,
            2 * i64::from(ROUNDS)
        );
    }

    async fn one_of_many_changes_into_the_same_relation(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        for _ in 0..ROUNDS {
            let contactmoment = given::contactmoment(&app, &json!({})).await;
            let mut calls = Vec::new();
            for nr in 0..3 {
                let klant = remote.url(&format!("/ok/{nr}"));
                let url = given::klantcontactmoment(&app, &contactmoment, &klant, "belanghebbende").await;
                calls.push(client.patch(url, &json!({"klant": remote.url("/ok/9")})));
            }
            one_wins(&at_once(calls).await, 200, &[("nonFieldErrors", "unique")]);
        }
    }

    async fn one_of_many_relations_to_the_same_object(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        for _ in 0..ROUNDS {
            let contactmoment = given::contactmoment(&app, &json!({})).await;
            let body = objectcontactmoment(&contactmoment, &zaken.zaak("een"));
            let answers = at_once(vec![client.post(OBJECTCONTACTMOMENTEN, &body); 4]).await;
            one_wins(&answers, 201, &[("nonFieldErrors", "unique")]);
        }
        assert_eq!(app.probe().count("objectcontactmoment").await, i64::from(ROUNDS));
    }

    async fn a_contactmoment_that_goes_while_others_want_it(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        for _ in 0..ROUNDS {
            let url = given::contactmoment(&app, &json!({})).await;
            let successor = given::contactmoment(&app, &json!({"vorigContactmoment": url})).await;
            let link = json!({"vorigContactmoment": url});
            let relation = klantcontactmoment(&url, &remote.url("/ok/1"));
            let answers = at_once(vec![
                client.delete(&url),
                client.post(KLANTCONTACTMOMENTEN, &relation),
                client.patch(&url, &json!({"registratiedatum": "2020-01-01T00:00:00Z"})),
                client.patch(&successor, &json!({"kanaal": "chat"})),
                client.put(&successor, &contactmoment_with(&link)),
                client.delete(&url),
            ])
            .await;
            let statuses: Vec<u16> = answers.iter().map(Response::status).collect();
            let removed = [statuses[0], statuses[5]];
            assert!([[204, 404], [404, 204]].contains(&removed), "{statuses:?}");
            assert!([201, 400].contains(&statuses[1]), "{}", answers[1].describe());
            assert!([200, 404].contains(&statuses[2]), "{}", answers[2].describe());
            assert_eq!(statuses[3], 200, "{}", answers[3].describe());
            assert!([200, 400].contains(&statuses[4]), "{}", answers[4].describe());
            if statuses[4] == 400 {
                answers[4].refused(&[("vorigContactmoment", "does_not_exist")]);
            }
            assert_eq!(
                client.get(&successor).await.json()["vorigContactmoment"],
                Value::Null
            );
        }
        assert_eq!(app.probe().count("klantcontactmoment").await, 0);
    }

    async fn a_moment_that_changes_while_klanten_are_added(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let (url, other) = (
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
        );
        for round in 0..ROUNDS * 2 {
            let moved = given::klantcontactmoment(
                &app,
                &other,
                &remote.url(&format!("/ok/m{round}")),
                "belanghebbende",
            )
            .await;
            let body = klantcontactmoment(&url, &remote.url(&format!("/ok/{round}")));
            let answers = at_once(vec![
                client.post(KLANTCONTACTMOMENTEN, &body),
                client.patch(
                    &url,
                    &json!({"registratiedatum": format!("2020-01-01T00:00:{round:02}Z")}),
                ),
                client.patch(&moved, &json!({"contactmoment": url})),
            ])
            .await;
            for (answer, expected) in answers.iter().zip([201, 200, 200]) {
                answer.is(expected);
            }
        }
        let copied = "SELECT k.uuid FROM klantcontactmoment k JOIN contactmoment c ON c.id = k.contactmoment_id \
             WHERE k.registratiedatum <> c.registratiedatum";
        let copied = copied.replace("k.uuid", "CAST(k.uuid AS TEXT)");
        assert_eq!(app.probe().texts(&copied).await, [""; 0]);
    }

    async fn of_two_changes_of_one_version_one_wins(app: App) {
        let (client, remote) = (app.client(), Remote::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation =
            given::klantcontactmoment(&app, &contactmoment, &remote.url("/ok/1"), "belanghebbende").await;
        for (url, changes) in [
            (&contactmoment, [json!({"kanaal": "a"}), json!({"kanaal": "b"})]),
            (
                &relation,
                [json!({"gelezen": true}), json!({"rol": "gesprekspartner"})],
            ),
        ] {
            let tag = client.get(url).await.header("etag").expect("an ETag").to_owned();
            let calls = changes
                .iter()
                .map(|change| client.patch(url, change).header("If-Match", &tag))
                .collect();
            let mut statuses: Vec<u16> = at_once(calls).await.iter().map(Response::status).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412]);
        }
    }
}
