//! The units for systemd. `systemd-analyze verify` and `systemd-analyze security` are for a machine that has them; what
//! they must go on to find is held here.

use std::collections::BTreeMap;

use openklant_shared::settings::{DatabaseUrl, Source, load};

use super::{are_settings, in_repository, is_a_command, read};

/// Without one of these a unit could do more than it needs to.
const HARDENED: [&str; 21] = [
    "CapabilityBoundingSet=",
    "DynamicUser=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "NoNewPrivileges=yes",
    "PrivateDevices=yes",
    "PrivateTmp=yes",
    "PrivateUsers=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHome=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectSystem=strict",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces=yes",
    "RestrictSUIDSGID=yes",
    "SystemCallFilter=@system-service",
    "UMask=0077",
];

fn units() -> BTreeMap<String, String> {
    let folder = std::fs::read_dir(in_repository("deploy/systemd")).expect("the units");
    let units: BTreeMap<String, String> = folder
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .map(|name| (name.clone(), read(&format!("deploy/systemd/{name}"))))
        .collect();
    let names: Vec<&String> = units.keys().collect();
    assert_eq!(
        names,
        [
            "openklant-api.service",
            "openklant-migrate.service",
            "openklant-worker.service",
            "openklant.service"
        ]
    );
    units
}

fn values<'a>(unit: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    unit.lines()
        .filter_map(move |line| line.strip_prefix(key)?.strip_prefix('='))
}

#[tokio::test]
async fn each_unit_runs_a_command() {
    for (name, unit) in units() {
        let [command] = values(&unit, "ExecStart").collect::<Vec<_>>()[..] else {
            panic!("{name} starts one program")
        };
        let command = command
            .strip_prefix("/usr/local/bin/openklant ")
            .unwrap_or_else(|| panic!("{name} starts {command}"));
        is_a_command(&name, &[command.to_owned()]).await;
    }
}

#[test]
fn each_unit_is_kept_small() {
    for (name, unit) in units() {
        for line in HARDENED {
            assert!(
                unit.lines().any(|found| found == line),
                "{name} is without {line}"
            );
        }
        assert!(
            values(&unit, "EnvironmentFile").all(|file| file.ends_with("/etc/openklant/openklant.env")),
            "secrets stand in a file, not in the unit"
        );
    }
}

#[test]
fn the_embedded_database_is_in_the_folder_of_the_unit() {
    let unit = &units()["openklant.service"];
    let settings: BTreeMap<String, String> = values(unit, "Environment")
        .map(|line| line.split_once('=').expect("a name and a value"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    are_settings("openklant.service", &settings);
    let loaded = load(&Source::from_pairs(settings)).expect("settings");
    let DatabaseUrl::Sqlite(file) = &loaded.settings.database.url else {
        panic!("an SQLite file")
    };
    let state = values(unit, "StateDirectory")
        .next()
        .expect("a folder of its own");
    assert!(
        file.starts_with(format!("/var/lib/{state}")),
        "{}",
        file.display()
    );
}

/// Each unit that another one names is there.
#[test]
fn units_name_each_other_rightly() {
    let units = units();
    for (name, unit) in &units {
        for key in ["After", "Wants"] {
            for other in values(unit, key).flat_map(str::split_whitespace) {
                assert!(
                    other == "network-online.target" || units.contains_key(other),
                    "{name} names {other}"
                );
            }
        }
    }
}

/// What is under way gets the time that the settings give it.
#[test]
fn stopping_is_given_time() {
    let settings = load(&Source::from_pairs(Vec::<(String, String)>::new())).expect("defaults");
    let wait = settings.settings.server.shutdown_timeout.as_secs();
    for name in [
        "openklant.service",
        "openklant-api.service",
        "openklant-worker.service",
    ] {
        let unit = &units()[name];
        let given: u64 = values(unit, "TimeoutStopSec")
            .next()
            .and_then(|text| text.trim_end_matches('s').parse().ok())
            .expect("a number of seconds");
        assert!(
            given >= wait + 5,
            "{name}: {given} s, and the program may take {wait} s"
        );
    }
}
