//! How much memory the API takes when it rests.

use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, Kind};

use super::token;

/// KiB that it may take.
const MOST: u64 = 40 * 1024;

#[test]
fn the_api_rests_below_forty_mebibytes_on_postgres() {
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
        let resident = api.memory("VmRSS");
        assert!(resident < MOST, "{resident} KiB");
    });
}
