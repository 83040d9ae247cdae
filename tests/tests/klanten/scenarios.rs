//! The scenarios of the Klanten API.

use openklant_tests::{App, on_both, scenario};

on_both! {
    async fn klanten(app: App) {
        scenario::run(&app, "klanten.json").await;
    }
}
