//! Which scope each of the operations asks for (section 2.5 of the behaviour of 1.0.0): exactly one, in the component
//! of this API; changing a klantcontactmoment asks for the scope to create.

use openklant_shared::domain::applicatie::Component;
use openklant_tests::fixtures::{
    CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN, contactmoment, klantcontactmoment,
    objectcontactmoment,
};
use openklant_tests::listener::Reply;
use openklant_tests::remote::Remote;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::given;

const LEZEN: &str = "contactmomenten.lezen";
const AANMAKEN: &str = "contactmomenten.aanmaken";
const BIJWERKEN: &str = "contactmomenten.bijwerken";
const VERWIJDEREN: &str = "contactmomenten.verwijderen";
const AUDITTRAIL: &str = "audittrails.lezen";

/// The scopes of this API, and two of the other.
const SCOPES: [&str; 7] = [
    LEZEN,
    AANMAKEN,
    BIJWERKEN,
    VERWIJDEREN,
    AUDITTRAIL,
    "klanten.lezen",
    "klanten.aanmaken",
];

on_both! {
    async fn each_operation_asks_for_its_own_scope(app: App) {
        let (everything, remote, zaken) = (app.client(), Remote::start().await, ZakenApi::start().await);
        let klant = remote.url("/ok/1");
        for scope in SCOPES {
            let client = app.client_within(Component::Cmc, &[scope]).await;
            let one = given::contactmoment(&app, &json!({})).await;
            let relation = given::klantcontactmoment(&app, &one, &klant, "belanghebbende").await;
            let object = given::about(&app, &zaken, &one, "een").await;
            let trail = format!("{one}/audittrail");
            let page = everything.get(&trail).await.expect(200).json();
            let row = format!(
                "{trail}/{}",
                page["results"][0]["uuid"].as_str().expect("a row has a uuid")
            );
            let search = format!("{CONTACTMOMENTEN}/_zoek");
            let other = given::contactmoment(&app, &json!({})).await;
            let calls = [
                (LEZEN, 200, client.get(CONTACTMOMENTEN)),
                (LEZEN, 200, client.head(CONTACTMOMENTEN)),
                (LEZEN, 200, client.post(&search, &json!({}))),
                (LEZEN, 200, client.get(&one)),
                (LEZEN, 200, client.head(&one)),
                (LEZEN, 200, client.get(KLANTCONTACTMOMENTEN)),
                (LEZEN, 200, client.get(&relation)),
                (LEZEN, 200, client.get(OBJECTCONTACTMOMENTEN)),
                (LEZEN, 200, client.get(&object)),
                (AUDITTRAIL, 200, client.get(&trail)),
                (AUDITTRAIL, 200, client.get(&row)),
                (AANMAKEN, 201, client.post(CONTACTMOMENTEN, &contactmoment())),
                (
                    AANMAKEN,
                    201,
                    client.post(KLANTCONTACTMOMENTEN, &klantcontactmoment(&other, &klant)),
                ),
                (
                    AANMAKEN,
                    201,
                    client.post(
                        OBJECTCONTACTMOMENTEN,
                        &objectcontactmoment(&one, &zaken.zaak("twee")),
                    ),
                ),
                (BIJWERKEN, 200, client.put(&one, &contactmoment())),
                (BIJWERKEN, 200, client.patch(&one, &json!({"kanaal": "chat"}))),
                (
                    AANMAKEN,
                    200,
                    client.put(&relation, &klantcontactmoment(&one, &klant)),
                ),
                (AANMAKEN, 200, client.patch(&relation, &json!({"gelezen": true}))),
                (VERWIJDEREN, 204, client.delete(&relation)),
                (VERWIJDEREN, 204, client.delete(&object)),
                (VERWIJDEREN, 204, client.delete(&one)),
            ];
            for (needed, status, call) in calls {
                let expected = if needed == scope { status } else { 403 };
                let description = format!("{call:?}");
                let removes_object =
                    description.contains("DELETE") && description.contains("/objectcontactmomenten/");
                if removes_object {
                    zaken.answers_relations(Reply::json(200, &json!([])));
                }
                let answer = call.await;
                assert_eq!(
                    answer.status(),
                    expected,
                    "{scope}: {description}\n{}",
                    answer.describe()
                );
            }
            zaken.answers_relations(Reply::json(200, &json!([{}])));
        }
    }

    async fn rights_in_another_component_do_not_count(app: App) {
        for component in [Component::Kc, Component::Ac] {
            let client = app.client_within(component, &[LEZEN, AANMAKEN]).await;
            client.get(CONTACTMOMENTEN).await.fault(403, "permission_denied");
            client
                .post(CONTACTMOMENTEN, &contactmoment())
                .await
                .fault(403, "permission_denied");
        }
        let client = app.client_within(Component::Cmc, &["klanten.lezen"]).await;
        client
            .get(openklant_tests::fixtures::KLANTEN)
            .await
            .fault(403, "permission_denied");
    }

    async fn the_right_comes_before_what_is_asked(app: App) {
        let reader = app.client_within(Component::Cmc, &[LEZEN]).await;
        for list in [CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN] {
            reader
                .post(list, &json!([]))
                .await
                .fault(403, "permission_denied");
            reader
                .delete(format!("{list}/nope"))
                .await
                .fault(403, "permission_denied");
            app.anonymous()
                .get(format!("{list}?kleur=rood"))
                .await
                .fault(403, "permission_denied");
            app.anonymous()
                .delete(list)
                .await
                .fault(405, "method_not_allowed");
        }
    }
}
