//! `registratiedatum`: every spelling that is a moment, and those that are none (section 4.1 of the behaviour of
//! 1.0.0). Without an offset it is UTC, whatever the clocks of the Netherlands do that day.

use chrono::TimeDelta;
use openklant_tests::fixtures::{CONTACTMOMENTEN, RSIN, contactmoment, contactmoment_with};
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::given;

/// What is given and what is shown.
const MOMENTS: [(&str, &str); 16] = [
    ("2026-01-05T09:30:00Z", "2026-01-05T09:30:00Z"),
    ("2026-01-05T10:30:00+01:00", "2026-01-05T09:30:00Z"),
    ("2026-01-05T10:30:00+0100", "2026-01-05T09:30:00Z"),
    ("2026-01-05T04:00:00.5-05:30", "2026-01-05T09:30:00.500000Z"),
    ("2026-01-05T09:30:00.123456Z", "2026-01-05T09:30:00.123456Z"),
    ("2026-01-05T09:30:00.123456789Z", "2026-01-05T09:30:00.123456Z"),
    ("2026-01-05T09:30:00.000000999Z", "2026-01-05T09:30:00Z"),
    ("2026-01-05T09:30:00", "2026-01-05T09:30:00Z"),
    ("2026-01-05 09:30", "2026-01-05T09:30:00Z"),
    ("2024-03-31T02:30:00", "2024-03-31T02:30:00Z"),
    ("2024-03-31T02:30:00+01:00", "2024-03-31T01:30:00Z"),
    ("2024-10-27T02:30:00+02:00", "2024-10-27T00:30:00Z"),
    ("2024-10-27T02:30:00+01:00", "2024-10-27T01:30:00Z"),
    ("2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.999999Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
];

on_both! {
    async fn every_spelling_of_a_moment_is_kept_in_utc(app: App) {
        let client = app.client();
        for (given, shown) in MOMENTS {
            let body = contactmoment_with(&json!({"registratiedatum": given}));
            let made = client.post(CONTACTMOMENTEN, &body).await.expect(201);
            assert_eq!(made.json()["registratiedatum"], shown, "{given}");
            assert_eq!(client.get(made.url()).await.json(), made.json(), "{given}");
            let again = client
                .put(
                    made.url(),
                    &json!({"bronorganisatie": RSIN, "registratiedatum": shown}),
                )
                .await;
            assert_eq!(again.expect(200).json(), made.json(), "{given}");
        }
    }

    async fn what_is_no_moment_is_refused(app: App) {
        for value in [
            json!("2026-01-05"),
            json!("gisteren"),
            json!(""),
            json!("2026-02-30T09:30:00Z"),
            json!("2026-01-05T25:00:00Z"),
            json!("2026-01-05T09:30:00 Europe/Amsterdam"),
            json!("09:30"),
            json!(1_767_605_400),
            json!(true),
            json!([]),
        ] {
            app.client()
                .post(
                    CONTACTMOMENTEN,
                    &contactmoment_with(&json!({"registratiedatum": value})),
                )
                .await
                .refused(&[("registratiedatum", "invalid")]);
        }
        app.client()
            .post(
                CONTACTMOMENTEN,
                &contactmoment_with(&json!({"registratiedatum": null})),
            )
            .await
            .refused(&[("registratiedatum", "null")]);
    }

    async fn not_given_it_is_now_and_stays(app: App) {
        let client = app.client();
        let url = client
            .post(CONTACTMOMENTEN, &contactmoment())
            .await
            .expect(201)
            .url();
        app.clock().advance(TimeDelta::hours(1));
        let patched = client
            .patch(&url, &json!({"kanaal": "chat"}))
            .await
            .expect(200)
            .json();
        assert_eq!(patched["registratiedatum"], "2026-01-05T09:30:00.123456Z");
        let put = client
            .put(&url, &json!({"bronorganisatie": RSIN}))
            .await
            .expect(200)
            .json();
        assert_eq!(put["registratiedatum"], "2026-01-05T09:30:00.123456Z");
    }

    async fn it_may_be_changed_and_lie_ahead(app: App) {
        let (older, newer) = (
            given::contactmoment(&app, &json!({"registratiedatum": "2025-01-01T00:00:00Z"})).await,
            given::contactmoment(&app, &json!({"registratiedatum": "2025-01-02T00:00:00Z"})).await,
        );
        let client = app.client();
        assert_eq!(
            given::found(&client, CONTACTMOMENTEN, "").await,
            [newer.clone(), older.clone()]
        );
        client
            .patch(&older, &json!({"registratiedatum": "2031-01-01T00:00:00+01:00"}))
            .await
            .is(200);
        assert_eq!(given::found(&client, CONTACTMOMENTEN, "").await, [older, newer]);
    }
}
