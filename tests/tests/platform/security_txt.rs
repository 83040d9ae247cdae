//! Whom a finder of a weakness tells: `/.well-known/security.txt`, as RFC 9116 has it.

use openklant_tests::program::Program;
use openklant_tests::{App, Database, on_both};

const PATH: &str = "/.well-known/security.txt";

on_both! {
    async fn there_is_none_unless_set(app: App) {
        app.anonymous().get(PATH).await.fault(404, "not_found");
    }

    async fn says_whom_to_tell_and_until_when(database: Database) {
        let settings = [
            ("OPENKLANT_BASE_URL", "https://openklant.waterdam.example"),
            ("OPENKLANT_SECURITY_CONTACT", "mailto:security@waterdam.example,https://waterdam.example/melden"),
            ("OPENKLANT_SECURITY_EXPIRES", "2026-06-01T02:00:00+02:00"),
        ];
        let app = App::start(&database, &settings).await;
        let answer = app.anonymous().get(PATH).await.expect(200);
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
        assert_eq!(
            answer.text(),
            "Contact: mailto:security@waterdam.example\n\
             Contact: https://waterdam.example/melden\n\
             Expires: 2026-06-01T00:00:00Z\n\
             Preferred-Languages: nl, en\n\
             Canonical: https://openklant.waterdam.example/.well-known/security.txt\n"
        );
        app.anonymous().head(PATH).await.is(200);
    }

    async fn leads_to_that_of_the_organisation(database: Database) {
        let elsewhere = "https://www.waterdam.example/.well-known/security.txt";
        let app = App::start(&database, &[("OPENKLANT_SECURITY_TXT_URL", elsewhere)]).await;
        let answer = app.anonymous().get(PATH).await.expect(302);
        assert_eq!(answer.header("location"), Some(elsewhere));
    }

    async fn its_end_is_told_in_the_log(database: Database) {
        for (expires, told) in [("2020-01-01T00:00:00Z", true), ("2999-01-01T00:00:00Z", false)] {
            let api = Program::on(&database)
                .with([
                    ("OPENKLANT_SECURITY_CONTACT", "mailto:security@waterdam.example"),
                    ("OPENKLANT_SECURITY_EXPIRES", expires),
                ])
                .start("api");
            api.address().await;
            api.terminate();
            let ended = api.end().await;
            assert_eq!(ended.stderr.contains("OPENKLANT_SECURITY_EXPIRES"), told, "{ended:?}");
        }
    }
}

#[tokio::test]
async fn what_does_not_fit_together_is_refused() {
    let contact = ("OPENKLANT_SECURITY_CONTACT", "mailto:security@waterdam.example");
    let ended = Program::new().with([contact]).run("config check").await;
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("OPENKLANT_SECURITY_EXPIRES"), "{ended:?}");
    let alone = ("OPENKLANT_SECURITY_EXPIRES", "2027-01-01T00:00:00Z");
    let told = Program::new().with([alone]).run("config check").await.well();
    assert!(told.contains("OPENKLANT_SECURITY_CONTACT"), "{told}");
}
