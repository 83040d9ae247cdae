//! The count and every page of a long list are exactly those of its rows: at every moment, whoever writes, and whoever keeps
//! the map of its pages meanwhile.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use openklant_shared::clock::Clock;
use openklant_shared::domain::klant::Klant;
use openklant_shared::storage::contactmoment_filter::{
    ContactmomentFilter, Direction, Order, OrderColumn, TextColumn,
};
use openklant_shared::storage::klant_filter::{Compare, KlantColumn, KlantFilter};
use openklant_shared::storage::page_map::{self, List, Place, Sizes, Table};
use openklant_shared::storage::{Db, Tx, contactmoment, klant};
use openklant_tests::app::Setup;
use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTEN, contactmoment_with, klant_with};
use openklant_tests::{App, Client, Database, on_both, wait};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use uuid::Uuid;

/// So small that some dozens of rows have many buckets, and that there are deltas left while buckets are split.
const SMALL: Sizes = Sizes {
    bucket: 8,
    long: 10,
    fold: 25,
    batch: 5,
};

const WRITERS: u64 = 4;
const STEPS: usize = 45;
const PAGE: i64 = 7;

const NAMEN: [&str; 3] = ["Waterland", "Waterland", "Duinkerk"];
const KANALEN: [&str; 3] = ["telefoon", "telefoon", "e-mail"];

fn klanten(achternaam: Option<&str>) -> KlantFilter {
    let mut filter = KlantFilter::default();
    if let Some(achternaam) = achternaam {
        filter.add(KlantColumn::Achternaam, Compare::Equal, achternaam);
    }
    filter
}

/// The same klanten, asked for in a way that has no map.
fn by_hand(filter: &KlantFilter) -> KlantFilter {
    let mut filter = filter.clone();
    filter.add(KlantColumn::Klantnummer, Compare::Greater, "");
    filter
}

fn contacten(texts: &[(TextColumn, &str)]) -> ContactmomentFilter {
    let mut filter = ContactmomentFilter::default();
    for (column, value) in texts {
        filter.text(*column, *value);
    }
    filter
}

fn contacten_by_hand(filter: &ContactmomentFilter) -> ContactmomentFilter {
    let mut filter = filter.clone();
    let first = "0001-01-01T00:00:00Z".parse().expect("a moment");
    filter.registratiedatum(Compare::GreaterOrEqual, first);
    filter
}

/// Compares the count and a page of every list with those of its rows, within one snapshot; answers how many of the lists
/// had a map.
async fn check(db: &Db, random: &mut StdRng) -> usize {
    let mut mapped = 0;
    let mut tx = db.snapshot().await.expect("a snapshot");
    for filter in [
        klanten(None),
        klanten(Some("Waterland")),
        klanten(Some("Duinkerk")),
    ] {
        mapped += usize::from(check_klanten(&mut tx, &filter, random).await);
    }
    for filter in [
        contacten(&[]),
        contacten(&[(TextColumn::Kanaal, "telefoon")]),
        contacten(&[
            (TextColumn::Kanaal, "telefoon"),
            (TextColumn::Initiatiefnemer, "klant"),
        ]),
    ] {
        mapped += usize::from(check_contacten(&mut tx, &filter, random).await);
    }
    mapped
}

async fn check_klanten(tx: &mut Tx, filter: &KlantFilter, random: &mut StdRng) -> bool {
    let counted = klant::count(tx, filter).await.expect("a count");
    let plain = by_hand(filter);
    let truth = klant::count(tx, &plain).await.expect("a count");
    assert_eq!(counted.rows, truth.rows, "{filter:?}");
    check_klanten_from(tx, filter, random.random_range(0..=truth.rows)).await;
    counted.has_map()
}

/// Compares the page of the klanten from an offset on.
async fn check_klanten_from(tx: &mut Tx, filter: &KlantFilter, offset: i64) {
    let counted = klant::count(tx, filter).await.expect("a count");
    let plain = by_hand(filter);
    let truth = klant::count(tx, &plain).await.expect("a count");
    let uuids = |rows: Vec<Klant>| -> Vec<Uuid> { rows.into_iter().map(|klant| klant.uuid).collect() };
    let place = counted.place(tx, offset).await.expect("a place");
    let page = klant::list(tx, filter, place, PAGE).await.expect("a page");
    let right = klant::list(tx, &plain, Place::after(offset), PAGE)
        .await
        .expect("a page");
    assert_eq!(
        uuids(page),
        uuids(right),
        "{filter:?} from {offset} of {}",
        truth.rows
    );
}

