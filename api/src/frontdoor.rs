//! What happens to every request before a handler sees it and to every answer before it leaves: identity, address,
//! the order of refusals (path, `Accept`, method; then permission, object and content in the handler), time limit,
//! panics, headers. Nothing leaves here that is not an answer in the standard's shape.

mod access;
mod identity;
pub mod reads;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use poem::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response};
use tracing::Instrument;

use crate::beheer::site;
use crate::frontdoor::access::Seen;
use crate::frontdoor::reads::Read;
use crate::state::State;
use crate::zgw::error::Refusal;
use crate::zgw::links::{Base, host_of};
use crate::zgw::request::RequestInfo;
use crate::zgw::routes::Routes;

/// The middleware.
pub struct FrontDoor {
    state: Arc<State>,
    routes: Arc<Routes>,
}

impl FrontDoor {
    /// A front door to `routes`.
    pub fn new(state: Arc<State>, routes: Arc<Routes>) -> Self {
        Self { state, routes }
    }
}

impl<E: Endpoint> Middleware<E> for FrontDoor {
    type Output = FrontDoorEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        FrontDoorEndpoint {
            inner,
            state: Arc::clone(&self.state),
            routes: Arc::clone(&self.routes),
        }
    }
}

/// The endpoint behind the front door.
pub struct FrontDoorEndpoint<E> {
    inner: E,
    state: Arc<State>,
    routes: Arc<Routes>,
}

impl<E: Endpoint> Endpoint for FrontDoorEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let seen = Seen::of(&request, &self.state, &self.routes);
        let answering = self.answer(request, &seen).instrument(seen.span.clone());
        let mut answer = seen.trace.scope(answering).await;
        if let Ok(id) = HeaderValue::from_str(&seen.request_id) {
            answer.headers_mut().insert(identity::REQUEST_ID, id);
        }
        seen.answered(&answer, &self.state.usage);
        Ok(answer)
    }
}

impl<E: Endpoint> FrontDoorEndpoint<E> {
    async fn answer(&self, mut request: Request, seen: &Seen) -> Response {
        let base = Base::of(&request, &self.state.settings.server);
        let read = self.state.reads.as_ref().and_then(|_| {
            let uri = request.uri();
            Read::of(
                request.method(),
                seen.method,
                uri.path(),
                uri.query(),
                &self.routes,
            )
        });
        let info = RequestInfo {
            request_id: seen.request_id.clone(),
            caller: seen.caller.clone(),
            searched: read.as_ref().and_then(Read::searched),
            base: base.clone(),
            routes: Arc::clone(&self.routes),
        };
        let origin = request.headers().get(header::ORIGIN).cloned();
        request.extensions_mut().insert(info);
        request.extensions_mut().insert(Arc::clone(&self.state));
        request
            .extensions_mut()
            .insert(Arc::clone(&self.state.authorisation));
        if self.state.settings.beheer.enabled
            && site::owns(request.uri().path())
            && self.host_is_allowed(&request)
        {
            let mut answer = site::answer(&self.state, request, seen.origin).await;
            self.add_security_headers(&mut answer);
            return answer;
        }
        let api = self.routes.api_of(request.uri().path());
        let allow = self.routes.allowed_methods(request.uri().path());

        let mut answer = match self.handle(request, allow.as_deref(), seen, read).await {
            Ok(answer) => answer,
            Err(refusal) => refusal.into_answer(&base, self.state.ids.next()),
        };
        let headers = answer.headers_mut();
        if let Some(version) = api {
            headers.insert("API-version", HeaderValue::from_static(version));
        }
        if let Some(allow) = allow.and_then(|allow| HeaderValue::from_str(&allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        self.add_cors(&mut answer, origin.as_ref());
        self.add_security_headers(&mut answer);
        answer
    }

    async fn handle(
        &self,
        mut request: Request,
        allow: Option<&str>,
        seen: &Seen,
        read: Option<Read>,
    ) -> Result<Response, Refusal> {
        if !self.host_is_allowed(&request) {
            return Err(Refusal::Parse(
                "De host van de aanvraag wordt hier niet bediend.".into(),
            ));
        }
        let Some(allow) = allow else {
            return Err(Refusal::NotFound);
        };
        if self.routes.is_resource(request.uri().path()) && !accepts_json(&request) {
            return Err(Refusal::NotAcceptable);
        }
        if request.method() == Method::OPTIONS {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        if !allow
            .split(", ")
            .any(|method| method == request.method().as_str())
        {
            return Err(Refusal::MethodNotAllowed(request.method().to_string()));
        }
        // The server cuts the body off; made as for GET, it has the same `Content-Length`.
        if request.method() == Method::HEAD {
            request.set_method(Method::GET);
        }
        let handled = AssertUnwindSafe(self.handle_and_record(request, seen, read)).catch_unwind();
        match tokio::time::timeout(self.state.settings.server.request_timeout, handled).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(Refusal::Internal("a handler panicked".to_owned())),
            Err(_) => Err(Refusal::Unavailable("the request took too long".to_owned())),
        }
    }

    /// What the request asks for, and its row in the log of reads before anybody sees the answer.
    async fn handle_and_record(
        &self,
        request: Request,
        seen: &Seen,
        read: Option<Read>,
    ) -> Result<Response, Refusal> {
        let answer = self.inner.call(request).await.map_err(Refusal::from_poem)?;
        let answer = answer.into_response();
        if let (Some(read), Some(reads)) = (read, &self.state.reads)
            && Read::succeeded(answer.status())
        {
            reads.record(&read, &seen.caller, &seen.request_id).await?;
        }
        Ok(answer)
    }

    /// `ALLOWED_HOSTS` of the family: other hosts are refused. Health checks come with any host.
    fn host_is_allowed(&self, request: &Request) -> bool {
        let Some(allowed) = &self.state.settings.server.allowed_hosts else {
            return true;
        };
        if self.routes.answers_any_host(request.uri().path()) {
            return true;
        }
        let host = host_of(request).unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, port)| {
            if port.bytes().all(|byte| byte.is_ascii_digit()) {
                name
            } else {
                host
            }
        });
        allowed.iter().any(|pattern| match pattern.strip_prefix('.') {
            Some(domain) => name.eq_ignore_ascii_case(domain) || name.to_ascii_lowercase().ends_with(pattern),
            None => pattern == "*" || name.eq_ignore_ascii_case(pattern),
        })
    }

