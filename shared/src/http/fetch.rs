//! Looking up a URL that came from a client: the place where this server could be used to reach what its sender
//! cannot. So: only http(s), no credentials, no addresses that are not public (checked on what the name resolves to,
//! for the first URL and every redirect), and a bound on everything.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::LOCATION;
use url::Url;

use super::address::{Allowed, Way};
use super::{Answer, FetchError, OutgoingError, Refusal, client_builder, from_reqwest, read};
use crate::{settings, trace};

/// Redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// Longest body that is read: 1 MiB.
const MAX_BODY: usize = 1024 * 1024;

/// What to look up, and how.
#[derive(Clone, Debug)]
pub struct Lookup<'a> {
    /// The URL.
    pub url: &'a Url,
    /// Extra headers.
    pub headers: &'a [(&'static str, &'static str)],
    /// For a URL under an API that the operator registered.
    pub access: Option<Access<'a>>,
}

impl<'a> Lookup<'a> {
    /// A plain look-up: no headers, no credentials.
    pub fn plain(url: &'a Url) -> Self {
        Self {
            url,
            headers: &[],
            access: None,
        }
    }
}

/// The right to call an API that the operator registered, private addresses included.
#[derive(Clone)]
pub struct Access<'a> {
    /// What every URL of that API starts with; ends in a slash.
    pub root: &'a str,
    /// A token for it.
    pub bearer: String,
}

impl std::fmt::Debug for Access<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

/// Looks up URLs of others. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Resolves names to permitted addresses only.
    checked: Client,
    /// For hosts the operator listed.
    listed: Client,
    allowed: Arc<Allowed>,
    timeout: Duration,
}

impl Outgoing {
    /// Makes the clients.
    ///
    /// # Errors
    /// An allowed host that cannot be read; TLS that cannot be set up.
    pub fn new(settings: &settings::Outgoing) -> Result<Self, OutgoingError> {
        let allowed = Arc::new(Allowed::read(&settings.allowed_hosts)?);
        let builder = || {
            client_builder()
                .connect_timeout(settings.connect_timeout)
                .timeout(settings.timeout)
                .pool_max_idle_per_host(2)
                .pool_idle_timeout(Duration::from_secs(15))
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|error| OutgoingError::Client(super::chain(&error)))
        };
        Ok(Self {
            checked: build(builder().dns_resolver(PermittedOnly(Arc::clone(&allowed))))?,
            listed: build(builder())?,
            allowed,
            timeout: settings.timeout,
        })
    }

    /// Gets a URL, following at most five redirects; the time-out holds for the whole of it.
    ///
    /// # Errors
    /// No answer, or none that we would read; an answer with any status is not an error.
    pub async fn get(&self, lookup: Lookup<'_>) -> Result<Answer, FetchError> {
        tokio::time::timeout(self.timeout, self.follow(lookup))
            .await
            .unwrap_or(Err(FetchError::Timeout))
    }

    async fn follow(&self, lookup: Lookup<'_>) -> Result<Answer, FetchError> {
        let mut url = lookup.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            // What stands before an @ would be sent as credentials.
            if url
                .set_username("")
                .and_then(|()| url.set_password(None))
                .is_err()
            {
                return Err(FetchError::Refused(Refusal::Scheme));
            }
            // Asked anew for every redirect: credentials never leave the API they are for.
            let access = lookup
                .access
                .as_ref()
                .filter(|access| url.as_str().starts_with(access.root));
            let client = match access {
                Some(_) => &self.listed,
                None => match self.allowed.check(&url).map_err(FetchError::Refused)? {
                    Way::Listed => &self.listed,
                    Way::Checked => &self.checked,
                },
            };
            let mut request = client.get(url.clone());
            for (name, value) in lookup.headers {
                request = request.header(*name, *value);
            }
            if let Some(step) = trace::current() {
                request = request.header(trace::HEADER, step.to_string());
            }
            if let Some(access) = access {
                request = request.bearer_auth(&access.bearer);
            }
            let response = request.send().await.map_err(from_reqwest)?;
            let target = match response.status().as_u16() {
                301 | 302 | 303 | 307 | 308 => response
                    .headers()
                    .get(LOCATION)
                    .and_then(|location| location.to_str().ok())
                    .and_then(|location| url.join(location).ok()),
                _ => None,
            };
            let Some(target) = target else {
                let (answer, complete) = read(response, MAX_BODY).await?;
                return if complete {
                    Ok(answer)
                } else {
                    Err(FetchError::TooLarge {
                        status: answer.status,
                        limit: MAX_BODY,
                    })
                };
            };
            url = target;
        }
        Err(FetchError::Redirects { limit: MAX_REDIRECTS })
    }
}

