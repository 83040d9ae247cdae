//! A change of rights is in force on every process within a second.

use std::time::{Duration, Instant};

use openklant_tests::fixtures::KLANTEN;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both};

const PROMISED: Duration = Duration::from_secs(1);

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
        // The change was committed before the command ended, so the second is over here at the latest.
        let committed = Instant::now();
        let mut asked = Vec::new();
        for client in &clients {
            loop {
                let sent = committed.elapsed();
                let status = client.get(KLANTEN).await.status();
                if status == 403 {
                    asked.push(sent);
                    break;
                }
                assert_eq!(status, 200);
                assert!(sent <= PROMISED, "still served {sent:?} after it was revoked");
            }
        }
        assert!(asked.iter().all(|sent| *sent <= PROMISED), "{asked:?}");
        for client in &clients {
            client.get(KLANTEN).await.fault(403, "invalid-client-identifier");
        }
    }
}