    /// CORS for the configured origins only (decision 22).
    fn add_cors(&self, answer: &mut Response, origin: Option<&HeaderValue>) {
        let Some(origin) = origin else { return };
        let allowed = &self.state.settings.server.cors_allowed_origins;
        if allowed.iter().any(|known| known.as_bytes() == origin.as_bytes()) {
            let headers = answer.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                HeaderValue::from_static(
                    "authorization, content-type, if-match, if-none-match, traceparent, x-audit-toelichting, \
                     x-request-id",
                ),
            );
            headers.insert(
                header::ACCESS_CONTROL_ALLOW_METHODS,
                HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
            );
            headers.insert(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from_static("etag, location, api-version, x-request-id"),
            );
            headers.append(header::VARY, HeaderValue::from_static("Origin"));
        }
    }

    /// The headers of the API Design Rules (`/core/transport/security-headers`), unless a handler set its own.
    fn add_security_headers(&self, answer: &mut Response) {
        const HEADERS: [(HeaderName, &str); 6] = [
            (header::CACHE_CONTROL, "no-store"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; frame-ancestors 'none'",
            ),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (header::X_XSS_PROTECTION, "1; mode=block"),
            (header::REFERRER_POLICY, "same-origin"),
        ];
        let headers = answer.headers_mut();
        for (name, value) in HEADERS {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if self.state.settings.server.https {
            headers
                .entry(header::STRICT_TRANSPORT_SECURITY)
                .or_insert(HeaderValue::from_static("max-age=31536000"));
        }
    }
}

/// Whether `Accept` allows JSON or a problem document (decision 1).
fn accepts_json(request: &Request) -> bool {
    let values: Vec<&str> = request
        .headers()
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    if values.iter().all(|value| value.trim().is_empty()) {
        return true;
    }
    values.iter().flat_map(|value| value.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
        let refused = parts.any(|parameter| {
            parameter
                .strip_prefix("q=")
                .and_then(|weight| weight.parse::<f32>().ok())
                .is_some_and(|weight| weight <= 0.0)
        });
        !refused
            && matches!(
                essence.as_str(),
                "application/json" | "application/problem+json" | "application/*" | "*/*"
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_must_be_acceptable() {
        for (accept, good) in [
            ("", true),
            ("application/json", true),
            ("application/problem+json", true),
            ("application/*", true),
            ("*/*", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/html, application/json;q=0.9", true),
            ("text/html", false),
            ("application/xml", false),
            ("application/json;q=0", false),
            ("json", false),
        ] {
            let request = Request::builder().header("Accept", accept).finish();
            assert_eq!(accepts_json(&request), good, "{accept}");
        }
        assert!(accepts_json(&Request::builder().finish()));
    }
}