/// Resolves as the system does, and keeps what is permitted. The connection is made to what was checked: a name that
/// resolves to something else a moment later gains nothing.
struct PermittedOnly(Arc<Allowed>);

impl Resolve for PermittedOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.0);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted = allowed.permitted(name.as_str(), found)?;
            let addresses: Addrs = Box::new(permitted.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::test_server::{Behaviour, serve};

    fn outgoing(allowed_hosts: &[&str]) -> Outgoing {
        Outgoing::new(&settings::Outgoing {
            connect_timeout: Duration::from_millis(500),
            timeout: Duration::from_secs(1),
            allowed_hosts: allowed_hosts.iter().map(|&host| host.to_owned()).collect(),
            zaken_api: None,
        })
        .expect("settings are right")
    }

    async fn get(outgoing: &Outgoing, url: &str) -> Result<Answer, FetchError> {
        outgoing
            .get(Lookup::plain(&Url::parse(url).expect("a URL")))
            .await
    }

    #[tokio::test]
    async fn gets_from_a_listed_host_without_credentials() {
        let server = serve(Behaviour::Echo).await;
        let outgoing = outgoing(&[&server]);
        let answer = get(&outgoing, &format!("http://me:secret@{server}/x?y=z#f"))
            .await
            .expect("an answer");
        assert_eq!(answer.status, 200);
        let request = String::from_utf8_lossy(&answer.body).to_lowercase();
        assert!(request.starts_with("get /x?y=z http/1.1\r\n"), "{request}");
        for header in ["authorization:", "cookie:", "referer:"] {
            assert!(!request.contains(header), "{request}");
        }
    }

    #[tokio::test]
    async fn gives_credentials_to_the_registered_api_and_to_nobody_else() {
        let inside = serve(Behaviour::Echo).await;
        let outgoing = outgoing(&[&inside]);
        for (root, expected) in [
            (format!("http://{inside}/api/"), true),
            (format!("http://{inside}/other/"), false),
        ] {
            let url = Url::parse(&format!("http://{inside}/api/x")).expect("a URL");
            let access = Some(Access {
                root: &root,
                bearer: "abc".to_owned(),
            });
            let answer = outgoing
                .get(Lookup {
                    access,
                    ..Lookup::plain(&url)
                })
                .await
                .expect("an answer");
            let request = String::from_utf8_lossy(&answer.body).to_lowercase();
            assert_eq!(
                request.contains("authorization: bearer abc"),
                expected,
                "{request}"
            );
        }

        let api = serve(Behaviour::Redirect(format!("http://{inside}/elsewhere"))).await;
        let root = format!("http://{api}/");
        let url = Url::parse(&root).expect("a URL");
        let access = Some(Access {
            root: &root,
            bearer: "abc".to_owned(),
        });
        // The API itself is reached though it is private and not on the list; its redirect carries nothing along.
        let answer = outgoing
            .get(Lookup {
                access,
                ..Lookup::plain(&url)
            })
            .await
            .expect("an answer");
        let request = String::from_utf8_lossy(&answer.body).to_lowercase();
        assert!(
            request.starts_with("get /elsewhere") && !request.contains("authorization"),
            "{request}"
        );
    }

    #[tokio::test]
    async fn refuses_private_addresses_as_literal_and_by_name() {
        let server = serve(Behaviour::Echo).await;
        let port = server.rsplit_once(':').expect("a port").1;
        let outgoing = outgoing(&[]);
        for url in [
            format!("http://{server}/"),
            format!("http://localhost:{port}/"),
            format!("http://LOCALHOST:{port}/"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
        ] {
            let result = get(&outgoing, &url).await;
            assert!(
                matches!(result, Err(FetchError::Refused(Refusal::Address { .. }))),
                "{url}: {result:?}"
            );
        }
    }

    #[tokio::test]
    async fn reaches_a_name_in_an_allowed_network() {
        let server = serve(Behaviour::Echo).await;
        let port = server.rsplit_once(':').expect("a port").1;
        let outgoing = outgoing(&["127.0.0.0/8", "::1"]);
        let answer = get(&outgoing, &format!("http://localhost:{port}/")).await;
        assert_eq!(answer.expect("an answer").status, 200);
    }

    #[tokio::test]
    async fn checks_the_target_of_a_redirect() {
        let inside = serve(Behaviour::Echo).await;
        let port = inside.rsplit_once(':').expect("a port").1;
        for target in [
            format!("http://{inside}/"),
            format!("http://localhost:{port}/"),
            "file:///etc/passwd".to_owned(),
        ] {
            let server = serve(Behaviour::Redirect(target.clone())).await;
            let result = get(&outgoing(&[&server]), &format!("http://{server}/")).await;
            assert!(
                matches!(result, Err(FetchError::Refused(_))),
                "{target}: {result:?}"
            );
        }
    }

    #[tokio::test]
    async fn follows_a_redirect_and_gives_up_on_a_loop() {
        let target = serve(Behaviour::Echo).await;
        let server = serve(Behaviour::Redirect(format!("http://{target}/there"))).await;
        let answer = get(&outgoing(&[&server, &target]), &format!("http://{server}/")).await;
        let body = answer.expect("an answer").body;
        assert!(body.starts_with(b"GET /there "), "{body:?}");

        let server = serve(Behaviour::Redirect("/again".to_owned())).await;
        let result = get(&outgoing(&[&server]), &format!("http://{server}/")).await;
        assert!(
            matches!(result, Err(FetchError::Redirects { limit: 5 })),
            "{result:?}"
        );
    }

    #[tokio::test]
    async fn reads_no_more_than_a_mebibyte() {
        for (size, fits) in [(MAX_BODY, true), (MAX_BODY + 1, false)] {
            let server = serve(Behaviour::Body(size)).await;
            let result = get(&outgoing(&[&server]), &format!("http://{server}/")).await;
            match result {
                Ok(answer) => assert!(fits && answer.body.len() == size, "{size}"),
                Err(error) => assert!(!fits && matches!(error, FetchError::TooLarge { .. }), "{error}"),
            }
        }
    }

    #[tokio::test]
    async fn names_the_failure_without_the_query() {
        let silent = serve(Behaviour::Silent).await;
        let timeout = get(&outgoing(&[&silent]), &format!("http://{silent}/?bsn=900000000"))
            .await
            .expect_err("no answer");
        assert!(matches!(timeout, FetchError::Timeout), "{timeout}");

        let rubbish = serve(Behaviour::Rubbish).await;
        let broken = get(
            &outgoing(&[&rubbish]),
            &format!("http://{rubbish}/?bsn=900000000"),
        )
        .await
        .expect_err("no answer");
        assert!(matches!(broken, FetchError::Broken(_)), "{broken}");

        // Nothing listens on port 1 of the loopback address.
        let connect = get(&outgoing(&["127.0.0.1:1"]), "http://127.0.0.1:1/?bsn=900000000")
            .await
            .expect_err("no answer");
        assert!(matches!(connect, FetchError::Connect(_)), "{connect}");
        for error in [timeout, broken, connect] {
            assert!(!error.to_string().contains("900000000"), "{error}");
        }
    }
}
