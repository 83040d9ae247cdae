//! One question per rule that can be tested, asked of the evidence.

use openklant_tests::fixtures::BSN;
use serde_json::Value;

use super::evidence::{Evidence, ORIGIN, demand};

pub fn no_trailing_slash(evidence: &Evidence) -> Result<(), String> {
    for path in evidence.paths() {
        demand(!path.ends_with('/'), path)?;
    }
    evidence.answer("trailing slash").check_fault(404, "not_found")
}

pub fn path_segments(evidence: &Evidence) -> Result<(), String> {
    let kebab = |segment: &str| {
        segment.starts_with('{')
            || segment
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    for path in evidence.paths() {
        // The last segment may begin with an underscore: an operation on the collection.
        let (parents, last) = path.rsplit_once('/').unwrap_or(("", path));
        let last = last.strip_prefix('_').unwrap_or(last);
        demand(parents.split('/').all(kebab) && kebab(last), path)?;
    }
    Ok(())
}

/// The names of ZGW have two underscores; no other name may have one.
pub fn query_keys(evidence: &Evidence) -> Result<(), String> {
    for (_, operation) in evidence.operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default();
            if parameter["in"] == "query" && !name.contains("__") {
                let first = name.starts_with(|first: char| first.is_ascii_lowercase());
                demand(
                    first && name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                    name,
                )?;
            }
        }
    }
    Ok(())
}

pub fn hide_implementation(evidence: &Evidence) -> Result<(), String> {
    evidence.of_every_answer(|answer| {
        for header in ["server", "x-powered-by", "via"] {
            demand(answer.header(header).is_none(), header)?;
        }
        if answer.status() < 400 {
            return Ok(());
        }
        let body = answer.text().to_lowercase();
        for word in [
            "sqlite", "postgres", "sqlx", "poem", "serde", "panicked", "select ", ".rs", "stack",
        ] {
            demand(!body.contains(word), word)?;
        }
        Ok(())
    })
}

pub fn moments(evidence: &Evidence) -> Result<(), String> {
    let rows = evidence.answer("audit trail").json()["results"].clone();
    let rows = rows.as_array().ok_or("no rows")?;
    demand(!rows.is_empty(), "no rows")?;
    for row in rows {
        let moment = row["aanmaakdatum"].as_str().unwrap_or_default();
        let read = chrono::DateTime::parse_from_rfc3339(moment);
        demand(
            read.is_ok() && moment.contains('T') && moment.ends_with('Z'),
            moment,
        )?;
    }
    Ok(())
}

pub fn http_methods(evidence: &Evidence) -> Result<(), String> {
    for (method, _) in evidence.operations() {
        demand(
            ["get", "post", "put", "patch", "delete"].contains(&method.as_str()),
            method,
        )?;
    }
    for (get, head) in [("list", "list, head"), ("read", "read, head")] {
        let (get, head) = (evidence.answer(get), evidence.answer(head));
        demand(
            head.status() == 200 && head.bytes().is_empty(),
            "HEAD has status 200 and no body",
        )?;
        for name in ["content-type", "etag", "cache-control", "allow", "api-version"] {
            demand(
                get.header(name) == head.header(name),
                format!("HEAD has another {name}"),
            )?;
        }
    }
    for name in ["wrong method", "unknown method"] {
        let answer = evidence.answer(name);
        answer.check_fault(405, "method_not_allowed")?;
        let allow = answer.header("allow").unwrap_or_default();
        demand(
            allow.contains("GET") && allow.contains("POST"),
            format!("Allow: {allow}"),
        )?;
    }
    Ok(())
}

pub fn http_safety(evidence: &Evidence) -> Result<(), String> {
    demand(
        evidence.before_reading == evidence.after_reading,
        "reading wrote something",
    )?;
    demand(
        evidence.after_deleting == evidence.after_deleting_again,
        "a second DELETE changed something",
    )
}

pub fn http_response_code(evidence: &Evidence) -> Result<(), String> {
    const EXPECTED: [(&str, u16); 23] = [
        ("made", 201),
        ("list", 200),
        ("read", 200),
        ("not modified", 304),
        ("options", 204),
        ("patched", 200),
        ("put", 200),
        ("other version", 412),
        ("wrong method", 405),
        ("trailing slash", 404),
        ("unknown path", 404),
        ("unknown object", 404),
        ("no token", 403),
        ("no page", 404),
        ("not acceptable", 406),
        ("no JSON", 400),
        ("wrong kind", 415),
        ("too large", 413),
        ("invalid", 400),
        ("unknown filter", 400),
        ("removed", 204),
        ("removed again", 404),
        ("root", 200),
    ];
    for (name, status) in EXPECTED {
        let found = evidence.answer(name).status();
        demand(found == status, format!("{name}: {found} instead of {status}"))?;
    }
    Ok(())
}

