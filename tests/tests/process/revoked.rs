//! A change of rights is in force on every process within a second.

use std::time::{Duration, Instant};

use openklant_tests::autorisaties::{Autorisaties, CALLBACK, CALLBACK_SECRET, message};
use openklant_tests::fixtures::KLANTEN;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both};

const PROMISED: Duration = Duration::from_secs(1);

/// Demands that every process refuses what was taken away, within a second of now: the change was committed before.
async fn refused_within_a_second(clients: &[Client]) {
    let committed = Instant::now();
    for client in clients {
        loop {
            let sent = committed.elapsed();
            let status = client.get(KLANTEN).await.status();
            if status == 403 {
                assert!(sent <= PROMISED, "refused first {sent:?} after it was revoked");
                break;
            }
            assert_eq!(status, 200);
            assert!(sent <= PROMISED, "still served {sent:?} after it was revoked");
        }
    }
}

on_both! {
    async fn a_revoked_application_is_refused_by_three_processes_within_a_second(database: Database) {
        let program = Program::on(&database);
        program.run("applicatie add --label Loket --client-id loket --alle-autorisaties").await.well();
        let token = program.run("token --client-id loket").await.well();
        let processes = [program.start("api"), program.start("api"), program.start("api")];
        let mut clients = Vec::new();
        for process in &processes {
            let client = Client::new(process.address().await, Some(bearer(token.trim())));
            client.get(KLANTEN).await.is(200);
            clients.push(client);
        }
        program.run("applicatie remove --client-id loket").await.well();
        refused_within_a_second(&clients).await;
        for client in &clients {
            client.get(KLANTEN).await.fault(403, "invalid-client-identifier");
        }
    }

    async fn rights_taken_away_in_an_autorisaties_api_end_on_three_processes_within_a_second(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let program = Program::on(&database).with(autorisaties.settings());
        program.run("applicatie secret add --client-id loket").await.well();
        let url = autorisaties.allows_all("loket");
        let token = program.run("token --client-id loket").await.well();
        let processes = [program.start("api"), program.start("api"), program.start("api")];
        let mut clients = Vec::new();
        for process in &processes {
            let client = Client::new(process.address().await, Some(bearer(token.trim())));
            client.get(KLANTEN).await.is(200);
            clients.push(client);
        }
        assert_eq!(autorisaties.questions(), 1, "the others read the answer in the database");
        autorisaties.loses("loket");
        let notificaties = Client::new(processes[0].address().await, Some(bearer(CALLBACK_SECRET)));
        notificaties.post(CALLBACK, &message(&url)).await.is(204);
        refused_within_a_second(&clients).await;
        for process in processes {
            process.terminate();
            let ended = process.end().await;
            for secret in [CALLBACK_SECRET, token.trim(), openklant_tests::autorisaties::SECRET] {
                assert!(!ended.stderr.contains(secret), "{}", ended.stderr);
            }
        }
    }
}