async fn check_contacten(tx: &mut Tx, filter: &ContactmomentFilter, random: &mut StdRng) -> bool {
    let counted = contactmoment::count(tx, filter).await.expect("a count");
    let plain = contacten_by_hand(filter);
    let truth = contactmoment::count(tx, &plain).await.expect("a count");
    assert_eq!(counted.rows, truth.rows, "{filter:?}");
    let offset = random.random_range(0..=truth.rows);
    for direction in [Direction::Descending, Direction::Ascending] {
        let order = Order::by(vec![(OrderColumn::Registratiedatum, direction)]);
        let page = contactmoment::list(tx, filter, &order, &counted, PAGE, offset)
            .await
            .expect("a page");
        let right = contactmoment::list(tx, &plain, &order, &truth, PAGE, offset)
            .await
            .expect("a page");
        let uuids =
            |rows: Vec<contactmoment::Stored>| -> Vec<i64> { rows.iter().map(|row| row.id).collect() };
        assert_eq!(
            uuids(page),
            uuids(right),
            "{filter:?} {direction:?} from {offset} of {}",
            truth.rows
        );
    }
    counted.has_map()
}

/// Makes, changes and removes klanten and contactmomenten, and now and then is refused.
async fn write(client: Client, writer: u64) {
    let mut random = StdRng::seed_from_u64(writer);
    let mut made = Vec::new();
    for step in 0..STEPS {
        let dice = random.random_range(0..10);
        let which = random.random_range(0..3);
        let at = format!(
            "2026-0{}-1{}T09:30:00Z",
            random.random_range(1..4),
            random.random_range(0..3)
        );
        if dice < 6 || made.is_empty() {
            let klant = klant_with(&format!("{writer}-{step}"), &json!({"achternaam": NAMEN[which]}));
            made.push((client.post(KLANTEN, &klant).await.expect(201).url(), true));
            client.post(KLANTEN, &klant).await.is(400);
            let contact = json!({"kanaal": KANALEN[which], "registratiedatum": at, "initiatiefnemer":
                if dice < 4 { "klant" } else { "gemeente" }});
            let contact = client.post(CONTACTMOMENTEN, &contactmoment_with(&contact)).await;
            made.push((contact.expect(201).url(), false));
        } else {
            let (url, is_klant) = made.swap_remove(random.random_range(0..made.len()));
            if dice == 9 {
                client.delete(&url).await.is(204);
                continue;
            }
            let change = match (is_klant, dice) {
                (true, _) => json!({"achternaam": NAMEN[which]}),
                (false, 6) => json!({"registratiedatum": at}),
                (false, _) => json!({"kanaal": KANALEN[which]}),
            };
            client.patch(&url, &change).await.is(200);
            made.push((url, is_klant));
        }
    }
}

/// Keeps the server from keeping the map itself; answers a moment at which the test may.
async fn alone(app: &App) -> DateTime<Utc> {
    let until = "2050-01-01T00:00:00+00:00";
    app.probe()
        .execute(&format!("UPDATE page_fold SET busy_until = '{until}'"))
        .await;
    until.parse().expect("a moment")
}

