//! The manifests for Kubernetes: what they probe is served, what they select exists, what they demand of a pod is what a
//! cluster with the restricted profile asks for. Whether they follow the schemas of Kubernetes is for `kubectl`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;

use openklant_tests::program::Program;
use openklant_tests::{App, Client, on_both};
use serde_yaml_ng::{Deserializer, Value};

use super::{A_KEY, VERSION, are_settings, is_a_command, read};

const BASE: &str = "deploy/kubernetes/base";
const EXAMPLE: &str = "deploy/kubernetes/example";

/// The objects in the files that a `kustomization.yaml` lists.
fn objects(folder: &str) -> Vec<Value> {
    let list: Value = kustomization(folder);
    let files = list["resources"].as_sequence().expect("resources");
    files
        .iter()
        .filter_map(Value::as_str)
        .filter(|file| !file.starts_with("../"))
        .flat_map(|file| documents(&format!("{folder}/{file}")))
        .collect()
}

fn documents(file: &str) -> Vec<Value> {
    let text = read(file);
    Deserializer::from_str(&text)
        .map(|document| {
            serde::Deserialize::deserialize(document).unwrap_or_else(|error| panic!("{file}: {error}"))
        })
        .collect()
}

fn kustomization(folder: &str) -> Value {
    documents(&format!("{folder}/kustomization.yaml")).remove(0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value:?}"))
}

fn named(kind: &str) -> BTreeMap<String, Value> {
    objects(BASE)
        .into_iter()
        .filter(|object| text(&object["kind"]) == kind)
        .map(|object| (text(&object["metadata"]["name"]).to_owned(), object))
        .collect()
}

/// Everything that makes pods.
fn workloads() -> BTreeMap<String, Value> {
    let mut all = named("Deployment");
    all.extend(named("Job"));
    let names: Vec<&String> = all.keys().collect();
    assert_eq!(names, ["openklant-api", "openklant-migrate", "openklant-worker"]);
    all
}

fn pod(workload: &Value) -> &Value {
    &workload["spec"]["template"]["spec"]
}

fn container(workload: &Value) -> &Value {
    let containers = pod(workload)["containers"].as_sequence().expect("containers");
    assert_eq!(containers.len(), 1);
    &containers[0]
}

/// What a container finds in its environment, without the secrets.
fn settings_of(workload: &Value) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    for source in container(workload)["envFrom"].as_sequence().expect("envFrom") {
        if let Some(name) = source["configMapRef"]["name"].as_str() {
            let map = &named("ConfigMap")[name];
            let data: BTreeMap<String, String> =
                serde_yaml_ng::from_value(map["data"].clone()).expect("names and texts");
            settings.extend(data);
        }
    }
    for one in container(workload)["env"].as_sequence().into_iter().flatten() {
        settings.insert(text(&one["name"]).to_owned(), text(&one["value"]).to_owned());
    }
    settings
}

/// The path and port of each probe.
fn probes(workload: &Value) -> Vec<(String, u64)> {
    let container = container(workload);
    let port = |name: &str| {
        let ports = container["ports"].as_sequence().expect("ports");
        let found = ports.iter().find(|port| text(&port["name"]) == name);
        found
            .and_then(|port| port["containerPort"].as_u64())
            .unwrap_or_else(|| panic!("no port is called {name}"))
    };
    ["startupProbe", "livenessProbe", "readinessProbe"]
        .iter()
        .map(|kind| &container[*kind]["httpGet"])
        .filter(|probe| !probe.is_null())
        .map(|probe| (text(&probe["path"]).to_owned(), port(text(&probe["port"]))))
        .collect()
}

on_both! {
    async fn the_probes_of_the_apis_are_answered(app: App) {
        let api = &workloads()["openklant-api"];
        let probes = probes(api);
        assert_eq!(probes.len(), 3);
        for (path, port) in probes {
            app.anonymous().calling("openklant-api-7d9f").get(&path).await.is(200);
            assert_eq!(settings_of(api)["OPENKLANT_LISTEN"], format!("0.0.0.0:{port}"));
        }
    }
}

