//! The `OpenAPI` documents: what is served, held against the facts of the contract and against what the APIs answer.

mod answers;
mod contract;
mod differences;

use openklant_tests::{App, Response, on_both};
use serde_json::{Map, Value, json};

/// The APIs, each with its document as it is committed.
const APIS: [(&str, &str); 2] = [
    ("klanten", include_str!("../../../openapi/klanten.json")),
    (
        "contactmomenten",
        include_str!("../../../openapi/contactmomenten.json"),
    ),
];

/// Everything that Open Klant and this product add to the standard (section 11.1 of the behaviour of 1.0.0, decision
/// 19, and the search by POST).
const DEVIATIONS: [(&str, &[&str]); 2] = [
    (
        "klanten",
        &[
            "Klant.aanmaakkanaal",
            "Klant.geverifieerd",
            "Klant.websiteUrl",
            "klant_delete If-Match",
            "klant_list subjectNatuurlijkPersoon__geboortedatum",
            "klant_list subjectNatuurlijkPersoon__geboortedatum__gt",
            "klant_list subjectNatuurlijkPersoon__geboortedatum__gte",
            "klant_list subjectNatuurlijkPersoon__geboortedatum__lt",
            "klant_list subjectNatuurlijkPersoon__geboortedatum__lte",
            "klant_partial_update If-Match",
            "klant_update If-Match",
            "klant_zoek",
        ],
    ),
    (
        "contactmomenten",
        &[
            "ContactMoment.klantcontactmomenten",
            "ContactMoment.objectcontactmomenten",
            "KlantContactMoment.gelezen",
            "contactmoment_delete If-Match",
            "contactmoment_list expand",
            "contactmoment_list klant",
            "contactmoment_list medewerkerIdentificatie__achternaam",
            "contactmoment_list medewerkerIdentificatie__identificatie",
            "contactmoment_list medewerkerIdentificatie__voorletters",
            "contactmoment_list medewerkerIdentificatie__voorvoegselAchternaam",
            "contactmoment_list object",
            "contactmoment_partial_update If-Match",
            "contactmoment_read expand",
            "contactmoment_update If-Match",
            "contactmoment_zoek",
            "klantcontactmoment_delete If-Match",
            "klantcontactmoment_partial_update",
            "klantcontactmoment_partial_update If-Match",
            "klantcontactmoment_update",
            "klantcontactmoment_update If-Match",
            "objectcontactmoment_delete If-Match",
        ],
    ),
];

fn document(api: &str) -> Value {
    let text = openklant_api::openapi_document(api).expect("the API has a document");
    serde_json::from_str(&text).expect("the document is JSON")
}

fn base(api: &str) -> String {
    format!("/{api}/api/v1")
}

#[test]
fn are_the_committed_ones() {
    for (api, committed) in APIS {
        let served = openklant_api::openapi_document(api).expect("the API has a document");
        assert!(
            served == committed,
            "openapi/{api}.json is not what the code serves: run `cargo xtask openapi`"
        );
    }
}

#[test]
fn mark_every_addition_to_the_standard() {
    for (api, deviations) in DEVIATIONS {
        let document = document(api);
        let mut marked = Vec::new();
        for (name, schema) in object(&document["components"]["schemas"]) {
            for (field, schema) in object(&schema["properties"]) {
                if schema["x-afwijking"] == true {
                    marked.push(format!("{name}.{field}"));
                }
            }
        }
        for (_, _, operation) in operations(&document) {
            if operation["x-afwijking"] == true {
                marked.push(text(&operation["operationId"]).to_owned());
            }
            for parameter in list(&operation["parameters"]) {
                if parameter["x-afwijking"] == true {
                    marked.push(format!(
                        "{} {}",
                        text(&operation["operationId"]),
                        text(&parameter["name"])
                    ));
                }
            }
        }
        marked.sort();
        assert_eq!(marked, deviations);
        let words = document.to_string().matches("**AFWIJKING**:").count();
        assert_eq!(words, deviations.len(), "{api}: each mark stands in the text too");
    }
}

#[test]
fn say_in_dutch_what_everything_is() {
    for (api, _) in APIS {
        let document = document(api);
        for (path, method, operation) in operations(&document) {
            assert!(
                !text(&operation["summary"]).is_empty(),
                "{api}: {method} {path} has no summary"
            );
            for parameter in list(&operation["parameters"]) {
                assert!(
                    !text(&parameter["description"]).is_empty(),
                    "{method} {path}: {parameter}"
                );
            }
            for (status, response) in object(&operation["responses"]) {
                let response = follow(&document, response);
                assert!(
                    !text(&response["description"]).is_empty(),
                    "{method} {path} {status}"
                );
            }
        }
        for (name, schema) in object(&document["components"]["schemas"]) {
            for (field, schema) in object(&schema["properties"]) {
                let described = schema.get("$ref").is_some() || !text(&schema["description"]).is_empty();
                assert!(described, "{api}: {name}.{field} has no description");
            }
        }
    }
}

