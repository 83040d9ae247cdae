//! What the installation stands on: its settings, its address, and the disk of an embedded database.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use openklant_shared::settings::{Database, DatabaseUrl, SecurityTxt, SettingsError, Severity, Warning};
use url::{Host, Url};

use super::finding::Finding;
use crate::outbox::filter::moment;

const SETTINGS: &str = "settings";
const DISK: &str = "disk";

/// Room below which the disk counts as nearly full: 256 MiB.
const LITTLE_ROOM: u64 = 256 * 1024 * 1024;

/// Settings that stop a start.
pub fn wrong_settings(error: &anyhow::Error) -> Vec<Finding> {
    let todo = "correct it; `openklant config show` lists every setting";
    match error.downcast_ref::<SettingsError>() {
        Some(SettingsError { faults }) => faults
            .iter()
            .map(|fault| Finding::fault(SETTINGS, fault.to_string(), todo))
            .collect(),
        None => vec![Finding::fault(SETTINGS, format!("{error:#}"), todo)],
    }
}

/// Settings that are probably not meant so.
pub fn warnings(warnings: &[Warning]) -> Vec<Finding> {
    warnings
        .iter()
        .map(|warning| match warning.severity() {
            Severity::Warning => Finding::warning(
                SETTINGS,
                warning.to_string(),
                "correct or remove it; see docs/settings.md",
            ),
            Severity::Info => Finding::note(SETTINGS, warning.to_string(), "nothing; it may be removed"),
        })
        .collect()
}

/// The address that goes into every URL of the register.
pub fn base_url(base: Option<&Url>) -> Vec<Finding> {
    let Some(base) = base else { return Vec::new() };
    let mut findings = Vec::new();
    if let Some(Host::Domain(host)) = base.host()
        && !host.trim_end_matches('.').contains('.')
    {
        findings.push(Finding::warning(
            "base url",
            format!("the host of OPENKLANT_BASE_URL, {host}, is one word: others refuse URLs with it as no valid URL"),
            "use a name with a dot, such as openklant.example.nl",
        ));
    }
    if base.scheme() == "http" {
        findings.push(Finding::warning(
            "base url",
            "OPENKLANT_BASE_URL begins with http: its URLs go over the network unencrypted",
            "end TLS at a proxy, and set the https address",
        ));
    }
    findings
}

/// How long before its end a security.txt is told of.
const EXPIRES_SOON: TimeDelta = TimeDelta::days(30);

/// The security.txt of our own: until when it holds.
pub fn security_txt(own: Option<&SecurityTxt>, now: DateTime<Utc>) -> Vec<Finding> {
    let Some(SecurityTxt::Own { expires, .. }) = own else {
        return Vec::new();
    };
    let what = match *expires - now {
        left if left < TimeDelta::zero() => format!("security.txt has expired at {}", moment(*expires)),
        left if left < EXPIRES_SOON => format!("security.txt expires at {}", moment(*expires)),
        _ => return Vec::new(),
    };
    let todo =
        "see that its contact still holds, and set OPENKLANT_SECURITY_EXPIRES to a moment within a year";
    vec![Finding::warning("security.txt", what, todo)]
}

/// The disk below an embedded database.
pub fn disk(database: &Database) -> Vec<Finding> {
    let DatabaseUrl::Sqlite(file) = &database.url else {
        return Vec::new();
    };
    let size = std::fs::metadata(file).map_or(0, |about| about.len());
    let folder = match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match rustix::fs::statvfs(folder) {
        Ok(about) => room(
            folder,
            about.f_bavail.saturating_mul(about.f_frsize),
            size,
            about.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY)
                || rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err(),
        ),
        // Opening the database says what is wrong.
        Err(_) => Vec::new(),
    }
}

fn room(folder: &Path, free: u64, size: u64, read_only: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let folder = folder.display();
    if read_only {
        findings.push(Finding::fault(
            DISK,
            format!("the folder {folder} of the database cannot be written"),
            "give the account of the program the right to write there; SQLite keeps files beside the database",
        ));
    }
    if free < LITTLE_ROOM.max(size) {
        findings.push(Finding::warning(
            DISK,
            format!(
                "{} MiB are free in {folder}, and the database has {} MiB",
                free >> 20,
                size >> 20
            ),
            "add room: for what is to come, and for a backup",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_little_room_and_a_folder_that_is_closed() {
        let mib = 1024 * 1024;
        for (free, size, read_only, expected) in [
            (300 * mib, 200 * mib, false, 0),
            (100 * mib, mib, false, 1),
            (300 * mib, 400 * mib, false, 1),
            (300 * mib, mib, true, 1),
            (0, mib, true, 2),
        ] {
            assert_eq!(room(Path::new("data"), free, size, read_only).len(), expected);
        }
    }

    #[test]
    fn tells_an_address_that_is_not_usable() {
        for (url, expected) in [
            ("https://openklant.example.nl/", 0),
            ("https://10.1.2.3/", 0),
            ("https://[2001:db8::1]/", 0),
            ("https://openklant/", 1),
            ("http://openklant.example.nl/", 1),
            ("http://localhost:8000/", 2),
        ] {
            let base = Url::parse(url).ok();
            assert_eq!(base_url(base.as_ref()).len(), expected, "{url}");
        }
    }
}
