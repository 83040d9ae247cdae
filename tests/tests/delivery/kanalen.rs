//! The kanalen at the Notificaties API: registered by the worker, brought up to date, and never in the way.

use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::{App, Database, on_both, wait};
use openklant_worker::kanalen::{Change, Link, register};
use serde_json::{Value, json};

use super::{make, publishing, publishing_in_real_time};

const LINK: &str = "https://openklant.example.nl/ref/kanalen/#klanten";

/// The kanaal of klanten as it should be.
fn klanten() -> Value {
    json!({"naam": "klanten", "documentatieLink": LINK, "filters": ["subject_type"]})
}

/// The kanaal of contactmomenten as it should be.
fn contactmomenten() -> Value {
    let link = "https://openklant.example.nl/ref/kanalen/#contactmomenten";
    json!({"naam": "contactmomenten", "documentatieLink": link, "filters": ["bronorganisatie", "kanaal"]})
}

/// What is registered, without the URLs.
fn registered(notificaties: &Notificaties) -> Vec<Value> {
    let mut kanalen = notificaties.kanalen();
    for kanaal in &mut kanalen {
        kanaal
            .as_object_mut()
            .expect("a kanaal is an object")
            .remove("url");
    }
    kanalen
}

/// How many calls changed something.
fn writes(notificaties: &Notificaties) -> usize {
    notificaties
        .kanaal_calls()
        .iter()
        .filter(|call| call.method != "GET")
        .count()
}

/// Registers all, and says what came of the kanaal of klanten.
async fn register_klanten(app: &App) -> (Change, Link) {
    let done = register(&app.worker_context())
        .await
        .expect("the kanalen are registered");
    let [klanten, contactmomenten] = &done[..] else {
        panic!("two kanalen in {done:?}")
    };
    assert_eq!(
        (klanten.naam, contactmomenten.naam),
        ("klanten", "contactmomenten")
    );
    (klanten.change, klanten.link.clone())
}

fn linked() -> Link {
    Link::Registered(LINK.parse().expect("a URL"))
}

on_both! {
    async fn a_worker_registers_them_before_it_delivers(database: Database) {
        let notificaties = Notificaties::start().await;
        notificaties.demand_kanalen();
        let mut app = publishing(&database, &notificaties, &[]).await;
        make(&app, "1").await;
        app.start_worker();
        app.all_delivered().await;
        assert_eq!(registered(&notificaties), [klanten(), contactmomenten()]);
        assert_eq!(
            notificaties.deliveries().len(),
            1,
            "nothing was offered too early"
        );
    }

    async fn doing_it_again_changes_nothing(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        assert_eq!(register_klanten(&app).await, (Change::Created, linked()));
        for _ in 0..3 {
            assert_eq!(register_klanten(&app).await, (Change::Unchanged, linked()));
        }
        assert_eq!(writes(&notificaties), 2);
        assert_eq!(registered(&notificaties), [klanten(), contactmomenten()]);
    }

    async fn one_that_is_there_is_brought_up_to_date(database: Database) {
        for (filters, link) in [
            (json!(["subjectType"]), LINK),
            (json!([]), LINK),
            (json!(["subject_type", "bronorganisatie"]), LINK),
            (json!(["subject_type"]), ""),
            (
                json!(["subject_type"]),
                "https://oud.example.nl/ref/kanalen/#klanten",
            ),
        ] {
            let notificaties = Notificaties::start().await;
            notificaties
                .know_kanaal(json!({"naam": "zaken", "documentatieLink": "", "filters": ["zaaktype"]}));
            notificaties
                .know_kanaal(json!({"naam": "klanten", "documentatieLink": link, "filters": filters}));
            let app = publishing(&database, &notificaties, &[]).await;
            assert_eq!(
                register_klanten(&app).await,
                (Change::Updated, linked()),
                "{filters} {link}"
            );
            let others = json!({"naam": "zaken", "documentatieLink": "", "filters": ["zaaktype"]});
            assert_eq!(registered(&notificaties), [others, klanten(), contactmomenten()]);
            app.stop().await;
        }
    }

    async fn a_race_for_a_new_kanaal_has_no_loser(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        notificaties.know_kanaal(klanten());
        // Asked a moment before the other made it.
        notificaties.next_for_kanalen([Reply::json(200, &json!([]))]);
        assert_eq!(register_klanten(&app).await.0, Change::Unchanged);
        assert_eq!(registered(&notificaties), [klanten(), contactmomenten()]);
    }

    async fn a_link_that_is_refused_is_left_out(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties, &[]).await;
        let params = json!([{"name": "documentatieLink", "code": "bad-url", "reason": "onbereikbaar"}]);
        let refusal = json!({"code": "invalid", "status": 400, "invalidParams": params});
        notificaties.next_for_kanalen([Reply::json(200, &json!([])), Reply::json(400, &refusal)]);
        let refused = Link::Refused(LINK.parse().expect("a URL"));
        assert_eq!(register_klanten(&app).await, (Change::Created, refused));
        assert_eq!(
            registered(&notificaties),
            [
                json!({"naam": "klanten", "filters": ["subject_type"]}),
                contactmomenten()
            ]
        );
        assert_eq!(register_klanten(&app).await, (Change::Updated, linked()));
    }

    async fn failing_to_register_does_not_stop_delivery_and_is_tried_again(database: Database) {
        let notificaties = Notificaties::start().await;
        notificaties.next_for_kanalen([Reply::close(), Reply::html(502)]);
        let mut app = publishing(&database, &notificaties, &[]).await;
        make(&app, "1").await;
        app.start_worker();
        app.all_delivered().await;
        wait::until_found("the kanalen are registered in the end", async || {
            (registered(&notificaties) == [klanten(), contactmomenten()]).then_some(())
        })
        .await;
    }

    async fn a_message_refused_for_want_of_its_kanaal_heals(database: Database) {
        let notificaties = Notificaties::start().await;
        notificaties.demand_kanalen();
        let mut app = publishing_in_real_time(&database, &notificaties, &[]).await;
        app.start_worker();
        make(&app, "1").await;
        app.all_delivered().await;
        notificaties.forget_kanalen();
        make(&app, "2").await;
        app.all_delivered().await;
        assert_eq!(registered(&notificaties), [klanten(), contactmomenten()]);
        let second = app.outbox().await.remove(1);
        assert_eq!(app.probe().attempts(second.id).await[0].class, "kanaal");
    }
}