#[tokio::test]
async fn the_probes_of_the_worker_are_answered() {
    let manifest = &workloads()["openklant-worker"];
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let address = free.expect("a free port");
    let program = Program::new().with([("OPENKLANT_WORKER_METRICS_LISTEN", address.to_string())]);
    let worker = program.start("worker");
    worker.logs("showing metrics").await;
    let probes = probes(manifest);
    assert_eq!(probes.len(), 2);
    for (path, port) in probes {
        Client::new(address, None).get(&path).await.is(200);
        let listen = &settings_of(manifest)["OPENKLANT_WORKER_METRICS_LISTEN"];
        assert_eq!(*listen, format!("0.0.0.0:{port}"));
    }
}

#[tokio::test]
async fn each_workload_runs_a_command_with_settings_that_exist() {
    for (name, workload) in workloads() {
        let arguments: Vec<String> =
            serde_yaml_ng::from_value(container(&workload)["args"].clone()).expect("arguments");
        is_a_command(&name, &arguments).await;
        are_settings(&name, &settings_of(&workload));
        assert_eq!(pod(&workload)["enableServiceLinks"], Value::Bool(false), "{name}");
    }
}

/// The example adds to the settings of the base, and its comment names the secrets.
#[test]
fn the_example_has_settings_that_exist() {
    let mut settings = settings_of(&workloads()["openklant-api"]);
    let patch = documents(&format!("{EXAMPLE}/settings.yaml")).remove(0);
    assert_eq!(text(&patch["metadata"]["name"]), "openklant");
    let added: BTreeMap<String, String> =
        serde_yaml_ng::from_value(patch["data"].clone()).expect("names and texts");
    settings.extend(added);
    let comment = read(&format!("{EXAMPLE}/kustomization.yaml"));
    let secrets: Vec<&str> = comment
        .split("--from-literal=")
        .skip(1)
        .filter_map(|rest| rest.split('=').next())
        .collect();
    for needed in ["OPENKLANT_DATABASE_URL", "OPENKLANT_SECRET_KEY"] {
        assert!(secrets.contains(&needed), "{secrets:?}");
    }
    for secret in secrets {
        let value = match secret {
            "OPENKLANT_DATABASE_URL" => "postgres://o:p@db.example.nl/o",
            "OPENKLANT_SECRET_KEY" => A_KEY,
            _ => "secret",
        };
        settings.insert(secret.to_owned(), value.to_owned());
    }
    are_settings("the example", &settings);
}

#[test]
fn pods_keep_the_restricted_profile() {
    for (name, workload) in workloads() {
        let security = &pod(&workload)["securityContext"];
        assert_eq!(security["runAsNonRoot"], Value::Bool(true), "{name}");
        assert_eq!(security["runAsUser"].as_u64(), Some(1000), "{name}");
        assert_eq!(
            text(&security["seccompProfile"]["type"]),
            "RuntimeDefault",
            "{name}"
        );
        assert_eq!(
            pod(&workload)["automountServiceAccountToken"],
            Value::Bool(false),
            "{name}"
        );
        let container = container(&workload);
        let security = &container["securityContext"];
        assert_eq!(security["allowPrivilegeEscalation"], Value::Bool(false), "{name}");
        assert_eq!(security["readOnlyRootFilesystem"], Value::Bool(true), "{name}");
        assert_eq!(security["capabilities"]["drop"][0], Value::from("ALL"), "{name}");
        for bound in ["requests", "limits"] {
            for what in ["cpu", "memory"] {
                assert!(
                    !container["resources"][bound][what].is_null(),
                    "{name}: {bound} of {what}"
                );
            }
        }
        for object in ["hostNetwork", "hostPID", "hostIPC", "volumes"] {
            assert!(pod(&workload)[object].is_null(), "{name}: {object}");
        }
    }
}

