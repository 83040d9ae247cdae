//! The jobs on the management site: what is told of them, and running one now.

use openklant_shared::domain::beheer::Role;
use openklant_shared::storage::job_run;
use openklant_tests::app::Setup;
use openklant_tests::{App, Database, on_both};
use openklant_worker::cleanup;

on_both! {
    async fn a_real_worker_takes_what_is_asked_for(database: Database) {
        let mut app = Setup::new().in_real_time().start(&database).await;
        app.start_worker();
        let mut browser = app.logged_in(&[Role::Operator]).await;
        browser.post("/beheer/taken/messages/nu", &[]).await.is(303);
        openklant_tests::wait::until_found("a worker ran it", async || {
            let runs = job_run::history(app.db(), "messages", 10).await.expect("runs can be read");
            let asked = app.probe().count("job_request").await;
            (asked == 0 && runs.iter().any(|run| run.outcome.as_deref() == Some("done"))).then_some(())
        })
        .await;
        app.stop_workers().await;
    }
}

on_both! {
    async fn a_job_that_never_ran_says_when_it_will(app: App) {
        let mut browser = app.logged_in(&[Role::Operator]).await;
        let list = browser.get("/beheer/taken").await.expect(200);
        assert_eq!(list.text().matches("Nog niet uitgevoerd").count(), cleanup::JOBS.len());
        assert!(list.text().contains("elke dag om 03:10"), "{}", list.text());
        let page = browser.get("/beheer/taken/messages").await.expect(200);
        assert!(page.text().contains("Wachtende en geparkeerde berichten blijven altijd staan."));
        assert!(page.text().contains("Nog niet uitgevoerd. De eerste keer is"), "{}", page.text());
        browser.get("/beheer/taken/bestaat-niet").await.is(404);
        browser.get("/beheer/taken/bestaat-niet/nu").await.is(404);
    }

    async fn a_job_is_asked_for_and_a_worker_runs_it_once(app: App) {
        let mut browser = app.logged_in(&[Role::Operator]).await;
        let ask = browser.get("/beheer/taken/messages/nu").await.expect(200);
        assert!(ask.text().contains("Nu zou het om 0 regels gaan."), "{}", ask.text());
        assert!(ask.text().contains("Er is geen werker actief"));
        assert_eq!(app.probe().count("job_request").await, 0);
        browser.post("/beheer/taken/messages/nu", &[]).await.is(303);
        browser.post("/beheer/taken/messages/nu", &[]).await.is(409);
        let page = browser.get("/beheer/taken/messages").await.expect(200);
        assert!(page.text().contains("heeft om deze taak gevraagd"));

        let context = app.worker_context();
        let (one, other) = tokio::join!(
            cleanup::run_requested(&context, "one"),
            cleanup::run_requested(&context, "other"),
        );
        one.and(other).expect("the database answers");
        assert_eq!(app.probe().count("job_request").await, 0);
        let runs = job_run::history(app.db(), "messages", 10).await.expect("runs can be read");
        assert_eq!(runs.len(), 1, "{runs:?}");
        let page = browser.get("/beheer/taken/messages").await.expect(200);
        assert!(page.text().contains("0 messages removed") && page.text().contains("gelukt"), "{}", page.text());
        let list = browser.get("/beheer/taken").await.expect(200);
        assert!(list.text().contains("Duur van de laatste 1 keer, 0 niet gelukt"), "{}", list.text());
        let log = app.probe().texts("SELECT operator || ' ' || command || ' ' || detail FROM operator_log").await;
        assert!(log.len() == 1 && log[0].ends_with("jobs run messages: asked for"), "{log:?}");
    }

    async fn a_job_that_runs_is_not_asked_for(app: App) {
        let now = app.clock().now();
        job_run::begin(app.db(), "leases", now, "w", now).await.expect("a run").expect("the tick is free");
        let mut browser = app.logged_in(&[Role::Operator]).await;
        for answer in [
            browser.get("/beheer/taken/leases/nu").await,
            browser.post("/beheer/taken/leases/nu", &[]).await,
        ] {
            let page = answer.expect(409);
            assert!(page.text().contains("Deze taak loopt al sinds vandaag"), "{}", page.text());
        }
        assert_eq!(app.probe().count("job_request").await, 0);
        let page = browser.get("/beheer/taken/leases").await.expect(200);
        assert!(page.text().contains("loopt"));
    }
}
