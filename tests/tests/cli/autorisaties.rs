//! `openklant autorisaties`: where rights come from, and the abonnement that tells when they change.

use openklant_tests::autorisaties::{Autorisaties, CALLBACK_SECRET, SECRET};
use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use openklant_tests::program::Program;
use openklant_tests::{Database, on_both};
use serde_json::{Value, json};

const URL: &str = "https://openklant.example.nl/autorisaties/api/v1/callbacks";
const SUBSCRIBE: &str = "autorisaties subscribe --format json";

fn subscribing(database: &Database, notificaties: &Notificaties, autorisaties: &Autorisaties) -> Program {
    Program::on(database)
        .with(notificaties.settings())
        .with(autorisaties.settings())
}

async fn change(program: &Program) -> String {
    let told: Value = serde_json::from_str(&program.run(SUBSCRIBE).await.well()).expect("JSON");
    assert_eq!(told["callbackUrl"], URL);
    told["change"].as_str().expect("a change").to_owned()
}

/// The one abonnement, without its URL.
#[track_caller]
fn only(notificaties: &Notificaties) -> Value {
    let mut all = notificaties.abonnementen();
    assert_eq!(all.len(), 1, "{all:?}");
    let mut one = all.remove(0);
    one.as_object_mut().expect("an object").remove("url");
    one
}

