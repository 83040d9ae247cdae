//! The documents by command.

use openklant_tests::program::Program;
use serde_json::Value;

#[tokio::test]
async fn prints_the_document_of_an_api() {
    let printed = Program::new().run("openapi klanten").await.well();
    let document: Value = serde_json::from_str(&printed).expect("the document is JSON");
    assert_eq!(document["info"]["title"], "Klanten API");
    assert!(document["paths"]["/klanten"]["post"].is_object());
}
