//! How much memory the API takes when it rests: what it asked the system for, without the pages of the program, of which
//! a build for tests has several times as many as a release. All of it, for a release, is what `cargo xtask chaos
//! --scenario wake --release` holds against 40 MiB.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, Kind};

use super::token;

/// KiB that it may ask for.
const MOST: u64 = 12 * 1024;

#[test]
fn the_api_asks_for_less_than_twelve_mebibytes_on_postgres() {
    openklant_tests::both::run(Kind::Postgres, async |database: Database| {
        let program = Program::on(&database);
        let token = token(&program).await;
        let api = program.start("api");
        let client = Client::new(api.address().await, Some(bearer(&token)));
        for nr in 0..20 {
            let url = client
                .post(KLANTEN, &klant(&nr.to_string()))
                .await
                .expect(201)
                .url();
            client.get(url).await.is(200);
            client.get(KLANTEN).await.is(200);
        }
        let asked_for = api.memory("RssAnon");
        assert!(asked_for < MOST, "{asked_for} KiB");
    });
}
