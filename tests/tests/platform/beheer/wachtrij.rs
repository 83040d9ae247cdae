//! The queue on the management site: what an operator sees of it and does about it, and what happens when the queue changes
//! between looking and doing.

use std::time::{Duration, Instant};

use openklant_shared::domain::beheer::Role;
use openklant_tests::app::Setup;
use openklant_tests::beheer::hidden;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::tap::{Tap, queries};
use openklant_tests::{App, Browser, Database, Kind, on_both};
use serde_json::json;

const PAGE: &str = "/beheer/wachtrij";

async fn publishing(database: &Database, notificaties: &Notificaties) -> App {
    Setup::new().with(notificaties.settings()).start(database).await
}

async fn make(app: &App, number: usize) {
    for nr in 1..=number {
        app.client()
            .post(KLANTEN, &klant(&format!("K{nr:04}")))
            .await
            .is(201);
    }
}

/// One round of the worker.
async fn drain(app: &App) {
    openklant_worker::drain(app.worker_context())
        .await
        .expect("a round");
}

/// Messages that the receiver refused, with this answer.
async fn parked(app: &App, notificaties: &Notificaties, number: usize, answer: &str) {
    make(app, number).await;
    notificaties.next((0..number).map(|_| Reply::json(400, &json!({"code": answer}))));
    drain(app).await;
    assert!(app.outbox().await.iter().all(|row| row.state == "parked"));
}

async fn operator(app: &App) -> Browser {
    app.logged_in(&[Role::Operator]).await
}

async fn states(app: &App) -> Vec<String> {
    app.outbox().await.into_iter().map(|row| row.state).collect()
}

async fn logged(app: &App) -> Vec<String> {
    app.probe()
        .texts("SELECT operator || ' | ' || command || ' | ' || detail FROM operator_log ORDER BY id")
        .await
}