on_both! {
    async fn counts_and_pages_are_exact_while_everybody_writes(database: Database) {
        let app = Setup::new().page_sizes(SMALL).start(&database).await;
        let other = database.open(4, std::time::Duration::from_secs(20)).await.with_page_sizes(SMALL);
        let (done, mapped) = (AtomicBool::new(false), AtomicUsize::new(0));
        let writers = async {
            join_all((0..WRITERS).map(|writer| write(app.client(), writer))).await;
            done.store(true, Ordering::Relaxed);
        };
        let checker = async |db: &Db, seed: u64| {
            let mut random = StdRng::seed_from_u64(seed);
            while !done.load(Ordering::Relaxed) {
                mapped.fetch_add(check(db, &mut random).await, Ordering::Relaxed);
            }
        };
        let folder = async |db: &Db| {
            while !done.load(Ordering::Relaxed) {
                page_map::fold(db, Clock::System.now()).await.expect("deltas are added");
                tokio::time::sleep(std::time::Duration::from_millis(40)).await;
            }
        };
        futures_util::join!(writers, checker(app.db(), 1), checker(&other, 2), folder(app.db()), folder(&other));
        assert!(mapped.load(Ordering::Relaxed) > 10, "{mapped:?} lists were read by their map");
        let mut random = StdRng::seed_from_u64(3);
        // The server may be at it as well: then this one does nothing.
        wait::until("every delta is added", async || {
            page_map::fold(&other, Clock::System.now()).await.expect("deltas are added");
            (app.probe().count("page_delta").await == 0).then_some(())
        })
        .await;
        wait::until("every list has a map", async || {
            let mapped = check(app.db(), &mut StdRng::seed_from_u64(4)).await;
            (mapped == 6).then_some(())
        })
        .await;
        for _ in 0..20 {
            check(app.db(), &mut random).await;
            check(&other, &mut random).await;
        }
    }

    async fn a_list_gets_its_map_by_being_long_and_read(app: App) {
        let app = Setup::new().page_sizes(SMALL).start(app.database()).await;
        write(app.client(), 5).await;
        assert_eq!(app.probe().count("page_list").await, 0);
        let before = app.client().get(format!("{KLANTEN}?achternaam=Waterland")).await.json();
        wait::until("the list has its map", async || {
            (app.probe().count("page_list").await == 1).then_some(())
        })
        .await;
        let lists = app.probe().texts("SELECT resource || ' ' || facets FROM page_list").await;
        assert_eq!(lists, ["klant [[\"achternaam\",\"Waterland\"]]"]);
        assert_eq!(app.client().get(format!("{KLANTEN}?achternaam=Waterland")).await.json(), before);
        let same = List::all(Table::Klant).only("achternaam", "Waterland").expect("a facet");
        let made = page_map::build(app.db(), &same, app.clock().now()).await.expect("the database answers");
        assert!(!made, "it has one already");
    }

    async fn a_bucket_is_split_rightly_while_a_change_of_it_waits(database: Database) {
        let sizes = Sizes { bucket: 8, long: 1000, fold: 1000, batch: 12 };
        let app = Setup::new().page_sizes(sizes).start(&database).await;
        let now = alone(&app).await;
        let all = klanten(None);
        let make = async |nr: usize| {
            let klant = klant_with(&nr.to_string(), &json!({}));
            app.client().post(KLANTEN, &klant).await.expect(201).url()
        };
        let mut urls = Vec::new();
        for nr in 0..8 {
            urls.push(make(nr).await);
        }
        assert_eq!(page_map::fold(app.db(), now).await.expect("deltas are added"), 8);
        page_map::build(app.db(), &List::all(Table::Klant), now).await.expect("it is made");
        for nr in 8..20 {
            urls.push(make(nr).await);
        }
        app.client().delete(&urls[2]).await.is(204);
        for left in [1, 0] {
            assert!(page_map::fold(app.db(), now).await.expect("deltas are added") > 0);
            assert_eq!(app.probe().count("page_delta").await, left);
            assert_eq!(app.probe().count("page_bucket").await, 2, "it was split");
            let mut tx = app.db().snapshot().await.expect("a snapshot");
            for offset in 0..=19 {
                check_klanten_from(&mut tx, &all, offset).await;
            }
        }
    }

    async fn a_fold_that_dies_halfway_changes_nothing(database: Database) {
        let app = Setup::new().page_sizes(SMALL).start(&database).await;
        let now = alone(&app).await;
        write(app.client(), 7).await;
        page_map::build(app.db(), &List::all(Table::Klant), now).await.expect("it is made");
        write(app.client(), 8).await;
        // The last statement of a fold fails: what it did before must be undone.
        database.probe().forbid("UPDATE", "page_list").await;
        let mut random = StdRng::seed_from_u64(9);
        page_map::fold(app.db(), now).await.expect_err("the database refuses");
        check(app.db(), &mut random).await;
        database.probe().allow_again("page_list").await;
        assert!(page_map::fold(app.db(), now).await.expect("deltas are added") > 0);
        check(app.db(), &mut random).await;
    }

    async fn the_first_and_the_last_moment_there_may_be_are_in_it(database: Database) {
        let app = Setup::new().page_sizes(SMALL).start(&database).await;
        let now = alone(&app).await;
        let mut moments = vec!["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"];
        for step in 0..2 {
            for moment in &moments {
                let contact = contactmoment_with(&json!({"registratiedatum": moment}));
                app.client().post(CONTACTMOMENTEN, &contact).await.is(201);
            }
            if step == 0 {
                page_map::build(app.db(), &List::all(Table::Contactmoment), now).await.expect("it is made");
                moments.push("2026-01-05T09:30:00Z");
            }
        }
        while page_map::fold(app.db(), now).await.expect("deltas are added") > 0 {}
        let mut tx = app.db().snapshot().await.expect("a snapshot");
        for seed in 0..10 {
            let filter = contacten(&[]);
            assert!(check_contacten(&mut tx, &filter, &mut StdRng::seed_from_u64(seed)).await);
        }
    }

    async fn a_change_of_other_fields_leaves_no_delta(app: App) {
        alone(&app).await;
        let client = app.client();
        let url = client.post(KLANTEN, &klant_with("1", &json!({}))).await.expect(201).url();
        assert_eq!(app.probe().count("page_delta").await, 1);
        client.patch(&url, &json!({"voornaam": "Bo", "telefoonnummer": "0611111111"})).await.is(200);
        assert_eq!(app.probe().count("page_delta").await, 1);
        client.patch(&url, &json!({"achternaam": "Duinkerk"})).await.is(200);
        assert_eq!(app.probe().count("page_delta").await, 3);
    }
}
