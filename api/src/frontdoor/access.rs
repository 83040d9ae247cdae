//! The line in the log for each request, and the span that every other line of it stands in. What is told of a request
//! is chosen so that it can be told of any: the declared path and never the one that was asked for, no query, no body,
//! and the client only when its token was verified.

use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};
use openklant_shared::metrics::http::{self as metrics, InFlight};
use openklant_shared::otlp;
use openklant_shared::trace::TraceParent;
use poem::http::{Method, StatusCode};
use poem::{Request, Response};
use tokio::time::Instant;
use tracing::Span;
use tracing::field::Empty;
use uuid::Uuid;

use super::identity;
use crate::state::State;
use crate::usage::{Kind, Usage};
use crate::zgw::error::Refused;
use crate::zgw::links::is_trusted_proxy;
use crate::zgw::request::Caller;
use crate::zgw::routes::Routes;

/// The route of a path that nobody declared.
const NO_ROUTE: &str = "other";

/// A request as it came in.
pub struct Seen {
    pub request_id: String,
    pub trace: TraceParent,
    parent: Option<TraceParent>,
    came_at: DateTime<Utc>,
    pub caller: Caller,
    pub span: Span,
    begun: Instant,
    pub method: &'static str,
    route: String,
    object: Option<Uuid>,
    pub origin: Option<IpAddr>,
    is_probe: bool,
    told_at_info: bool,
    _in_flight: InFlight,
}

impl Seen {
    /// Looks at a request.
    pub fn of(request: &Request, state: &State, routes: &Routes) -> Self {
        let path = request.uri().path();
        let request_id = identity::request_id(request, &state.ids);
        let parent = identity::parent(request);
        let trace = match parent {
            Some(parent) => parent.child(&state.ids),
            None => TraceParent::new(&state.ids),
        };
        // At the level of errors, so that a log of errors alone has it too.
        let span = tracing::error_span!(
            "request",
            request.id = request_id,
            trace.id = trace.trace_id(),
            client.id = Empty
        );
        Self {
            request_id,
            trace,
            parent,
            came_at: state.clock.now(),
            caller: Caller::among(state.crowd.as_ref()),
            span,
            begun: Instant::now(),
            method: known_method(request.method()),
            route: routes.route(path).unwrap_or(NO_ROUTE).to_owned(),
            object: path.split('/').find_map(|part| Uuid::try_parse(part).ok()),
            origin: identity::origin(request, |address| {
                is_trusted_proxy(address, &state.settings.server)
            }),
            // Probes come every few seconds, for ever.
            is_probe: routes.answers_any_host(path),
            told_at_info: state.settings.log.requests && !routes.answers_any_host(path),
            _in_flight: InFlight::begin(),
        }
    }

    /// Writes the line of the request, and counts it.
    pub fn answered(&self, answer: &Response, usage: &Usage) {
        let status = answer.status();
        let refused = answer.extensions().get::<Refused>();
        // Only of an object that is there: anything else in its place is whatever the client wrote.
        let object = self.object.filter(|_| status.is_success());
        let took = self.begun.elapsed();
        let code = refused.map(|refused| refused.code);
        metrics::answered(self.method, &self.route, status.as_u16(), code, took);
        if let Some((client_id, standing)) = self.caller.client_id() {
            let refused = code.filter(|_| status == StatusCode::FORBIDDEN).map(|code| Kind {
                code,
                method: self.method,
                route: self.route.clone(),
            });
            usage.count(client_id, standing, refused, self.came_at);
        }
        if !self.is_probe {
            otlp::record(|| self.as_span(status, took));
        }
        let duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    method = self.method,
                    route = self.route,
                    object = object.map(tracing::field::display),
                    status = status.as_u16(),
                    code,
                    instance = refused.map(|refused| tracing::field::display(refused.instance)),
                    origin = self.origin.map(tracing::field::display),
                    duration_ms,
                    "request answered"
                )
            };
        }
        self.span.in_scope(|| {
            if self.told_at_info {
                line!(info);
            } else {
                line!(debug);
            }
        });
    }
}

impl Seen {
    /// The request as a step of its trace; a client that is refused is no failure of ours.
    fn as_span(&self, status: StatusCode, took: Duration) -> otlp::Span {
        otlp::Span {
            name: format!("{} {}", self.method, self.route),
            kind: otlp::Kind::Server,
            step: self.trace,
            parent: self.parent,
            begun: self.came_at,
            ended: self.came_at + took,
            failed: status.is_server_error(),
            attributes: vec![
                ("http.request.method", self.method.into()),
                ("http.route", self.route.as_str().into()),
                ("http.response.status_code", status.as_u16().into()),
                ("openklant.request.id", self.request_id.as_str().into()),
            ],
        }
    }
}

/// A method by a name of ours: a client may send any word.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