on_both! {
    async fn an_empty_queue_says_what_fills_it(app: App) {
        let mut browser = operator(&app).await;
        let page = browser.get(PAGE).await.expect(200);
        assert!(page.text().contains("Er zijn nog geen berichten. Ze ontstaan bij elke wijziging"));
        assert!(page.text().contains("Er is geen Notificaties API ingesteld"), "{}", page.text());
        let list = browser.get("/beheer/wachtrij/berichten?staat=geparkeerd").await.expect(200);
        assert!(list.text().contains("Niets geparkeerd."));
    }

    async fn the_first_page_of_an_operator_says_how_the_queue_stands(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        parked(&app, &notificaties, 1, "nee").await;
        app.probe()
            .execute("INSERT INTO job_run (job, tick, worker, started_at, finished_at, outcome, detail) VALUES \
                      ('audit', '2026-01-01 00:00:00+00:00', 'w', '2026-01-01 00:00:00+00:00', \
                      '2026-01-01 00:00:00+00:00', 'failed', 'nee')")
            .await;
        let page = operator(&app).await.get("/beheer/").await.expect(200);
        for sentence in ["Alles is verzonden.", "1 bericht is geparkeerd", "Taken die de laatste keer mislukten: 1."] {
            assert!(page.text().contains(sentence), "{sentence}: {}", page.text());
        }
        let page = app.logged_in(&[Role::Lezer]).await.get("/beheer/").await.expect(200);
        assert!(!page.text().contains("geparkeerd") && !page.text().contains("Wachtrij"), "{}", page.text());
    }

    async fn what_was_accepted_and_what_failed_is_drawn(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        make(&app, 2).await;
        notificaties.next([Reply::answer(503, "text/plain", "even niet")]);
        drain(&app).await;
        let mut browser = operator(&app).await;
        let page = browser.get(PAGE).await.expect(200);
        let text = page.text();
        assert!(text.contains("In het laatste uur 1 aanvaard en 1 mislukte pogingen."), "{text}");
        assert!(text.contains("<rect class=\"bar\"") && text.contains("<rect class=\"bad\""));
        assert!(text.contains("<strong data-live=\"wacht\">1</strong>"));
        assert!(text.contains("<strong data-live=\"aanvaard\">1</strong>"));
        assert!(text.contains("Er is geen werker actief"));
        let refreshed = browser.get("/beheer/wachtrij?ververs=30").await.expect(200);
        assert_eq!(refreshed.header("refresh"), Some("30"));
        let english = browser.get("/beheer/taal/en?terug=/wachtrij").await;
        let page = browser.follow(&english).await.expect(200);
        assert!(page.text().contains("No worker is alive"));
    }

    async fn an_answer_is_shown_as_text_and_the_message_is_tried_again(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        parked(&app, &notificaties, 1, "<script>alert(1)</script>").await;
        let id = app.outbox().await[0].id;
        let mut browser = operator(&app).await;
        let page = browser.get(&format!("{PAGE}/berichten/{id}")).await.expect(200);
        let text = page.text();
        assert!(text.contains("klant gemaakt") && text.contains("Waarom staat dit bericht stil?"), "{text}");
        assert!(text.contains("400 geweigerd"), "{text}");
        assert!(!text.contains("<script>alert") && text.contains("&#60;script&#62;alert(1)"), "{text}");
        assert!(text.contains("1e van 1 over dit object"));

        let again = format!("{PAGE}/berichten/{id}/opnieuw");
        let ask = browser.get(&again).await.expect(200);
        let seen = hidden(ask.text(), "versie").expect("the state that was seen");
        let answer = browser.post(&again, &[("versie", &seen)]).await.expect(303);
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("Het bericht wordt opnieuw geprobeerd."), "{}", page.text());
        drain(&app).await;
        assert_eq!(states(&app).await, ["delivered"]);
        let log = logged(&app).await;
        assert_eq!(log.len(), 1);
        assert!(log[0].starts_with("Naam van wie-") && log[0].contains("| outbox retry | "), "{log:?}");
        let page = browser.get(&format!("{PAGE}/berichten/{id}")).await.expect(200);
        assert!(page.text().contains("outbox retry"), "what was done is told at the message");

        // Accepted: sent once more it is a new message, and the new one is no original.
        let ask = browser.get(&again).await.expect(200);
        let seen = hidden(ask.text(), "versie").expect("the state that was seen");
        browser.post(&again, &[("versie", &seen)]).await.is(303);
        assert_eq!(states(&app).await, ["delivered", "pending"]);
        drain(&app).await;
        let copy = app.outbox().await[1].id;
        browser.get(&format!("{PAGE}/berichten/{copy}/opnieuw")).await.is(409);
    }

    async fn nothing_is_done_to_what_changed_meanwhile(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        parked(&app, &notificaties, 1, "nee").await;
        let id = app.outbox().await[0].id;
        let mut browser = operator(&app).await;
        app.probe()
            .execute("UPDATE outbox SET state = 'delivering', finished_at = NULL, leased_by = 'w', \
                      lease_until = '2099-01-01 00:00:00+00:00'")
            .await;
        let before = app.outbox().await;
        for (deed, reason) in [("opnieuw", ""), ("annuleren", "hoeft niet")] {
            let path = format!("{PAGE}/berichten/{id}/{deed}");
            let answer = browser.post(&path, &[("versie", "parked"), ("reden", reason)]).await.expect(409);
            assert!(answer.text().contains("Dit bericht wordt op dit moment verzonden. Er is niets gedaan."));
            browser.get(&path).await.is(409);
        }
        let page = browser.get(&format!("{PAGE}/berichten/{id}")).await.expect(200);
        assert!(!page.text().contains("/opnieuw\"") && !page.text().contains("/annuleren\""));
        assert_eq!(format!("{before:?}"), format!("{:?}", app.outbox().await));
        assert!(logged(&app).await.is_empty());
        app.probe().execute("UPDATE outbox SET state = 'delivered', leased_by = NULL").await;
        let path = format!("{PAGE}/berichten/{id}/opnieuw");
        let answer = browser.post(&path, &[("versie", "parked")]).await.expect(409);
        assert!(answer.text().contains("Dit bericht is intussen: aanvaard. Er is niets gedaan."));
    }

    async fn a_message_is_cancelled_with_a_reason_and_put_back(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        make(&app, 1).await;
        let id = app.outbox().await[0].id;
        let mut browser = operator(&app).await;
        let path = format!("{PAGE}/berichten/{id}/annuleren");
        let ask = browser.get(&path).await.expect(200);
        assert!(ask.text().contains("Afnemers horen dan nooit van deze wijziging."));
        let refused = browser.post(&path, &[("versie", "pending")]).await.expect(422);
        assert!(refused.text().contains("Vul een reden in"));
        assert_eq!(states(&app).await, ["pending"]);
        browser.post(&path, &[("versie", "pending"), ("reden", "dubbel gemaakt")]).await.is(303);
        assert_eq!(states(&app).await, ["cancelled"]);
        assert!(logged(&app).await[0].ends_with(": dubbel gemaakt"), "{:?}", logged(&app).await);
        let page = browser.get(PAGE).await.expect(200);
        assert!(page.text().contains("<strong data-live=\"geannuleerd\">1</strong>"));
        let path = format!("{PAGE}/berichten/{id}/opnieuw");
        let ask = browser.get(&path).await.expect(200);
        assert!(ask.text().contains("Weer in de wachtrij"));
        browser.post(&path, &[("versie", "cancelled")]).await.is(303);
        drain(&app).await;
        assert_eq!(states(&app).await, ["delivered"]);
    }

    async fn a_note_is_kept_with_its_message(app: App) {
        make(&app, 1).await;
        let id = app.outbox().await[0].id;
        let mut browser = operator(&app).await;
        let path = format!("{PAGE}/berichten/{id}/notitie");
        browser.post(&path, &[("notitie", "")]).await.is(422);
        browser.post(&path, &[("notitie", &"x".repeat(501))]).await.is(422);
        browser.post(&path, &[("notitie", "wacht op <leverancier>")]).await.is(303);
        let page = browser.get(&format!("{PAGE}/berichten/{id}")).await.expect(200);
        assert!(page.text().contains("“wacht op &#60;leverancier&#62;”"), "{}", page.text());
        browser.post(&format!("{PAGE}/berichten/999999/notitie"), &[("notitie", "x")]).await.is(404);
        for other in ["0", "x", "99999999999999999999"] {
            browser.get(&format!("{PAGE}/berichten/{other}")).await.is(404);
        }
    }

    async fn sending_is_paused_and_resumed_by_name(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        let mut browser = operator(&app).await;
        let path = format!("{PAGE}/pauzeren");
        browser.get(&path).await.is(200);
        browser.post(&path, &[]).await.is(422);
        let answer = browser.post(&path, &[("reden", "onderhoud NRC")]).await.expect(303);
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("De verzending is gepauzeerd."));
        assert!(page.text().contains("Gepauzeerd door Naam van wie-") && page.text().contains(": onderhoud NRC"));
        make(&app, 1).await;
        drain(&app).await;
        assert_eq!(states(&app).await, ["pending"]);
        browser.get(&path).await.is(409);
        browser.post(&path, &[("reden", "nog eens")]).await.is(409);
        let path = format!("{PAGE}/hervatten");
        browser.get(&path).await.is(200);
        browser.post(&path, &[]).await.is(303);
        browser.post(&path, &[]).await.is(409);
        drain(&app).await;
        assert_eq!(states(&app).await, ["delivered"]);
        assert_eq!(logged(&app).await.len(), 2);
    }

    async fn what_is_done_to_all_is_asked_again_when_there_are_more(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        parked(&app, &notificaties, 3, "nee").await;
        let mut browser = operator(&app).await;
        let list = browser.get("/beheer/wachtrij/berichten?staat=geparkeerd&klasse=geweigerd").await.expect(200);
        assert!(list.text().contains("/beheer/wachtrij/opnieuw-proberen?staat=geparkeerd"), "{}", list.text());
        let path = format!("{PAGE}/opnieuw-proberen?staat=geparkeerd&klasse=geweigerd");
        let ask = browser.get(&path).await.expect(200);
        assert!(ask.text().contains("3 berichten opnieuw proberen?"), "{}", ask.text());
        let highest = hidden(ask.text(), "tot-en-met").expect("the highest number");
        assert_eq!(hidden(ask.text(), "aantal").as_deref(), Some("3"));
        assert_eq!(highest, app.outbox().await[2].id.to_string());

        app.probe().multiply_messages(2, app.clock().now()).await;
        app.probe()
            .execute("UPDATE outbox SET state = 'parked', last_class = 'refused', finished_at = created_at WHERE state = 'pending'")
            .await;
        let seen = [("aantal", "3"), ("tot-en-met", highest.as_str()), ("reden", "kanaal aangepast")];
        let again = browser.post(&path, &seen).await.expect(422);
        assert!(again.text().contains("Het zijn er intussen 5, in plaats van 3."), "{}", again.text());
        assert!(states(&app).await.iter().all(|state| state == "parked"), "nothing was done");
        assert_eq!(hidden(again.text(), "aantal").as_deref(), Some("5"));

        // Agreed to, up to the number that was seen.
        let seen = [("aantal", "5"), ("tot-en-met", highest.as_str()), ("reden", "kanaal aangepast")];
        let answer = browser.post(&path, &seen).await.expect(303);
        let page = browser.follow(&answer).await.expect(200);
        assert!(page.text().contains("Gedaan: 3 berichten."), "{}", page.text());
        assert_eq!(states(&app).await, ["pending", "pending", "pending", "parked", "parked"]);
        browser.post(&path, &[("reden", "x")]).await.is(422);
        // Without a state there is no such question.
        browser.get(&format!("{PAGE}/annuleren")).await.is(303);
        browser.get(&format!("{PAGE}/annuleren?staat=aanvaard")).await.is(303);
    }

    async fn what_is_much_goes_on_behind_the_scenes_and_is_stopped(app: App) {
        make(&app, 1).await;
        app.probe().multiply_messages(450, app.clock().now()).await;
        let mut browser = operator(&app).await;
        let path = format!("{PAGE}/annuleren?staat=wacht");
        let ask = browser.get(&path).await.expect(200);
        let (count, highest) = (
            hidden(ask.text(), "aantal").expect("a count"),
            hidden(ask.text(), "tot-en-met").expect("a number"),
        );
        assert_eq!(count, "451");
        let seen = [("aantal", count.as_str()), ("tot-en-met", &highest), ("reden", "proef")];
        browser.post(&path, &seen).await.is(303);
        let begun = Instant::now();
        while states(&app).await.iter().any(|state| state != "cancelled") {
            assert!(begun.elapsed() < Duration::from_secs(20), "it goes on by itself");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = logged(&app).await;
        assert!(log.len() == 1 && log[0].ends_with("state=pending: 451: proef"), "{log:?}");

        // One whose process is gone is shown as cut off, and its notice is taken away.
        app.probe()
            .execute("INSERT INTO operator_log (at, operator, command, detail, matched, done, moved_at) VALUES \
                      ('2020-01-01 00:00:00+00:00', 'piet', 'outbox replay', 'all: 200', 1000, 200, '2020-01-01 00:00:00+00:00')")
            .await;
        let page = browser.get(PAGE).await.expect(200);
        assert!(page.text().contains("Opnieuw verzenden door piet: 200 van 1.000. Het is afgebroken"), "{}", page.text());
        let id = app.probe().texts("SELECT CAST(max(id) AS TEXT) FROM operator_log").await.remove(0);
        browser.post(&format!("{PAGE}/opdrachten/{id}/stoppen"), &[]).await.is(303);
        browser.post(&format!("{PAGE}/opdrachten/{id}/stoppen"), &[]).await.is(409);
        let page = browser.get(PAGE).await.expect(200);
        assert!(!page.text().contains("Het is afgebroken"));
    }

    async fn messages_are_sent_again_and_made_anew(database: Database) {
        let notificaties = Notificaties::start().await;
        let app = publishing(&database, &notificaties).await;
        make(&app, 2).await;
        drain(&app).await;
        let mut browser = operator(&app).await;
        let form = browser.get(&format!("{PAGE}/opnieuw-verzenden")).await.expect(200);
        assert!(form.text().contains("Tellen, nog niets doen"));
        for wrong in ["vanaf=gisteren", "kanaal=zaken", "object=x", "iets=1"] {
            let page = browser.get(&format!("{PAGE}/opnieuw-verzenden?{wrong}")).await.expect(200);
            assert!(page.text().contains("Dit filter kennen we niet"), "{wrong}");
        }
        let path = format!("{PAGE}/opnieuw-verzenden?kanaal=&vanaf=2000-01-01T00:00&tot=&object=");
        let ask = browser.get(&path).await.expect(200);
        assert!(ask.text().contains("2 berichten opnieuw verzenden?"), "{}", ask.text());
        assert!(ask.text().contains("Per kanaal: klanten 2, contactmomenten 0."), "{}", ask.text());
        assert_eq!(app.outbox().await.len(), 2, "a dry run does nothing");
        let seen = [
            ("aantal", hidden(ask.text(), "aantal").expect("a count")),
            ("tot-en-met", hidden(ask.text(), "tot-en-met").expect("a number")),
            ("reden", "afnemer was stuk".to_owned()),
        ];
        let seen: Vec<(&str, &str)> = seen.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(&path, &seen).await.is(303);
        assert_eq!(states(&app).await, ["delivered", "delivered", "pending", "pending"]);
        drain(&app).await;

        let path = format!("{PAGE}/opnieuw-opstellen?kanaal=klanten&vanaf=&object=");
        let ask = browser.get(&path).await;
        if ask.status() == 409 {
            assert!(ask.text().contains("OPENKLANT_BASE_URL is niet ingesteld"));
        } else {
            assert!(ask.text().contains("2 berichten opstellen?"), "{}", ask.text());
            browser.post(&path, &seen).await.is(303);
            assert_eq!(app.outbox().await.len(), 6);
        }
    }

    async fn a_wrong_filter_shows_nothing(app: App) {
        make(&app, 1).await;
        let mut browser = operator(&app).await;
        let row = format!("/beheer/wachtrij/berichten/{}\"", app.outbox().await[0].id);
        let list = "/beheer/wachtrij/berichten";
        assert!(browser.get(list).await.text().contains(&row));
        for right in ["staat=wacht", "kanaal=klanten", "vanaf=2000-01-01", "staat=&kanaal="] {
            assert!(browser.get(&format!("{list}?{right}")).await.text().contains(&row), "{right}");
        }
        for wrong in [
            "status=wacht",
            "staat=weg",
            "kanaal=zaken",
            "klasse=x",
            "object=%25",
            "vanaf=gisteren",
            "tot=2026-99-99T00:00",
            "na=zomaar",
            "staat=wacht&staat2=x",
        ] {
            let page = browser.get(&format!("{list}?{wrong}")).await.expect(200);
            assert!(page.text().contains("Dit filter kennen we niet"), "{wrong}");
            assert!(!page.text().contains(&row), "{wrong}");
        }
        for none in ["staat=geparkeerd", "kanaal=contactmomenten", "tot=2000-01-01"] {
            assert!(!browser.get(&format!("{list}?{none}")).await.text().contains(&row), "{none}");
        }
    }

    async fn pages_of_messages_go_on_and_back(app: App) {
        make(&app, 1).await;
        app.probe().multiply_messages(60, app.clock().now()).await;
        let mut browser = operator(&app).await;
        for state in ["", "?staat=wacht"] {
            let first = browser.get(&format!("/beheer/wachtrij/berichten{state}")).await.expect(200);
            let next = link(first.text(), "next").expect("a next page");
            let second = browser.get(&next).await.expect(200);
            let third = browser.get(&link(second.text(), "next").expect("another")).await.expect(200);
            assert!(link(third.text(), "next").is_none());
            let numbers: Vec<Vec<i64>> = [&first, &second, &third].map(|page| ids(page.text())).into();
            assert_eq!(numbers.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 11]);
            let mut all = numbers.concat();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), 61, "each once");
            let back = browser.get(&link(third.text(), "prev").expect("a way back")).await.expect(200);
            assert_eq!(ids(back.text()), numbers[1]);
        }
    }

    async fn live_numbers_come_and_end_with_the_server(app: App) {
        let mut browser = operator(&app).await;
        browser.get("/beheer/wachtrij/stroom").await.is(303);
        let stream = tokio::spawn(async move { browser.get("/beheer/wachtrij/stroom?live=1").await });
        tokio::time::sleep(Duration::from_millis(500)).await;
        let begun = Instant::now();
        app.stop().await;
        let answer = stream.await.expect("the stream ends").expect(200);
        assert!(begun.elapsed() < Duration::from_secs(5), "stopping waits for no viewer");
        assert_eq!(answer.header("content-type"), Some("text/event-stream"));
        assert!(answer.text().starts_with("data: {"), "{}", answer.text());
        assert!(answer.text().contains("\"geparkeerd\":\"0\""), "{}", answer.text());
    }

    async fn live_numbers_end_with_the_session(app: App) {
        let mut browser = operator(&app).await;
        let stream = tokio::spawn(async move { browser.get("/beheer/wachtrij/stroom?live=1").await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        app.probe().execute("DELETE FROM beheer_session").await;
        let answer = tokio::time::timeout(Duration::from_secs(15), stream).await;
        answer.expect("it ends").expect("a stream").is(200);
    }
}

/// Where a link with this relation leads.
fn link(page: &str, rel: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
    Some(
        rest.split('"')
            .next()?
            .replace("&#38;", "&")
            .replace("&amp;", "&"),
    )
}

/// Numbers of the messages in a list.
fn ids(page: &str) -> Vec<i64> {
    page.split("<a href=\"/beheer/wachtrij/berichten/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next()?.parse().ok())
        .collect()
}

/// What a page asks of the database beside the session, with 100,000 messages; and that it is quick.
#[test]
fn a_full_queue_costs_few_statements() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let tap = Tap::before(&database.url()).await;
        let app = Setup::new().database_url(tap.url()).start(&database).await;
        make(&app, 1).await;
        app.probe().multiply_messages(100_000, app.clock().now()).await;
        app.probe().execute("ANALYZE outbox").await;
        let id = app.outbox().await[0].id;
        let mut browser = operator(&app).await;
        browser.get(PAGE).await.is(200);
        for (path, most) in [
            (String::new(), 9),
            ("/berichten?staat=wacht".to_owned(), 3),
            (format!("/berichten/{id}"), 5),
        ] {
            tap.take();
            let begun = Instant::now();
            browser.get(&format!("{PAGE}{path}")).await.is(200);
            let took = begun.elapsed();
            let statements = tap.take();
            let count = queries(&statements).len();
            assert!(count <= most, "{path}: {count} {statements:#?}");
            assert!(took < Duration::from_secs(2), "{path}: {took:?}");
        }
    });
}

