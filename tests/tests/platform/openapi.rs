//! The OpenAPI document: what is served, held against the facts of the contract and against what the API answers.

mod contract;

use openklant_tests::fixtures::{
    KLANTEN, klant_with, natuurlijk_persoon, niet_natuurlijk_persoon, vestiging,
};
use openklant_tests::{App, Response, on_both};
use serde_json::{Map, Value, json};

const BASE: &str = "/klanten/api/v1";

/// Everything that Open Klant adds to the standard (section 11.1 of its behaviour, and decision 19).
const DEVIATIONS: [&str; 12] = [
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
];

fn document() -> Value {
    let text = openklant_api::openapi_document("klanten").expect("the Klanten API has a document");
    serde_json::from_str(&text).expect("the document is JSON")
}

#[test]
fn is_the_committed_one() {
    let served = openklant_api::openapi_document("klanten").expect("the Klanten API has a document");
    let committed = include_str!("../../../openapi/klanten.json");
    assert!(
        served == committed,
        "openapi/klanten.json is not what the code serves: run `cargo xtask openapi`"
    );
}

#[test]
fn marks_every_addition_to_the_standard() {
    let document = document();
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
    assert_eq!(marked, DEVIATIONS);
    let words = document.to_string().matches("\"**AFWIJKING**:").count();
    assert_eq!(words, DEVIATIONS.len(), "each mark stands in the text too");
}

#[test]
fn says_in_dutch_what_everything_is() {
    let document = document();
    for (path, method, operation) in operations(&document) {
        assert!(
            !text(&operation["summary"]).is_empty(),
            "{method} {path} has no summary"
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
            assert!(described, "{name}.{field} has no description");
        }
    }
}

#[test]
fn refers_to_nothing_that_is_not_there_and_keeps_nothing_unused() {
    let document = document();
    let text = document.to_string();
    for (kind, entries) in object(&document["components"]) {
        for name in object(entries).keys().filter(|_| kind != "securitySchemes") {
            let reference = format!("\"#/components/{kind}/{name}\"");
            // The schemas of a family are found by the value of the discriminator, not by a reference.
            let is_shape = entries[name].get("allOf").is_some();
            assert!(is_shape || text.contains(&reference), "{kind}/{name} is not used");
        }
    }
    for part in text.split("\"$ref\":\"#/").skip(1) {
        let pointer = format!("/{}", part.split('"').next().unwrap_or_default());
        assert!(document.pointer(&pointer).is_some(), "{pointer} is not there");
    }
}

on_both! {
    async fn is_served_to_everyone_with_the_address_of_the_server(app: App) {
        let client = app.anonymous();
        let mut expected = document();
        expected["servers"][0]["url"] = json!(format!("{}{BASE}", app.base()));
        for path in ["/schema/openapi.json", "/schema/openapi.json?v=3", "/openapi.json"] {
            let answer = client.get(format!("{BASE}{path}")).await.expect(200);
            is_open(&answer, "application/json; charset=utf-8");
            assert_eq!(answer.json(), expected, "{path}");
        }
        for path in ["/schema/openapi.yaml", "/schema/openapi.yaml?v=3", "/openapi.yaml"] {
            let answer = client.get(format!("{BASE}{path}")).header("Accept", "application/yaml").await.expect(200);
            is_open(&answer, "application/yaml; charset=utf-8");
            let parsed: Value = serde_yaml_ng::from_str(answer.text()).expect("the document is YAML");
            assert_eq!(parsed, expected, "{path}");
        }
    }

    async fn names_the_address_that_the_client_used(app: App) {
        let client = app.anonymous().calling("openklant.waterdam.example");
        let answer = client.get(format!("{BASE}/openapi.json")).await.expect(200);
        assert_eq!(answer.json()["servers"][0]["url"], "http://openklant.waterdam.example/klanten/api/v1");
    }

    async fn names_who_runs_the_register(database: openklant_tests::Database) {
        let settings = [
            ("OPENKLANT_CONTACT_NAME", "Team Klantbeeld"),
            ("OPENKLANT_CONTACT_EMAIL", "klantbeeld@waterdam.example"),
            ("OPENKLANT_CONTACT_URL", "https://www.waterdam.example/klantbeeld"),
        ];
        let app = App::start(&database, &settings).await;
        let served = app.anonymous().get(format!("{BASE}/openapi.json")).await.expect(200).json();
        let expected = json!({
            "name": "Team Klantbeeld",
            "email": "klantbeeld@waterdam.example",
            "url": "https://www.waterdam.example/klantbeeld",
        });
        assert_eq!(served["info"]["contact"], expected);
    }

    async fn answers_have_the_fields_that_are_described(app: App) {
        let document = document();
        let client = app.client();
        for (body, shape) in [
            (natuurlijk_persoon("A1"), "NatuurlijkPersoon"),
            (niet_natuurlijk_persoon("A2"), "NietNatuurlijkPersoon"),
            (vestiging("A3"), "Vestiging"),
        ] {
            let made = client.post(KLANTEN, &body).await.expect(201);
            let klant = made.json();
            let subject = &klant["subjectIdentificatie"];
            let mut expected = fields(&document, "Klant");
            expected.push("subjectIdentificatie".to_owned());
            expected.sort();
            assert_eq!(keys(&klant), expected);
            assert_eq!(keys(&klant["adres"]), fields(&document, "KlantAdres"));
            assert_eq!(keys(subject), fields(&document, shape));
            assert_eq!(keys(&subject["subVerblijfBuitenland"]), fields(&document, "SubVerblijfBuitenland"));
            if let Some(adres) = subject.get("verblijfsadres") {
                assert_eq!(keys(adres), fields(&document, "VerblijfsAdres"));
            }
            let trail = client.get(format!("{}/audittrail", made.url())).await.expect(200).json();
            let envelope = &document["paths"]["/klanten/{klant_uuid}/audittrail"]["get"]["responses"]["200"]["content"]
                ["application/json"]["schema"];
            assert_eq!(keys(&trail), keys(&envelope["properties"]));
            assert_eq!(keys(&trail["results"][0]), fields(&document, "AuditTrail"));
            assert_eq!(keys(&trail["results"][0]["wijzigingen"]), fields(&document, "Wijzigingen"));
        }
        let page = client.get(KLANTEN).await.expect(200).json();
        let envelope = &document["paths"]["/klanten"]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert_eq!(keys(&page), keys(&envelope["properties"]));
        let refused = client.post(KLANTEN, &json!({})).await.expect(400).json();
        assert_eq!(keys(&refused), fields(&document, "ValidatieFout"));
        assert_eq!(keys(&refused["invalidParams"][0]), fields(&document, "FieldValidationError"));
        let unknown = client.get(format!("{KLANTEN}/x")).await.expect(404).json();
        assert_eq!(keys(&unknown), fields(&document, "Fout"));
    }

    async fn limits_that_are_described_are_kept(app: App) {
        let document = document();
        let client = app.client();
        for (field, schema) in object(&document["components"]["schemas"]["Klant"]["properties"]) {
            let Some(limit) = schema["maxLength"].as_u64() else { continue };
            if schema["readOnly"] == true || !schema["format"].is_null() {
                continue;
            }
            let long = "9".repeat(usize::try_from(limit).expect("a limit of a text") + 1);
            let refused = client.post(KLANTEN, &klant_with("L1", &json!({field.as_str(): long}))).await.expect(400);
            let told = refused.invalid_params();
            assert!(told.contains(&(field.clone(), "max_length".to_owned())), "{field}: {told:?}");
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