/// The labels that `selector` asks for are those of some pod; answers which workload it is.
fn selected(selector: &Value) -> String {
    let wanted: BTreeMap<String, String> = serde_yaml_ng::from_value(selector.clone()).expect("labels");
    assert!(wanted.len() > 1, "{wanted:?} selects everything");
    let found: BTreeSet<String> = workloads()
        .into_iter()
        .filter(|(_, workload)| {
            let labels: BTreeMap<String, String> =
                serde_yaml_ng::from_value(workload["spec"]["template"]["metadata"]["labels"].clone())
                    .expect("labels");
            wanted.iter().all(|(name, value)| labels.get(name) == Some(value))
        })
        .map(|(name, _)| name)
        .collect();
    assert_eq!(found.len(), 1, "{wanted:?} selects {found:?}");
    found.into_iter().next().unwrap_or_default()
}

#[test]
fn selectors_find_their_pods() {
    let service = &named("Service")["openklant"];
    assert_eq!(selected(&service["spec"]["selector"]), "openklant-api");
    let target = text(&service["spec"]["ports"][0]["targetPort"]);
    let names: Vec<String> = container(&workloads()["openklant-api"])["ports"]
        .as_sequence()
        .expect("ports")
        .iter()
        .map(|port| text(&port["name"]).to_owned())
        .collect();
    assert!(
        names.contains(&target.to_owned()),
        "{target} is none of {names:?}"
    );

    let budgets = named("PodDisruptionBudget");
    for (name, deployment) in named("Deployment") {
        assert_eq!(selected(&deployment["spec"]["selector"]["matchLabels"]), name);
        let budget = &budgets[&name]["spec"];
        assert_eq!(selected(&budget["selector"]["matchLabels"]), name);
        let replicas = deployment["spec"]["replicas"].as_u64();
        assert!(
            budget["minAvailable"].as_u64() < replicas,
            "{name}: no pod could ever be moved"
        );
        for spread in pod(&deployment)["topologySpreadConstraints"]
            .as_sequence()
            .expect("a spread")
        {
            assert_eq!(selected(&spread["labelSelector"]["matchLabels"]), name);
        }
        let grace = pod(&deployment)["terminationGracePeriodSeconds"].as_u64();
        assert!(grace >= Some(30), "{name}: {grace:?}");
    }
    for (name, policy) in named("NetworkPolicy") {
        if name != "openklant" {
            assert_eq!(selected(&policy["spec"]["podSelector"]["matchLabels"]), name);
        }
    }
}

#[test]
fn versions_are_the_one_of_the_program() {
    for folder in [BASE, EXAMPLE] {
        let images = &kustomization(folder)["images"];
        assert_eq!(text(&images[0]["name"]), "openklant");
        assert_eq!(text(&images[0]["newTag"]), VERSION, "{folder}");
    }
    let labels = &kustomization(BASE)["labels"][1]["pairs"];
    assert_eq!(text(&labels["app.kubernetes.io/version"]), VERSION);
    for (name, workload) in workloads() {
        assert_eq!(text(&container(&workload)["image"]), "openklant", "{name}");
    }
}

/// Nobody from outside reads health checks and metrics.
#[test]
fn the_ingress_keeps_the_inside_inside() {
    let ingress = documents(&format!("{EXAMPLE}/ingress.yaml")).remove(0);
    let paths = ingress["spec"]["rules"][0]["http"]["paths"]
        .as_sequence()
        .expect("paths");
    for path in paths {
        let (kind, path) = (text(&path["pathType"]), text(&path["path"]));
        for inside in ["/metrics", "/health/ready", "/_healthz/"] {
            assert!(
                kind == "Exact" || !inside.starts_with(path),
                "{path} lets {inside} out"
            );
        }
    }
}
