//! The scenarios of the Contactmomenten API.

use openklant_tests::{App, on_both, scenario};

on_both! {
    async fn contactmomenten(app: App) {
        scenario::run(&app, "contactmomenten.json").await;
    }
}
