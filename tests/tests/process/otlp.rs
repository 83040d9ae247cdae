//! What an OpenTelemetry collector gets: the request, its look-ups and the delivery of its message as one trace, and the
//! metrics.

use openklant_tests::collector::{Collector, attribute};
use openklant_tests::fixtures::{KLANTEN, klant, klant_with};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::remote::Remote;
use openklant_tests::tokens::bearer;
use openklant_tests::{Database, on_both, wait};
use serde_json::json;

use super::{publishing, token};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

on_both! {
    async fn a_request_its_look_up_and_the_delivery_are_one_trace(database: Database) {
        let (notificaties, remote, collector) =
            (Notificaties::start().await, Remote::start().await, Collector::start().await);
        let program = publishing(&database, &notificaties).with([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", format!("{}/", collector.base())),
            ("OTEL_EXPORTER_OTLP_HEADERS", "x-sleutel=een%20geheim,x-ander=b".to_owned()),
            ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=proef".to_owned()),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000".to_owned()),
            ("OPENKLANT_OUTGOING_ALLOWED_HOSTS", "127.0.0.1".to_owned()),
        ]);
        let token = token(&program).await;
        let (api, worker) = (program.start("api"), program.start("worker"));
        let client = api.client(Some(bearer(&token))).await;
        notificaties.next([Reply::json(503, &json!({}))]);
        client
            .post(KLANTEN, &klant_with("1", &json!({"subject": remote.url("/ok/1")})))
            .header("traceparent", &format!("00-{TRACE}-{SPAN}-01"))
            .header("X-Request-ID", "keten-7")
            .await
            .is(201);
        client.get("/health/live").await.is(200);
        // The other side chose not to record this one.
        client.get(KLANTEN).header("traceparent", &format!("00-{TRACE}-{SPAN}-00")).await.is(200);

        let find = |name: &str| collector.spans().into_iter().filter(|span| span.name == name).collect::<Vec<_>>();
        wait::until_found("every span arrives", async || {
            let whole = find("POST /klanten/api/v1/klanten").len() == 1 && find("send klanten").len() == 2;
            (whole && find("look-up").len() == 1).then_some(())
        })
        .await;
        let request = find("POST /klanten/api/v1/klanten").remove(0);
        assert_eq!((hex(&request.trace_id), hex(&request.parent_span_id)), (TRACE.to_owned(), SPAN.to_owned()));
        assert_eq!(attribute(&request.attributes, "http.response.status_code").as_deref(), Some("201"));
        assert_eq!(attribute(&request.attributes, "openklant.request.id").as_deref(), Some("keten-7"));
        assert!(request.end_time_unix_nano >= request.start_time_unix_nano && request.start_time_unix_nano > 0);
        let kept = database.probe().texts("SELECT trace_parent FROM outbox").await;
        assert_eq!(kept, [format!("00-{TRACE}-{}-01", hex(&request.span_id))]);

        let look_up = find("look-up").remove(0);
        let deliveries = find("send klanten");
        for below in deliveries.iter().chain([&look_up]) {
            assert_eq!(hex(&below.trace_id), TRACE, "{below:?}");
            assert_eq!(below.parent_span_id, request.span_id, "{below:?}");
        }
        let outcomes: Vec<_> = deliveries
            .iter()
            .map(|span| (attribute(&span.attributes, "openklant.class"), span.status.is_some()))
            .collect();
        assert_eq!(outcomes, [(Some("temporary".to_owned()), true), (Some("delivered".to_owned()), false)]);
        let told: Vec<String> = notificaties
            .deliveries()
            .iter()
            .filter_map(|delivery| delivery.request.header("traceparent").map(str::to_owned))
            .collect();
        let spans: Vec<String> =
            deliveries.iter().map(|span| format!("00-{TRACE}-{}-01", hex(&span.span_id))).collect();
        assert_eq!(told, spans, "the receiver is told the step that the collector has");
        let names: Vec<String> = collector.spans().into_iter().map(|span| span.name).collect();
        assert!(!names.iter().any(|name| name.contains("health") || name.starts_with("GET")), "{names:?}");

        wait::until_found("metrics arrive", async || {
            let told: Vec<String> = collector
                .metrics()
                .iter()
                .flat_map(|sent| &sent.resource_metrics)
                .flat_map(|resource| &resource.scope_metrics)
                .flat_map(|scope| &scope.metrics)
                .map(|metric| metric.name.clone())
                .collect();
            ["http_requests_total", "http_request_duration_seconds", "openklant_outbox_messages", "process_open_fds"]
                .iter()
                .all(|name| told.iter().any(|told| told == name))
                .then_some(())
        })
        .await;
        let sent = collector.metrics().remove(0);
        let resource = sent.resource_metrics[0].resource.clone().expect("a resource").attributes;
        assert_eq!(attribute(&resource, "service.name").as_deref(), Some("openklant"));
        assert_eq!(attribute(&resource, "deployment.environment.name").as_deref(), Some("proef"));
        for request in collector.seen() {
            assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
            assert_eq!(request.header("x-sleutel"), Some("een geheim"));
        }
        drop(worker);
    }

    async fn a_collector_that_is_away_holds_nothing_up_and_is_told_of_once(database: Database) {
        let notificaties = Notificaties::start().await;
        let program = publishing(&database, &notificaties).with([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "1000"),
        ]);
        let token = token(&program).await;
        let api = program.start("api");
        let client = api.client(Some(bearer(&token))).await;
        for nr in 0..20 {
            client.post(KLANTEN, &klant(&nr.to_string())).await.is(201);
        }
        api.logs("the collector takes no traces and metrics").await;
        client.get(KLANTEN).await.is(200);
        api.terminate();
        let ended = api.end().await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(ended.stderr.matches("the collector takes no traces").count(), 1, "{ended:?}");
    }

    async fn what_is_recorded_last_is_sent_before_the_process_ends(database: Database) {
        let (notificaties, collector) = (Notificaties::start().await, Collector::start().await);
        let program = publishing(&database, &notificaties)
            .with([("OTEL_EXPORTER_OTLP_ENDPOINT", collector.base())]);
        let token = token(&program).await;
        let api = program.start("api");
        let client = api.client(Some(bearer(&token))).await;
        client.get(KLANTEN).await.is(200);
        api.terminate();
        assert_eq!(api.end().await.code, Some(0));
        let names: Vec<String> = collector.spans().into_iter().map(|span| span.name).collect();
        assert_eq!(names, ["GET /klanten/api/v1/klanten"]);
        assert_eq!(collector.metrics().len(), 1);
    }

    async fn nothing_is_sent_when_it_is_switched_off(database: Database) {
        let (notificaties, collector) = (Notificaties::start().await, Collector::start().await);
        let program = publishing(&database, &notificaties).with([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.base()),
            ("OTEL_SDK_DISABLED", "true".to_owned()),
        ]);
        let token = token(&program).await;
        let api = program.start("api");
        api.client(Some(bearer(&token))).await.get(KLANTEN).await.is(200);
        api.terminate();
        api.end().await;
        assert!(collector.seen().is_empty());
    }
}