pub fn stateless(evidence: &Evidence) -> Result<(), String> {
    evidence.of_every_answer(|answer| demand(answer.header("set-cookie").is_none(), "a cookie"))
}

pub fn problem_details(evidence: &Evidence) -> Result<(), String> {
    for (_, operation) in evidence.operations() {
        for (status, response) in operation["responses"].as_object().into_iter().flatten() {
            if !status.starts_with(['4', '5']) {
                continue;
            }
            let pointer = response["$ref"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches('#');
            let shared = evidence
                .document
                .pointer(pointer)
                .ok_or("an error that is not shared")?;
            demand(
                shared["content"].get("application/problem+json").is_some(),
                format!("{status}: {shared}"),
            )?;
        }
    }
    evidence.of_every_answer(|answer| {
        if answer.status() < 400 {
            Ok(())
        } else {
            answer.check_fault_shape()
        }
    })
}

pub fn invalid_input(evidence: &Evidence) -> Result<(), String> {
    for (_, operation) in evidence.operations() {
        let responses = &operation["responses"];
        demand(
            responses.get("400").is_some() && responses.get("422").is_none(),
            operation["operationId"].to_string(),
        )?;
    }
    Ok(())
}

pub fn all_errors(evidence: &Evidence) -> Result<(), String> {
    let mut names: Vec<String> = evidence
        .answer("invalid")
        .invalid_params()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    names.dedup();
    demand(names == evidence.questions.faults, format!("{names:?}"))
}

pub fn doc_openapi(evidence: &Evidence) -> Result<(), String> {
    let version = evidence.document["openapi"].as_str().unwrap_or_default();
    demand(version.starts_with("3."), version)
}

pub fn doc_openapi_contact(evidence: &Evidence) -> Result<(), String> {
    for part in ["name", "email", "url"] {
        let text = evidence.document["info"]["contact"][part]
            .as_str()
            .unwrap_or_default();
        demand(!text.is_empty(), format!("info.contact has no {part}"))?;
    }
    Ok(())
}

pub fn publish_openapi(evidence: &Evidence) -> Result<(), String> {
    for name in ["document", "document, YAML"] {
        let answer = evidence.answer(name);
        demand(answer.status() == 200, format!("{name}: {}", answer.status()))?;
        let open = answer.header("access-control-allow-origin") == Some("*");
        demand(open, format!("{name} is not open to every page"))?;
    }
    let yaml: Value =
        serde_yaml_ng::from_str(evidence.answer("document, YAML").text()).map_err(|e| e.to_string())?;
    demand(yaml == evidence.document, "YAML and JSON differ")
}

pub fn uri_version(evidence: &Evidence) -> Result<(), String> {
    let url = evidence.document["servers"][0]["url"]
        .as_str()
        .unwrap_or_default();
    demand(url.ends_with(evidence.questions.base), url)
}

pub fn semver(evidence: &Evidence) -> Result<(), String> {
    let version = evidence.document["info"]["version"].as_str().unwrap_or_default();
    let numbers = version
        .split('.')
        .filter(|part| part.parse::<u32>().is_ok())
        .count();
    demand(numbers == 3, version)
}

pub fn version_header(evidence: &Evidence) -> Result<(), String> {
    let version = evidence.document["info"]["version"].as_str();
    evidence
        .of_every_answer(|answer| demand(answer.header("api-version") == version, "another version or none"))
}

/// The BSN in a query is the contract; nothing of it may come back or stay anywhere.
pub fn no_echo(evidence: &Evidence) -> Result<(), String> {
    demand(
        !evidence.answer("unknown filter").text().contains(BSN),
        "the value of a filter comes back",
    )
}

pub fn security_headers(evidence: &Evidence) -> Result<(), String> {
    evidence.of_every_answer(|answer| {
        let header = |name: &str| answer.header(name).unwrap_or_default();
        demand(
            header("content-security-policy").contains("frame-ancestors 'none'"),
            "content-security-policy",
        )?;
        demand(
            header("x-content-type-options") == "nosniff",
            "x-content-type-options",
        )?;
        demand(header("x-frame-options") == "DENY", "x-frame-options")?;
        demand(
            answer.bytes().is_empty() || !header("content-type").is_empty(),
            "content-type",
        )?;
        let expected = if answer.header("x-oas-version").is_some() {
            "public, no-cache"
        } else if answer.header("etag").is_some() {
            "private, no-cache"
        } else {
            "no-store"
        };
        demand(
            header("cache-control") == expected,
            format!("cache-control, expected {expected}"),
        )
    })
}

pub fn cors(evidence: &Evidence) -> Result<(), String> {
    let allowed = |name: &str| evidence.answer(name).header("access-control-allow-origin");
    demand(
        allowed("from an allowed page") == Some(ORIGIN),
        "a page on the list is not allowed",
    )?;
    demand(
        allowed("from another page").is_none(),
        "a page that is not on the list is allowed",
    )?;
    demand(allowed("read").is_none(), "a request that comes from no page")
}
