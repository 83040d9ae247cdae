//! DELETE of an objectcontactmoment: only when its Zaken API no longer has the relation.

use openklant_tests::fixtures::{NOBODY, OBJECTCONTACTMOMENTEN};
use openklant_tests::listener::Reply;
use openklant_tests::zaken::ZakenApi;
use openklant_tests::{App, on_both};
use serde_json::json;

use crate::given;

on_both! {
    async fn it_goes_once_its_zaken_api_no_longer_has_it(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let url = given::about(&app, &zaken, &contactmoment, "een").await;
        client
            .delete(&url)
            .await
            .refused(&[("nonFieldErrors", "remote-relation-exists")]);
        let unsaid = [("nonFieldErrors", "relation-lookup-error")];
        for reply in [
            Reply::json(404, &json!({"code": "not_found"})),
            Reply::json(500, &json!({})),
            Reply::html(200),
            Reply::close(),
        ] {
            zaken.answers_relations(reply);
            client.delete(&url).await.refused(&unsaid);
        }
        client.get(&url).await.is(200);
        zaken.answers_relations(Reply::json(200, &json!([])));
        client.delete(&url).await.is(204);
        client.get(&url).await.fault(404, "not_found");
        client.delete(&url).await.fault(404, "not_found");
        assert_eq!(
            client.get(&contactmoment).await.json()["objectcontactmomenten"],
            json!([])
        );
    }

    async fn the_zaak_itself_is_not_asked_for(app: App) {
        let (client, zaken) = (app.client(), ZakenApi::start().await);
        let contactmoment = given::contactmoment(&app, &json!({})).await;
        let url = given::about(&app, &zaken, &contactmoment, "een").await;
        zaken.answers_zaak(Reply::html(404));
        zaken.answers_relations(Reply::json(200, &json!([])));
        let asked = zaken.seen().len();
        client.delete(&url).await.is(204);
        let seen = zaken.seen();
        let paths: Vec<&str> = seen[asked..]
            .iter()
            .map(openklant_tests::listener::Incoming::path)
            .collect();
        assert_eq!(paths, ["/zaken/api/v1/zaakcontactmomenten"]);
    }

    async fn what_is_not_there_is_not_asked_for(app: App) {
        for id in [NOBODY, "nope"] {
            app.client()
                .delete(format!("{OBJECTCONTACTMOMENTEN}/{id}"))
                .await
                .fault(404, "not_found");
        }
    }
}
