//! PUT and PATCH of a contactmoment: what is given goes over what is stored, and PUT demands what is required.

use openklant_tests::fixtures::{
    CONTACTMOMENTEN, NOBODY, OTHER_RSIN, RSIN, contactmoment, merge, whole_contactmoment,
};
use openklant_tests::{App, on_both};
use serde_json::{Value, json};

use crate::given;

on_both! {
    async fn put_and_patch_keep_what_is_left_out(app: App) {
        let client = app.client();
        let made = client
            .post(CONTACTMOMENTEN, &whole_contactmoment())
            .await
            .expect(201);
        let (url, whole) = (made.url(), made.json());
        assert_eq!(client.patch(&url, &json!({})).await.expect(200).json(), whole);
        assert_eq!(client.request("PATCH", &url).await.expect(200).json(), whole);
        let put = client
            .put(&url, &json!({"bronorganisatie": RSIN}))
            .await
            .expect(200);
        assert_eq!(put.json(), whole);
    }

    async fn each_field_can_be_changed_alone(app: App) {
        let client = app.client();
        let made = client
            .post(CONTACTMOMENTEN, &whole_contactmoment())
            .await
            .expect(201);
        let mut expected = made.json();
        for change in [
            json!({"bronorganisatie": OTHER_RSIN}),
            json!({"registratiedatum": "2020-02-29T12:00:00Z"}),
            json!({"kanaal": "balie"}),
            json!({"voorkeurskanaal": ""}),
            json!({"voorkeurstaal": "fry"}),
            json!({"tekst": ""}),
            json!({"onderwerpLinks": []}),
            json!({"onderwerpLinks": ["https://www.waterdam.example/nieuw"]}),
            json!({"initiatiefnemer": "gemeente"}),
            json!({"initiatiefnemer": ""}),
            json!({"medewerker": "https://medewerkers.waterdam.example/mw/7"}),
        ] {
            merge(&mut expected, &change);
            assert_eq!(
                client.patch(made.url(), &change).await.expect(200).json(),
                expected
            );
            assert_eq!(client.get(made.url()).await.json(), expected);
        }
    }

    async fn put_demands_what_is_required(app: App) {
        let url = given::contactmoment(&app, &json!({})).await;
        let client = app.client();
        client
            .put(&url, &json!({"kanaal": "chat"}))
            .await
            .refused(&[("bronorganisatie", "required")]);
        client
            .request("PUT", &url)
            .await
            .refused(&[("bronorganisatie", "required")]);
        client
            .patch(&url, &json!({"bronorganisatie": "", "onderwerpLinks": ["x"]}))
            .await
            .refused(&[("bronorganisatie", "blank"), ("onderwerpLinks.0", "invalid")]);
    }

    async fn a_body_that_is_a_list_is_refused(app: App) {
        let url = given::contactmoment(&app, &json!({})).await;
        let client = app.client();
        for call in [
            client.post(CONTACTMOMENTEN, &json!([])),
            client.patch(&url, &json!([])),
            client.put(&url, &json!([contactmoment()])),
        ] {
            call.await.refused(&[("nonFieldErrors", "invalid")]);
        }
    }

    async fn what_is_not_there_cannot_be_changed(app: App) {
        let client = app.client();
        for id in [NOBODY, "nope"] {
            let url = format!("{CONTACTMOMENTEN}/{id}");
            client
                .patch(&url, &json!({"kanaal": 7}))
                .await
                .fault(404, "not_found");
            client.put(&url, &json!({})).await.fault(404, "not_found");
        }
        assert_eq!(app.probe().count("audittrail").await, 0);
    }

    async fn relations_cannot_be_written_through_their_contactmoment(app: App) {
        let url = given::contactmoment(&app, &json!({})).await;
        let changed = app
            .client()
            .patch(
                &url,
                &json!({"klantcontactmomenten": ["x"], "volgendContactmoment": url, "url": "x"}),
            )
            .await
            .expect(200)
            .json();
        assert_eq!(changed["klantcontactmomenten"], json!([]));
        assert_eq!(changed["volgendContactmoment"], Value::Null);
    }
}
