//! DELETE of a contactmoment, and of what it is related to.

use openklant_tests::fixtures::{CONTACTMOMENTEN, KLANTCONTACTMOMENTEN, NOBODY, OBJECTCONTACTMOMENTEN};
use openklant_tests::remote::Remote;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::given;

on_both! {
    async fn its_relations_go_with_it_and_nobody_else_s(app: App) {
        let (client, zaken, remote) = (app.client(), ZakenApi::start().await, Remote::start().await);
        let (gone, stays) = (
            given::contactmoment(&app, &json!({})).await,
            given::contactmoment(&app, &json!({})).await,
        );
        let klant = remote.url("/ok/1");
        let mut relations = Vec::new();
        for contactmoment in [&gone, &stays] {
            relations.push([
                given::klantcontactmoment(&app, contactmoment, &klant, "belanghebbende").await,
                given::about(&app, &zaken, contactmoment, "een").await,
            ]);
        }
        let asked = zaken.seen().len();
        client.delete(&gone).await.is(204);
        assert_eq!(zaken.seen().len(), asked, "the Zaken API is not asked");
        for relation in &relations[0] {
            client.get(relation).await.fault(404, "not_found");
        }
        for relation in &relations[1] {
            client.get(relation).await.is(200);
        }
        for list in [KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN] {
            assert_eq!(client.get(list).await.json()["count"], 1);
        }
        client.delete(&gone).await.fault(404, "not_found");
        client.get(&gone).await.fault(404, "not_found");
    }

    async fn what_is_not_there_cannot_be_removed(app: App) {
        for id in [NOBODY, "nope"] {
            app.client()
                .delete(format!("{CONTACTMOMENTEN}/{id}"))
                .await
                .fault(404, "not_found");
        }
    }

    async fn removing_a_klant_leaves_what_was_said_with_it(app: App) {
        let client = app.client();
        let klant = given::klant(&app, "D1").await;
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let relation = given::klantcontactmoment(&app, &contactmoment, &klant, "gesprekspartner").await;
        client.delete(&klant).await.is(204);
        assert_eq!(
            client.get(&relation).await.expect(200).json()["klant"],
            json!(klant)
        );
        let found = given::found(&client, CONTACTMOMENTEN, &format!("klant={klant}")).await;
        assert_eq!(found, [contactmoment], "it is still found by its klant");
        client.patch(&relation, &json!({"gelezen": true})).await.is(200);
        client
            .patch(&relation, &json!({"klant": klant}))
            .await
            .refused(&[("klant", "bad-url")]);
    }
}