#[test]
fn refer_to_nothing_that_is_not_there_and_keep_nothing_unused() {
    for (api, _) in APIS {
        let document = document(api);
        let text = document.to_string();
        for (kind, entries) in object(&document["components"]) {
            for name in object(entries).keys().filter(|_| kind != "securitySchemes") {
                let reference = format!("\"#/components/{kind}/{name}\"");
                // The schemas of a family are found by the value of the discriminator, not by a reference.
                let is_shape = entries[name].get("allOf").is_some();
                assert!(
                    is_shape || text.contains(&reference),
                    "{api}: {kind}/{name} is not used"
                );
            }
        }
        for part in text.split("\"$ref\":\"#/").skip(1) {
            let pointer = format!("/{}", part.split('"').next().unwrap_or_default());
            assert!(
                document.pointer(&pointer).is_some(),
                "{api}: {pointer} is not there"
            );
        }
    }
}

on_both! {
    async fn are_served_to_everyone_with_the_address_of_the_server(app: App) {
        let client = app.anonymous();
        for (api, _) in APIS {
            let base = base(api);
            let mut expected = document(api);
            expected["servers"][0]["url"] = json!(format!("{}{base}", app.base()));
            for path in ["/schema/openapi.json", "/schema/openapi.json?v=3", "/openapi.json"] {
                let answer = client.get(format!("{base}{path}")).await.expect(200);
                is_open(&answer, "application/json; charset=utf-8");
                assert_eq!(answer.json(), expected, "{path}");
            }
            for path in ["/schema/openapi.yaml", "/schema/openapi.yaml?v=3", "/openapi.yaml"] {
                let call = client.get(format!("{base}{path}")).header("Accept", "application/yaml");
                let answer = call.await.expect(200);
                is_open(&answer, "application/yaml; charset=utf-8");
                let parsed: Value = serde_yaml_ng::from_str(answer.text()).expect("the document is YAML");
                assert_eq!(parsed, expected, "{path}");
            }
        }
    }

    async fn name_the_address_that_the_client_used(app: App) {
        let client = app.anonymous().calling("openklant.waterdam.example");
        for (api, _) in APIS {
            let answer = client.get(format!("{}/openapi.json", base(api))).await.expect(200);
            let expected = format!("http://openklant.waterdam.example{}", base(api));
            assert_eq!(answer.json()["servers"][0]["url"], expected);
        }
    }

    async fn name_who_runs_the_register(database: openklant_tests::Database) {
        let settings = [
            ("OPENKLANT_CONTACT_NAME", "Team Klantbeeld"),
            ("OPENKLANT_CONTACT_EMAIL", "klantbeeld@waterdam.example"),
            ("OPENKLANT_CONTACT_URL", "https://www.waterdam.example/klantbeeld"),
        ];
        let app = App::start(&database, &settings).await;
        for (api, _) in APIS {
            let path = format!("{}/openapi.json", base(api));
            let served = app.anonymous().get(path).await.expect(200).json();
            let expected = json!({
                "name": "Team Klantbeeld",
                "email": "klantbeeld@waterdam.example",
                "url": "https://www.waterdam.example/klantbeeld",
            });
            assert_eq!(served["info"]["contact"], expected);
        }
    }
}

#[track_caller]
fn is_open(answer: &Response, content_type: &str) {
    for (name, value) in [
        ("content-type", content_type),
        ("x-oas-version", "3.0.0"),
        ("access-control-allow-origin", "*"),
        ("api-version", "1.0.0"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}\n{}", answer.describe());
    }
}

fn operations(document: &Value) -> Vec<(&str, String, &Value)> {
    let paths = object(&document["paths"]).iter();
    paths
        .flat_map(|(path, item)| {
            let methods = object(item).iter();
            methods.map(move |(method, operation)| (path.as_str(), method.to_uppercase(), operation))
        })
        .collect()
}

fn follow<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => document
            .pointer(&reference[1..])
            .expect("the reference leads somewhere"),
        None => value,
    }
}

fn fields(document: &Value, schema: &str) -> Vec<String> {
    keys(&document["components"]["schemas"][schema]["properties"])
}

/// The keys of an object, sorted.
fn keys(value: &Value) -> Vec<String> {
    let mut keys: Vec<String> = object(value).keys().cloned().collect();
    keys.sort();
    keys
}

fn object(value: &Value) -> &Map<String, Value> {
    static NOTHING: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.as_object().unwrap_or(&NOTHING)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
