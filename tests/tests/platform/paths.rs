//! Paths that lead nowhere: a JSON 404 each, never a page, a redirect or a fault of ours (decision 23).

use openklant_tests::fixtures::{KLANTEN, NOBODY, klant};
use openklant_tests::{App, on_both};

use crate::resources::{LISTS, one_of_each};

on_both! {
    async fn an_unknown_path_is_a_json_404(app: App) {
        for path in [
            "/nergens",
            "/klanten/api/v1/nergens",
            "/klanten/api/v2/klanten",
            "/klanten/api/v10/klanten",
            "/klanten/api/klanten",
            "/KLANTEN/API/V1/KLANTEN",
            "//klanten/api/v1/klanten",
            "/klanten/api/v1//klanten",
            "/klanten/api/v1/../v1/klanten",
            "/klanten/api/v1/klanten/x/y",
            "/klanten/api/v1/klanten/x/audittrail/y/z",
            "/klanten/api/v1/contactmomenten",
            "/contactmomenten/api/v1/klanten",
            "/contactmomenten/api/v2/contactmomenten",
            "/contactmomenten/api/v1/contactmomenten/x/klantcontactmomenten",
            "/contactmomenten/api/v1/klantcontactmomenten/x/audittrail",
            "/contactmomenten/api/v1/objectcontactmomenten/x/audittrail",
            "/contactmomenten/api/v1/klantcontactmomenten/_zoek/x",
            "/admin/",
        ] {
            for client in [app.client(), app.anonymous()] {
                client.get(path).await.fault(404, "not_found");
                client.delete(path).await.fault(404, "not_found");
            }
        }
    }

    async fn a_trailing_slash_is_another_path(app: App) {
        for resource in one_of_each(&app).await {
            let trail = format!("{}/audittrail/", resource.url);
            for path in [format!("{}/", resource.list), format!("{}/", resource.url), trail] {
                app.client().get(&path).await.fault(404, "not_found");
                app.client().options(&path).await.fault(404, "not_found");
            }
        }
    }

    async fn what_is_no_uuid_is_not_there(app: App) {
        let client = app.client();
        for list in LISTS {
            for id in [
                "nope",
                "0",
                "-1",
                "null",
                "%C3%A9",
                "%00",
                "%20",
                "..%2f..",
                "00000000-0000-4000-8000-00000000000",
            ] {
                for path in [
                    format!("{list}/{id}"),
                    format!("{list}/{id}/audittrail"),
                    format!("{list}/{id}/audittrail/{id}"),
                ] {
                    client.get(&path).await.fault(404, "not_found");
                }
                client
                    .delete(format!("{list}/{id}"))
                    .await
                    .fault(404, "not_found");
            }
            client
                .get(format!("{list}/{NOBODY}/audittrail"))
                .await
                .fault(404, "not_found");
        }
    }

    async fn a_broken_percent_sign_in_a_path_is_refused(app: App) {
        for path in [
            format!("{KLANTEN}/%"),
            format!("{KLANTEN}/%ff"),
            format!("{KLANTEN}/%zz"),
            format!("{KLANTEN}/%1"),
            "/%".to_owned(),
        ] {
            let answer = app.client().get(&path).await;
            assert!(
                (400..500).contains(&answer.status()),
                "{path}\n{}",
                answer.describe()
            );
            assert_eq!(
                answer.check_fault_shape(),
                Ok(()),
                "{path}\n{}",
                answer.describe()
            );
        }
    }

    async fn a_row_of_another_klant_is_not_there(app: App) {
        let client = app.client();
        let one = client.post(KLANTEN, &klant("P1")).await.expect(201).url();
        let other = client.post(KLANTEN, &klant("P2")).await.expect(201).url();
        let row = client.get(format!("{one}/audittrail")).await.json()["results"][0]["uuid"].clone();
        let row = row.as_str().expect("a row has a uuid");
        client.get(format!("{one}/audittrail/{row}")).await.is(200);
        client
            .get(format!("{other}/audittrail/{row}"))
            .await
            .fault(404, "not_found");
    }
}
