//! What is answered to why an application may do something is what the API does.

use std::collections::BTreeSet;

use openklant_api::{Operation, operations};
use openklant_tests::{App, Client, on_both};
use serde_json::json;

use super::{PAGE, make, manager};

/// Whether the API lets this client do this: what it is about is never there, and what it is given never right.
async fn is_let_in(client: &Client, operation: &Operation) -> bool {
    let segments: Vec<&str> = operation
        .path
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "00000000-0000-4000-8000-000000000000"
            } else {
                segment
            }
        })
        .collect();
    let call = client.request(operation.method, segments.join("/"));
    let call = match operation.method {
        "GET" | "DELETE" => call,
        _ => call.json(&json!({})),
    };
    call.await.status() != 403
}

on_both! {
    async fn it_agrees_with_the_api_for_every_operation_and_right(app: App) {
        let mut browser = manager(&app).await;
        let rights: BTreeSet<(&str, &str)> =
            operations().iter().map(|known| (known.component.name(), known.scope.as_str())).collect();
        assert_eq!(rights.len(), 11);
        for (component, scope) in rights {
            let right = format!("{component}:{scope}");
            let made = make(&mut browser, &right, "", &[&right]).await;
            let client = made.client(&app);
            for operation in operations() {
                let what = format!("{right}: {operation:?}");
                let address = format!("{}/waarom?handeling={}:{}", made.page, operation.component.name(), operation.id);
                let page = browser.get(&address).await.expect(200);
                let expected = is_let_in(&client, operation).await;
                assert_eq!(expected, operation.component.name() == component && operation.scope == scope, "{what}");
                if expected {
                    let yes = format!("Ja: het recht {scope} staat bij ");
                    assert!(page.text().contains(&yes), "{what}: {}", page.text());
                } else {
                    let no = format!("Nee: {} ontbreekt.", operation.scope);
                    assert!(page.text().contains(&no), "{what}: {}", page.text());
                    let add = format!("/rechten?erbij={}:{}", operation.component.name(), operation.scope);
                    assert!(page.text().contains(&add), "{what}: {}", page.text());
                }
            }
        }
    }

    async fn the_link_ticks_the_right_and_adds_nothing_by_itself(app: App) {
        let mut browser = manager(&app).await;
        let made = make(&mut browser, "Website", "", &["kc:klanten.lezen"]).await;
        let form = browser.get(&format!("{}/rechten?erbij=kc:klanten.verwijderen", made.page)).await.expect(200);
        assert_eq!(form.text().matches(" checked").count(), 2, "{}", form.text());
        let client = made.client(&app);
        client.delete("/klanten/api/v1/klanten/00000000-0000-4000-8000-000000000000").await.is(403);
    }

    async fn who_has_all_rights_is_told_so_and_nonsense_is_not_answered(app: App) {
        let mut browser = manager(&app).await;
        let page = format!("{}/{}/waarom", PAGE, app.applicatie_uuid());
        let all = browser.get(&format!("{page}?handeling=kc:klant_delete")).await.expect(200);
        assert!(all.text().contains("Ja: deze applicatie heeft alle rechten."), "{}", all.text());
        for query in ["handeling=kc:klant_alles", "handeling=%3Cscript%3E", "iets=anders"] {
            let wrong = browser.get(&format!("{page}?{query}")).await.expect(200);
            assert!(wrong.text().contains("Dit filter kennen we niet"), "{query}: {}", wrong.text());
            assert!(!wrong.text().contains("Ja: ") && !wrong.text().contains("<script>"), "{query}");
        }
        let form = browser.get(&page).await.expect(200);
        assert_eq!(form.text().matches("<option ").count(), operations().len());
        app.probe().execute("DELETE FROM client_credential").await;
        let dead = browser.get(&format!("{page}?handeling=kc:klant_delete")).await.expect(200);
        assert!(dead.text().contains("de applicatie heeft geen geheim"), "{}", dead.text());
    }
}