on_both! {
    /// Each filter alone and the worst together: none reads its way through 100,000 messages.
    async fn every_filter_is_quick_in_a_full_queue(app: App) {
        make(&app, 1).await;
        app.probe().multiply_messages(100_000, app.clock().now()).await;
        app.probe().execute("ANALYZE").await;
        let object = app.probe().texts("SELECT CAST(object_uuid AS TEXT) FROM outbox ORDER BY id LIMIT 1").await.remove(0);
        let mut browser = operator(&app).await;
        let mut slow = Vec::new();
        for filter in [
            String::new(),
            "staat=wacht".to_owned(),
            "staat=geparkeerd".to_owned(),
            "staat=aanvaard".to_owned(),
            "kanaal=klanten".to_owned(),
            "kanaal=contactmomenten".to_owned(),
            "staat=wacht&kanaal=contactmomenten".to_owned(),
            "klasse=tijdelijk".to_owned(),
            "klasse=geweigerd".to_owned(),
            "staat=wacht&klasse=geweigerd".to_owned(),
            "vanaf=2000-01-01".to_owned(),
            "tot=2000-01-01".to_owned(),
            format!("object={object}"),
            format!("staat=wacht&object={object}"),
        ] {
            let begun = Instant::now();
            browser.get(&format!("{PAGE}/berichten?{filter}")).await.is(200);
            let took = begun.elapsed();
            if took > Duration::from_millis(400) {
                slow.push((filter, took));
            }
        }
        assert!(slow.is_empty(), "{slow:?}");
    }
}
