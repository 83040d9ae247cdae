//! What a change of a contactmoment leaves behind: one audit row and one message. Its relations leave neither
//! (sections 8 and 9 of the behaviour of 1.0.0; decisions 13 to 16).

use chrono::TimeDelta;
use openklant_tests::app::LABEL;
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, KLANTEN, MEDEWERKER, NOBODY, OBJECTCONTACTMOMENTEN, OTHER_RSIN,
    RSIN, contactmoment, klantcontactmoment, whole_contactmoment,
};
use openklant_tests::listener::Reply;
use openklant_tests::probe::Queued;
use openklant_tests::remote::Remote;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

/// The rows of an audit trail, without their uuids.
async fn rows(app: &App, url: &str) -> Vec<Value> {
    let page = app
        .client()
        .get(format!("{url}/audittrail"))
        .await
        .expect(200)
        .json();
    let mut rows = page["results"].as_array().expect("a list has results").clone();
    for row in &mut rows {
        row.as_object_mut().expect("a row is an object").remove("uuid");
    }
    rows
}

fn messages(queued: &[Queued]) -> Vec<Value> {
    queued.iter().map(Queued::message).collect()
}

on_both! {
    async fn each_change_has_a_row_with_both_states(app: App) {
        let client = app.client();
        let body = json!({"bronorganisatie": RSIN, "kanaal": "telefoon", "medewerker": MEDEWERKER});
        let made = client.post(CONTACTMOMENTEN, &body).await.expect(201);
        let (url, first) = (made.url(), made.json());
        app.clock().advance(TimeDelta::seconds(1));
        let second = client
            .put(&url, &json!({"bronorganisatie": OTHER_RSIN, "kanaal": "chat"}))
            .header("X-Audit-Toelichting", "verkeerde organisatie")
            .await
            .expect(200)
            .json();
        let third = client
            .patch(
                &url,
                &json!({"medewerker": "", "medewerkerIdentificatie": {"identificatie": "m"}}),
            )
            .await
            .expect(200)
            .json();
        let fourth = client
            .patch(&url, &json!({"tekst": "x"}))
            .await
            .expect(200)
            .json();
        let row = |actie: &str,
                   actie_weergave: &str,
                   resultaat: u16,
                   toelichting: &str,
                   weergave: &str,
                   moment: &str,
                   oud: &Value,
                   nieuw: &Value| {
            json!({
                "bron": "cmc",
                "applicatieId": app.applicatie_uuid(),
                "applicatieWeergave": LABEL,
                "gebruikersId": "fdv",
                "gebruikersWeergave": "F. de Vries",
                "actie": actie,
                "actieWeergave": actie_weergave,
                "resultaat": resultaat,
                "hoofdObject": url,
                "resource": "contactmoment",
                "resourceUrl": url,
                "toelichting": toelichting,
                "resourceWeergave": weergave,
                "aanmaakdatum": moment,
                "wijzigingen": {"oud": oud, "nieuw": nieuw},
            })
        };
        let (then, later) = ("2026-01-05T09:30:00.123456Z", "2026-01-05T09:30:01.123456Z");
        let [telefoon, chat, nobody] = [
            "517439943 42 at 2026-01-05 09:30:00.123456+00:00 via telefoon",
            "423182687 42 at 2026-01-05 09:30:00.123456+00:00 via chat",
            "423182687  at 2026-01-05 09:30:00.123456+00:00 via chat",
        ];
        let deels = "Object deels bijgewerkt";
        assert_eq!(
            rows(&app, &url).await,
            [
                row(
                    "create",
                    "Object aangemaakt",
                    201,
                    "",
                    telefoon,
                    then,
                    &Value::Null,
                    &first
                ),
                row(
                    "update",
                    "Object bijgewerkt",
                    200,
                    "verkeerde organisatie",
                    telefoon,
                    later,
                    &first,
                    &second
                ),
                row("partial_update", deels, 200, "", chat, later, &second, &third),
                row("partial_update", deels, 200, "", nobody, later, &third, &fourth),
            ]
        );
    }

    async fn a_moment_on_the_second_is_described_without_decimals(app: App) {
        let url = given::contactmoment(&app, &json!({"registratiedatum": "2026-01-05T10:30:00+01:00"})).await;
        assert_eq!(
            rows(&app, &url).await[0]["resourceWeergave"],
            "517439943 42 at 2026-01-05 09:30:00+00:00 via "
        );
    }

    async fn a_long_description_is_cut(app: App) {
        let medewerker = format!("https://mw.example/{}", "m".repeat(900));
        let url = given::contactmoment(&app, &json!({"medewerker": medewerker})).await;
        let weergave = rows(&app, &url).await[0]["resourceWeergave"].clone();
        assert_eq!(weergave.as_str().map(|text| text.chars().count()), Some(200));
    }

    async fn a_row_can_be_read_alone_and_only_under_its_own_object(app: App) {
        let client = app.client();
        let url = given::contactmoment(&app, &json!({})).await;
        let other = given::contactmoment(&app, &json!({})).await;
        let page = client.get(format!("{url}/audittrail")).await.expect(200).json();
        let uuid = page["results"][0]["uuid"]
            .as_str()
            .expect("a row has a uuid")
            .to_owned();
        let alone = client.get(format!("{url}/audittrail/{uuid}")).await.expect(200);
        assert_eq!(alone.json(), page["results"][0]);
        client
            .get(format!("{other}/audittrail/{uuid}"))
            .await
            .fault(404, "not_found");
        let id = url.rsplit('/').next().expect("a url ends in a uuid");
        client
            .get(format!("{KLANTEN}/{id}/audittrail"))
            .await
            .fault(404, "not_found");
        client
            .get(format!("{KLANTEN}/{id}/audittrail/{uuid}"))
            .await
            .fault(404, "not_found");
        client
            .get(format!("{CONTACTMOMENTEN}/{NOBODY}/audittrail"))
            .await
            .fault(404, "not_found");
    }

    async fn a_removal_is_recorded_and_its_trail_is_gone(app: App) {
        let client = app.client();
        let remote = Remote::start().await;
        let url = given::contactmoment(&app, &json!({"kanaal": "chat"})).await;
        given::klantcontactmoment(&app, &url, &remote.url("/ok/1"), "belanghebbende").await;
        let before = client.get(&url).await.json();
        client.delete(&url).await.is(204);
        client
            .get(format!("{url}/audittrail"))
            .await
            .fault(404, "not_found");
        let rows = app
            .probe()
            .texts("SELECT actie FROM audittrail ORDER BY id")
            .await;
        assert_eq!(rows, ["create", "destroy"]);
        let who = "SELECT gebruikers_id || ', ' || gebruikers_weergave FROM audittrail ORDER BY id";
        assert_eq!(
            app.probe().texts(who).await,
            ["fdv, F. de Vries"; 2],
            "who did it, by the claims"
        );
        let kept = app
            .probe()
            .texts("SELECT CAST(oud AS TEXT) FROM audittrail WHERE actie = 'destroy'")
            .await;
        let kept: Value = serde_json::from_str(&kept[0]).expect("a state is JSON");
        assert_eq!(kept, before, "with its relations");
    }

    async fn each_change_queues_one_message_with_the_kenmerken_after_it(app: App) {
        let client = app.client();
        let body = json!({"bronorganisatie": RSIN, "kanaal": "telefoon", "medewerker": MEDEWERKER});
        let url = client.post(CONTACTMOMENTEN, &body).await.expect(201).url();
        client
            .put(&url, &json!({"bronorganisatie": OTHER_RSIN}))
            .await
            .is(200);
        client.patch(&url, &json!({"kanaal": "chat"})).await.is(200);
        client.patch(&url, &json!({"kanaal": ""})).await.is(200);
        client.delete(&url).await.is(204);
        let expected = |actie: &str, bronorganisatie: &str, kanaal: &str| {
            json!({
                "kanaal": "contactmomenten",
                "hoofdObject": url,
                "resource": "contactmoment",
                "resourceUrl": url,
                "actie": actie,
                "aanmaakdatum": "2026-01-05T09:30:00.123456Z",
                "kenmerken": {"bronorganisatie": bronorganisatie, "kanaal": kanaal},
            })
        };
        assert_eq!(
            messages(&app.outbox().await),
            [
                expected("create", RSIN, "telefoon"),
                expected("update", OTHER_RSIN, "telefoon"),
                expected("partial_update", OTHER_RSIN, "chat"),
                expected("partial_update", OTHER_RSIN, ""),
                expected("destroy", OTHER_RSIN, ""),
            ]
        );
    }

    async fn a_message_holds_nothing_of_what_was_said(app: App) {
        let client = app.client();
        let url = client
            .post(CONTACTMOMENTEN, &whole_contactmoment())
            .await
            .expect(201)
            .url();
        client.patch(&url, &whole_contactmoment()).await.is(200);
        client.delete(&url).await.is(204);
        for row in app.outbox().await {
            for secret in ["afvalpas", "mw042", "Vries", "medewerkers.waterdam", "e-mail"] {
                assert!(!row.text.contains(secret), "{secret:?} in {}", row.text);
            }
        }
    }

    async fn reading_and_failing_leave_nothing(app: App) {
        let client = app.client();
        let url = given::contactmoment(&app, &json!({})).await;
        let follower = given::contactmoment(&app, &json!({"vorigContactmoment": url})).await;
        let before = app.probe().traces().await;
        for answer in [
            client.get(&url).await,
            client.head(&url).await,
            client.options(&url).await,
            client.get(CONTACTMOMENTEN).await,
            client.get(format!("{url}/audittrail")).await,
            client.post(CONTACTMOMENTEN, &json!({})).await,
            client.post(CONTACTMOMENTEN, &json!([])).await,
            client.patch(&url, &json!({"vorigContactmoment": follower})).await,
            client.patch(&url, &json!({"medewerker": ""})).await,
            client
                .patch(&url, &json!({"kanaal": "chat"}))
                .header("If-Match", "\"x\"")
                .await,
            client.delete(&url).header("If-Match", "\"x\"").await,
            client.put(&url, &json!({})).await,
            client.delete(format!("{CONTACTMOMENTEN}/{NOBODY}")).await,
            app.anonymous().delete(&url).await,
        ] {
            assert_ne!(answer.status(), 201, "{}", answer.describe());
        }
        assert_eq!(app.probe().traces().await, before);
    }

    async fn relations_leave_nothing_behind(app: App) {
        let (client, remote, zaken) = (app.client(), Remote::start().await, ZakenApi::start().await);
        let url = client
            .post(CONTACTMOMENTEN, &contactmoment())
            .await
            .expect(201)
            .url();
        let before = app.probe().traces().await;
        let relation = client
            .post(
                KLANTCONTACTMOMENTEN,
                &klantcontactmoment(&url, &remote.url("/ok/1")),
            )
            .await
            .expect(201)
            .url();
        client
            .put(&relation, &klantcontactmoment(&url, &remote.url("/ok/2")))
            .await
            .is(200);
        client.patch(&relation, &json!({"gelezen": true})).await.is(200);
        client.delete(&relation).await.is(204);
        let object = given::about(&app, &zaken, &url, "een").await;
        zaken.answers_relations(Reply::json(200, &json!([])));
        client.delete(&object).await.is(204);
        assert_eq!(app.probe().traces().await, before);
        for (list, id) in [
            (KLANTCONTACTMOMENTEN, &relation),
            (OBJECTCONTACTMOMENTEN, &object),
        ] {
            let id = id.rsplit('/').next().expect("a url ends in a uuid");
            client
                .get(format!("{list}/{id}/audittrail"))
                .await
                .fault(404, "not_found");
        }
    }
}
