//! The scenarios that all APIs share.

use openklant_tests::{App, on_both, scenario};

on_both! {
    async fn platform(app: App) {
        scenario::run(&app, "platform.json").await;
    }
}
