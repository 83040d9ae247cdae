//! The metrics of the server: the queue as it is, for anybody on the inside, and nothing about persons.

use chrono::TimeDelta;
use openklant_tests::fixtures::{KLANTEN, klant};
use openklant_tests::metrics::value;
use openklant_tests::{App, on_both, wait};

async fn page(app: &App) -> String {
    app.anonymous()
        .get("/metrics")
        .await
        .expect(200)
        .text()
        .to_owned()
}

on_both! {
    async fn the_queue_is_shown_without_a_token_and_to_any_host(app: App) {
        let answer = app.anonymous().calling("10.1.2.3:8000").get("/metrics").await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        let empty = answer.text();
        for state in ["pending", "delivering", "delivered", "parked", "cancelled"] {
            let series = format!("openklant_outbox_messages{{state=\"{state}\"}}");
            assert_eq!(value(empty, &series), Some(0.0), "{empty}");
        }
        assert_eq!(value(empty, "openklant_outbox_oldest_pending_seconds"), Some(0.0));
        assert_eq!(value(empty, "openklant_delivery_breaker_open"), Some(0.0));

        app.client().post(KLANTEN, &klant("1")).await.is(201);
        app.clock().advance(TimeDelta::seconds(90));
        app.client().post(KLANTEN, &klant("2")).await.is(201);
        app.probe()
            .execute("UPDATE delivery_endpoint SET state = 'open', opened_at = '2026-01-05T09:30:00+00:00'")
            .await;
        let full = page(&app).await;
        assert_eq!(value(&full, "openklant_outbox_messages{state=\"pending\"}"), Some(2.0), "{full}");
        assert_eq!(value(&full, "queue_depth"), Some(2.0));
        assert_eq!(value(&full, "openklant_outbox_oldest_pending_seconds"), Some(90.0));
        assert_eq!(value(&full, "openklant_delivery_breaker_open"), Some(1.0));
    }

    async fn requests_are_counted_by_declared_path_and_never_by_what_was_asked(app: App) {
        let client = app.client();
        let before = page(&app).await;
        let url = client.post(KLANTEN, &klant("1")).await.expect(201).url();
        client.get(&url).await.is(200);
        client.get(&url).await.is(200);
        client.get(format!("{KLANTEN}/999993653")).await.is(404);
        client.get("/999993653").await.is(404);
        client.request("ROEP999993653", KLANTEN).await.is(405);
        client.get(format!("{KLANTEN}?inpBsn=999993653")).await.is(400);
        let after = page(&app).await;
        // The recorder belongs to the process, which may run other tests too.
        let grew = |series: &str| {
            value(&after, series).unwrap_or(0.0) - value(&before, series).unwrap_or(0.0)
        };
        for (series, least) in [
            ("http_requests_total{method=\"POST\",route=\"/klanten/api/v1/klanten\",status=\"201\"}", 1.0),
            ("http_requests_total{method=\"GET\",route=\"/klanten/api/v1/klanten/{uuid}\",status=\"200\"}", 2.0),
            ("http_requests_total{method=\"GET\",route=\"/klanten/api/v1/klanten/{uuid}\",status=\"404\"}", 1.0),
            ("http_requests_total{method=\"GET\",route=\"other\",status=\"404\"}", 1.0),
            ("http_requests_total{method=\"other\",route=\"/klanten/api/v1/klanten\",status=\"405\"}", 1.0),
            ("http_request_duration_seconds_count{method=\"GET\",route=\"/klanten/api/v1/klanten/{uuid}\"}", 3.0),
            (
                "http_request_duration_seconds_bucket{method=\"GET\",route=\"/klanten/api/v1/klanten/{uuid}\",le=\"30\"}",
                3.0,
            ),
            ("openklant_refusals_total{code=\"not_found\"}", 2.0),
            ("openklant_authorisation_lookups_total", 4.0),
            ("openklant_authorisation_reads_total", 1.0),
        ] {
            assert!(grew(series) >= least, "{series} in {after}");
        }
        assert!(value(&after, "http_requests_in_flight").is_some_and(|now| now >= 1.0), "this one at least: {after}");
        let uuid = url.rsplit('/').next().expect("a URL ends in a uuid");
        for personal in ["999993653", uuid] {
            assert!(!after.contains(personal), "{personal} in {after}");
        }
    }

    async fn the_pools_the_database_and_the_process_are_shown(app: App) {
        let pool = if app.db().kind() == "postgres" { "all" } else { "write" };
        let active = format!("db_connection_pool_active{{pool=\"{pool}\"}}");
        // Other parts of the server take a connection for a moment, too: one of the looks finds them at rest.
        let busy = wait::until_found("a connection that is held is one more", async || {
            let quiet = page(&app).await;
            let held = app.db().begin().await.expect("a connection that writes");
            let busy = page(&app).await;
            held.rollback().await.expect("the connection comes back");
            let more = value(&busy, &active)? - value(&quiet, &active)?;
            (0.9..1.1).contains(&more).then_some(busy)
        })
        .await;
        let size = format!("openklant_database_size_bytes{{kind=\"{}\"}}", app.db().kind());
        for (series, least) in [
            (size.as_str(), 10_000.0),
            ("process_resident_memory_bytes", 1_000_000.0),
            ("process_cpu_seconds_total", 0.0),
            ("process_open_fds", 3.0),
        ] {
            assert!(value(&busy, series).is_some_and(|value| value >= least), "{series} in {busy}");
        }
    }

    async fn a_database_that_is_away_is_said(app: App) {
        app.db().close().await;
        app.anonymous().get("/metrics").await.is(503);
    }
}