on_both! {
    async fn subscribes_once_however_often(database: Database) {
        let (notificaties, autorisaties) = (Notificaties::start().await, Autorisaties::start().await);
        let program = subscribing(&database, &notificaties, &autorisaties);
        let dry = program.run("autorisaties subscribe --dry-run").await.well();
        assert!(dry.contains("Would subscribe") && dry.contains(URL), "{dry}");
        assert_eq!(notificaties.abonnementen(), Vec::<Value>::new());
        let expected = json!({
            "callbackUrl": URL,
            "auth": format!("Bearer {CALLBACK_SECRET}"),
            "kanalen": [{"naam": "autorisaties", "filters": {}}],
        });
        assert_eq!(change(&program).await, "created");
        assert_eq!(only(&notificaties), expected);
        // One that does not show the secret is given it again.
        assert_eq!(change(&program).await, "renewed");
        assert_eq!(only(&notificaties), expected);
        notificaties.show_auth();
        let calls = notificaties.abonnement_calls().len();
        assert_eq!(change(&program).await, "unchanged");
        assert_eq!(notificaties.abonnement_calls().len(), calls + 1, "it only looked");
        let text = program.run("autorisaties subscribe").await.well();
        assert!(text.contains("is there as it should be"), "{text}");
        let other = "another-secret-of-the-abonnement";
        let program = program.with([("OPENKLANT_AUTORISATIES_CALLBACK_SECRET", other)]);
        let dry = program.run("autorisaties subscribe --dry-run").await.well();
        assert!(dry.contains("Would repair"), "{dry}");
        assert_eq!(change(&program).await, "repaired");
        assert_eq!(only(&notificaties)["auth"], format!("Bearer {other}"));
        let log = database.probe().texts("SELECT command || ': ' || detail FROM operator_log ORDER BY id").await;
        let done = ["created", "renewed", "repaired"].map(|done| format!("autorisaties subscribe: {done}"));
        assert_eq!(log, done, "what was changed, and nothing else");
    }

    async fn repairs_what_others_made_and_leaves_the_rest(database: Database) {
        let (notificaties, autorisaties) = (Notificaties::start().await, Autorisaties::start().await);
        let program = subscribing(&database, &notificaties, &autorisaties);
        notificaties.show_auth();
        let auth = format!("Bearer {CALLBACK_SECRET}");
        let stranger = json!({"callbackUrl": "https://zaken.example.nl/callbacks", "auth": "Bearer x", "kanalen": []});
        for (kanalen, expected) in [
            (json!([]), json!([{"naam": "autorisaties", "filters": {}}])),
            (
                json!([{"naam": "autorisaties", "filters": {"x": "y"}}, {"naam": "zaken"}]),
                json!([{"naam": "zaken", "filters": {}}, {"naam": "autorisaties", "filters": {}}]),
            ),
        ] {
            notificaties.forget_abonnementen();
            notificaties.know_abonnement(stranger.clone());
            notificaties.know_abonnement(json!({"callbackUrl": URL, "auth": auth, "kanalen": kanalen}));
            assert_eq!(change(&program).await, "repaired");
            let [first, ours] = &notificaties.abonnementen()[..] else { panic!("there are two") };
            assert_eq!(first["callbackUrl"], stranger["callbackUrl"]);
            assert_eq!(ours["kanalen"], expected);
            assert_eq!(change(&program).await, "unchanged");
        }
        notificaties.know_abonnement(json!({"callbackUrl": URL, "auth": auth, "kanalen": []}));
        let text = program.run("autorisaties subscribe").await.well();
        assert!(text.contains("Superfluous"), "{text}");
    }

    async fn says_why_there_is_no_abonnement(database: Database) {
        let (notificaties, autorisaties) = (Notificaties::start().await, Autorisaties::start().await);
        let program = subscribing(&database, &notificaties, &autorisaties);
        let trial = |code: &str| {
            Reply::json(400, &json!({"invalidParams": [{"name": "nonFieldErrors", "code": code, "reason": "x"}]}))
        };
        let denied = Reply::json(403, &json!({"code": "permission_denied", "status": 403}));
        for (replies, text) in [
            (vec![Reply::json(200, &json!([])), trial("invalid-callback-url")], "the Notificaties API tried https://"),
            (vec![Reply::json(200, &json!([])), trial("no-auth-on-callback-url")], "the Notificaties API tried https://"),
            (vec![denied.clone()], "needs the scope notificaties.consumeren"),
            (vec![Reply::json(200, &json!([])), denied], "needs the scope notificaties.consumeren"),
            (vec![Reply::html(502)], "answered 502"),
            (vec![Reply::html(200)], "that is no list of abonnementen"),
            (vec![Reply::close()], "cannot be asked about abonnementen"),
            (
                vec![Reply::json(200, &json!([])), Reply::json(400, &json!({"auth": CALLBACK_SECRET}))],
                "{\"auth\":\"***\"}",
            ),
        ] {
            notificaties.next_for_abonnementen(replies);
            program.run("autorisaties subscribe").await.complains(1, text);
        }
        assert_eq!(notificaties.abonnementen(), Vec::<Value>::new());
        for (name, text) in [
            ("OPENKLANT_AUTORISATIES_CALLBACK_SECRET", "messages about rights are not taken here"),
            ("OPENKLANT_NOTIFICATIES_API_ROOT", "no Notificaties API is configured"),
        ] {
            program.clone().without(name).run("autorisaties subscribe").await.complains(1, text);
        }
    }

    async fn tells_where_the_rights_of_a_client_come_from(database: Database) {
        let autorisaties = Autorisaties::start().await;
        let program = Program::on(&database).with(autorisaties.settings());
        let check = "autorisaties check loket";
        program.run(check).await.complains(1, "has no secret here");
        program.run("applicatie secret add --client-id loket --operator piet").await.well();
        program.run("applicatie secret add --client-id loket").await.complains(1, "has a secret already");
        let log = program.run("log").await.well();
        assert!(log.contains("applicatie secret add") && log.contains("client id loket"), "{log}");
        program.run(check).await.complains(1, "unknown to the Autorisaties API");
        autorisaties.allows("loket", "kc", &["klanten.lezen"]);
        let told = program.run(check).await.well();
        assert!(told.contains("loket in Open Zaak") && told.contains("which may do kc:klanten.lezen"), "{told}");
        autorisaties.always(Some(Reply::html(503)));
        let ended = program.run(check).await;
        assert!(ended.stdout.contains("it answered 503"), "{ended:?}");
        ended.complains(1, "does not say what client id loket may do");
        autorisaties.always(None);
        let wrong = program.clone().with([("OPENKLANT_AUTORISATIES_SECRET", "not the secret of this client")]);
        let ended = wrong.run(check).await;
        assert!(ended.stdout.contains("it refuses us with 403"), "{ended:?}");
        assert!(!format!("{ended:?}").contains("not the secret"), "{ended:?}");
        let none = Program::on(&database).run(check).await;
        none.complains(1, "no Autorisaties API is configured");
        program.run("applicatie add --label Balie --client-id balie --alle-autorisaties").await.well();
        let told = program.run("autorisaties check balie").await.well();
        assert!(told.contains("which wins; it may do everything"), "{told}");
        let told: Value =
            serde_json::from_str(&program.run("autorisaties check loket --format json").await.well()).expect("JSON");
        assert_eq!(told["autorisatiesApi"]["answer"]["autorisaties"][0]["component"], "kc");
        assert!(!told.to_string().contains(SECRET), "{told}");
    }
}
