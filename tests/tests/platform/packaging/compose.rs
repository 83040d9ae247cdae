//! `compose.yaml`: services of the names that operators of this family know, with settings the product has.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use super::{A_KEY, VERSION, are_settings, is_a_command, read};

fn services() -> BTreeMap<String, Value> {
    let mut file: Value = serde_yaml_ng::from_str(&read("compose.yaml")).expect("YAML");
    file.apply_merge().expect("merge keys");
    serde_yaml_ng::from_value(file["services"].clone()).expect("services")
}

/// Those that run our image.
fn ours() -> BTreeMap<String, Value> {
    let mut ours = services();
    ours.retain(|_, service| !service["build"].is_null());
    ours
}

/// What compose makes of `${NAME:-default}` and `${NAME:?message}` when the variable is not set, or set to this.
fn filled_in(text: &str, otherwise: &str) -> String {
    let Some((before, rest)) = text.split_once("${") else {
        return text.to_owned();
    };
    let (variable, after) = rest.split_once('}').expect("a variable ends");
    let value = variable.split_once(":-").map_or(otherwise, |(_, value)| value);
    format!("{before}{value}{}", filled_in(after, otherwise))
}

fn words(value: &Value) -> Vec<String> {
    serde_yaml_ng::from_value(value.clone()).unwrap_or_else(|error| panic!("{value:?}: {error}"))
}

#[test]
fn services_have_the_names_of_the_family() {
    let names: Vec<String> = services().into_keys().collect();
    assert_eq!(names, ["db", "web", "web-init", "worker"]);
}

#[test]
fn each_service_gets_settings_that_exist() {
    for (name, service) in ours() {
        let environment: BTreeMap<String, String> =
            serde_yaml_ng::from_value(service["environment"].clone()).expect("names and values");
        let settings = environment
            .into_iter()
            .map(|(name, value)| {
                let otherwise = if name == "OPENKLANT_SECRET_KEY" {
                    A_KEY
                } else {
                    "a-long-random-text"
                };
                (name, filled_in(&value, otherwise))
            })
            .collect();
        are_settings(&format!("{name} of compose.yaml"), &settings);
        assert_eq!(settings["DB_HOST"], "db", "the name of the service");
    }
}

#[tokio::test]
async fn each_service_runs_a_command() {
    for (name, service) in ours() {
        is_a_command(&name, &words(&service["command"])).await;
        assert_eq!(
            service["image"],
            Value::from(format!("openklant:{VERSION}")),
            "{name}"
        );
        let check = &service["healthcheck"]["test"];
        if !check.is_null() {
            let check = words(check);
            assert_eq!(check[..2], ["CMD", "/usr/local/bin/openklant"], "{name}");
            is_a_command(&name, &check[2..]).await;
        }
    }
}

#[test]
fn each_service_is_kept_small() {
    for (name, service) in ours() {
        assert_eq!(service["read_only"], Value::Bool(true), "{name}");
        assert_eq!(words(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(
            words(&service["security_opt"]),
            ["no-new-privileges:true"],
            "{name}"
        );
        assert!(
            service["mem_limit"].is_string(),
            "{name} has no bound of its memory"
        );
    }
    let ports = words(&services()["web"]["ports"]);
    assert_eq!(filled_in(&ports[0], ""), "127.0.0.1:8000:8000");
    assert!(
        services()["db"]["ports"].is_null(),
        "the database is reached from inside only"
    );
}

/// An installation without a password of its own must not start.
#[test]
fn the_password_has_no_default() {
    let text = read("compose.yaml");
    let passwords: Vec<&str> = text
        .lines()
        .filter(|line| line.trim_start().starts_with("DB_PASSWORD:") || line.contains("POSTGRES_PASSWORD:"))
        .collect();
    assert_eq!(passwords.len(), 2);
    assert!(
        passwords.iter().all(|line| line.contains("${DB_PASSWORD:?")),
        "{passwords:?}"
    );
}
