//! What passes between us, an Autorisaties API and who tells of its changes is not in the log: no BSN, no secret.

use openklant_tests::autorisaties::{Autorisaties, CALLBACK, CALLBACK_SECRET, SECRET, message};
use openklant_tests::fixtures::{BSN, KLANTEN, OTHER_BSN};
use openklant_tests::listener::Reply;
use openklant_tests::program::Program;
use openklant_tests::tokens::bearer;
use openklant_tests::{Client, Database, on_both};
use serde_json::json;

on_both! {
    async fn nothing_personal_and_no_secret_is_logged(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let settings = [("OPENKLANT_LOG_LEVEL", "trace"), ("OPENKLANT_AUTORISATIES_FRESH_FOR", "1s")];
        let program = Program::on(&database).with(autorisaties.settings()).with(settings);
        let api = program.start("api");
        let address = api.address().await;
        let told = format!("{BSN} {SECRET}");
        let mut tokens = Vec::new();
        for (nr, reply) in [
            Reply::json(200, &json!({"url": told, "clientIds": ["client-0"], "heeftAlleAutorisaties": true})),
            Reply::json(200, &json!({"label": told})),
            Reply::answer(200, "application/json", told.clone()),
            Reply::answer(404, "text/plain", told.clone()),
            Reply::json(403, &json!({"detail": told})),
            Reply::json(500, &json!({"detail": told})),
            Reply::redirect(&format!("http://{BSN}.invalid/{BSN}")),
            Reply::close(),
        ]
        .into_iter()
        .enumerate()
        {
            let client_id = format!("client-{nr}");
            program.run(&format!("applicatie secret add --client-id {client_id}")).await.well();
            let user = format!("token --client-id {client_id} --user-id {BSN} --user-representation {OTHER_BSN}");
            let token = program.run(&user).await.well().trim().to_owned();
            autorisaties.always(Some(reply));
            let client = Client::new(address, Some(bearer(&token)));
            client.get(format!("{KLANTEN}?subjectNatuurlijkPersoon__inpBsn={BSN}")).await.fault(403, "not_authenticated_for_ac");
            autorisaties.always(None);
            autorisaties.knows(&client_id, &json!({"label": BSN, "autorisaties": [{"component": "kc", "scopes": [BSN]}]}));
            openklant_tests::wait::until_found("it answers again", async || {
                (client.get(KLANTEN).await.field("code") == "permission_denied").then_some(())
            }).await;
            tokens.push(token);
        }
        let notificaties = Client::new(address, Some(bearer(CALLBACK_SECRET)));
        let with_bsn = format!("https://ac.example/{BSN}");
        notificaties.post(CALLBACK, &message(&with_bsn)).await.is(204);
        notificaties.post(CALLBACK, &message(&format!("https://ac.example/00000000-0000-0000-0000-000{BSN}"))).await.is(204);
        notificaties.post(CALLBACK, &json!({"kanaal": BSN, "hoofdObject": BSN})).await.is(204);
        notificaties.request("POST", CALLBACK).content("application/json", format!("{{{BSN}")).await.is(400);
        Client::new(address, Some(bearer(BSN))).post(CALLBACK, &message(&with_bsn)).await.is(403);
        Client::new(address, Some(bearer(&format!("{CALLBACK_SECRET}x")))).post(CALLBACK, &json!({})).await.is(403);
        api.terminate();
        let ended = api.end().await;
        let log = &ended.stderr;
        assert!(log.contains("the Autorisaties API does not say what a client may do"), "{log}");
        assert!(log.contains("the Autorisaties API answers again"), "{log}");
        assert!(log.contains("rights changed in the Autorisaties API"), "{log}");
        for hidden in [BSN, OTHER_BSN, SECRET, CALLBACK_SECRET].into_iter().chain(tokens.iter().map(String::as_str)) {
            let found = log.lines().find(|line| line.contains(hidden));
            assert_eq!(found, None, "{hidden}");
        }
    }
}
