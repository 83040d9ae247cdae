//! The paths this server has and the methods each of them knows, taken from the documents of the APIs and the list
//! of pages. The router of poem knows the paths too, but says neither which methods a path has (`Allow`) nor whether
//! a path exists before it looks at the method.

use std::collections::HashMap;

use serde_json::Value;

use super::ApiDeclaration;

/// Methods of a page.
const READ_ONLY: &str = "GET, HEAD, OPTIONS";

/// The order in which methods are told.
const METHODS: [(&str, &str); 5] = [
    ("get", "GET, HEAD"),
    ("post", "POST"),
    ("put", "PUT"),
    ("patch", "PATCH"),
    ("delete", "DELETE"),
];

/// The table.
#[derive(Debug, Default)]
pub struct Routes {
    apis: Vec<(&'static str, &'static str)>,
    fixed: HashMap<String, Entry>,
    patterns: Vec<(Vec<Segment>, Entry)>,
    any_host: Vec<&'static str>,
}

/// What is known of a path.
#[derive(Debug)]
struct Entry {
    route: String,
    allow: String,
    is_resource: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter,
}

impl Routes {
    /// Adds the resources of an API, as its document lists them.
    pub fn add_api(&mut self, api: &ApiDeclaration, document: &Value) {
        self.apis.push((api.base_path, api.version));
        let Some(paths) = document["paths"].as_object() else {
            return;
        };
        for (path, operations) in paths {
            let methods: Vec<&str> = METHODS
                .iter()
                .filter(|(name, _)| operations.get(name).is_some())
                .map(|(_, methods)| *methods)
                .collect();
            let allow = format!("{}, OPTIONS", methods.join(", "));
            self.add(format!("{}{path}", api.base_path), allow, true);
        }
    }

    /// Adds a path that takes a POST and that no document lists.
    pub fn add_unlisted_post(&mut self, path: &str) {
        self.add(path.to_owned(), "POST, OPTIONS".to_owned(), true);
    }

    /// Adds a page: a path that is only read.
    pub fn add_page(&mut self, path: &str) {
        self.add(path.to_owned(), READ_ONLY.to_owned(), false);
    }

    /// Adds a path of the management site with its methods: the site answers for itself, and the log names the path.
    pub fn add_site_page(&mut self, path: &str, allow: &str) {
        self.add(path.to_owned(), allow.to_owned(), false);
    }

    /// Adds a page that answers whatever host is asked for: health checks come with the address of a container.
    pub fn add_health_page(&mut self, path: &'static str) {
        self.add_page(path);
        self.any_host.push(path);
    }

    fn add(&mut self, path: String, allow: String, is_resource: bool) {
        let entry = Entry {
            route: path.clone(),
            allow,
            is_resource,
        };
        if path.contains('{') {
            let segments = path
                .split('/')
                .map(|segment| {
                    if segment.starts_with('{') {
                        Segment::Parameter
                    } else {
                        Segment::Literal(segment.to_owned())
                    }
                })
                .collect();
            self.patterns.push((segments, entry));
        } else {
            self.fixed.insert(path, entry);
        }
    }

    /// The version of the API that `path` belongs to.
    pub fn api_of(&self, path: &str) -> Option<&'static str> {
        self.apis
            .iter()
            .find(|(base, _)| {
                path.strip_prefix(base)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
            .map(|(_, version)| *version)
    }

    /// The methods of `path`, as the header `Allow` lists them; `None` when there is no such path.
    pub fn allowed_methods(&self, path: &str) -> Option<String> {
        self.find(path).map(|entry| entry.allow.clone())
    }

    /// The path as it is declared, with names for its variable parts: the same for every object. `None` when there is
    /// no such path.
    pub fn route(&self, path: &str) -> Option<&str> {
        self.find(path).map(|entry| entry.route.as_str())
    }

    /// Whether `path` is a resource of an API, which speaks JSON only. Pages and documents have media types of their own.
    pub fn is_resource(&self, path: &str) -> bool {
        self.find(path).is_some_and(|entry| entry.is_resource)
    }

    fn find(&self, path: &str) -> Option<&Entry> {
        if let Some(entry) = self.fixed.get(path) {
            return Some(entry);
        }
        let segments: Vec<&str> = path.split('/').collect();
        self.patterns
            .iter()
            .find(|(pattern, _)| {
                pattern.len() == segments.len()
                    && pattern
                        .iter()
                        .zip(&segments)
                        .all(|(expected, segment)| match expected {
                            Segment::Literal(text) => text == segment,
                            Segment::Parameter => !segment.is_empty(),
                        })
            })
            .map(|(_, entry)| entry)
    }

    /// Whether the path answers whatever host is asked for.
    pub fn answers_any_host(&self, path: &str) -> bool {
        self.any_host.contains(&path)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_and_methods_come_from_the_document() {
        let mut routes = Routes::default();
        let document = json!({"paths": {
            "/klanten": {"get": {}, "post": {}},
            "/klanten/{uuid}": {"get": {}, "put": {}, "patch": {}, "delete": {}, "parameters": []},
        }});
        routes.add_api(&crate::klanten::API, &document);
        routes.add_page("/ref/fouten/{naam}/");
        let allowed = |path| routes.allowed_methods(path);
        assert_eq!(
            allowed("/klanten/api/v1/klanten").as_deref(),
            Some("GET, HEAD, POST, OPTIONS")
        );
        assert_eq!(
            allowed("/klanten/api/v1/klanten/geen-uuid").as_deref(),
            Some("GET, HEAD, PUT, PATCH, DELETE, OPTIONS")
        );
        assert_eq!(
            allowed("/ref/fouten/NotFound/").as_deref(),
            Some("GET, HEAD, OPTIONS")
        );
        for unknown in [
            "/klanten/api/v1/klanten/",
            "/klanten/api/v2/klanten",
            "/klanten/api/v1/klanten/x/y",
            "/x",
        ] {
            assert_eq!(allowed(unknown), None, "{unknown}");
        }
        assert_eq!(
            routes.route("/klanten/api/v1/klanten/999993653"),
            Some("/klanten/api/v1/klanten/{uuid}")
        );
        assert_eq!(routes.route("/x/999993653"), None);
        assert!(routes.is_resource("/klanten/api/v1/klanten/geen-uuid"));
        assert!(!routes.is_resource("/ref/fouten/NotFound/"));
        assert_eq!(routes.api_of("/klanten/api/v1/x"), Some("1.0.0"));
        assert_eq!(routes.api_of("/klanten/api/v10"), None);
    }
}
