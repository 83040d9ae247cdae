//! Everything that is read without a token: health, metrics, reference pages, the documents of the APIs and their roots. Each path stands here
//! once, for the router and for the table of routes.

use std::sync::Arc;

use openklant_shared::settings::SecurityTxt;
use poem::web::{Data, Path};
use poem::{Endpoint, EndpointExt, Request, Response, Route, get, handler};

use crate::state::State;
use crate::zgw::ApiDeclaration;
use crate::zgw::auth::bearer_token;
use crate::zgw::document::{self, Document};
use crate::zgw::error::Refusal;
use crate::zgw::links::Base;
use crate::zgw::request::RequestInfo;
use crate::zgw::routes::Routes;
use crate::{health, reference, security_txt};

/// Paths of the health checks, our own and those that operators of this family of products know.
const LIVE: [&str; 2] = ["/health/live", "/_healthz/livez/"];
const READY: [&str; 3] = ["/health/ready", "/_healthz/readyz/", "/_healthz/"];
const VERSION: &str = "/health/version";

/// Path of the status, for operators.
const STATUS: &str = "/health/status";

/// Path of the metrics.
const METRICS: &str = "/metrics";

/// Mounts the pages that belong to no API.
pub fn mount(mut app: Route, routes: &mut Routes) -> Route {
    for path in LIVE {
        routes.add_health_page(path);
        app = app.at(path, get(live));
    }
    for path in READY {
        routes.add_health_page(path);
        app = app.at(path, get(ready));
    }
    routes.add_health_page(VERSION);
    routes.add_health_page(METRICS);
    routes.add_page(STATUS);
    app.at(VERSION, get(version))
        .at(METRICS, get(metrics))
        .at(STATUS, get(status))
}

/// Mounts the page that says whom a finder of a weakness tells.
pub fn mount_security_txt(app: Route, routes: &mut Routes, txt: SecurityTxt) -> Route {
    routes.add_page(security_txt::PATH);
    app.at(
        security_txt::PATH,
        get(in_context(move |base| Ok(security_txt::page(&txt, base)))),
    )
}

/// Mounts the reference pages of all APIs.
pub fn mount_reference(mut app: Route, routes: &mut Routes, apis: Vec<&'static ApiDeclaration>) -> Route {
    let mut page = |app: Route, path: &str, endpoint: BoxPage| {
        routes.add_page(path);
        app.at(path, get(endpoint))
    };
    for api in &apis {
        let api: &'static ApiDeclaration = api;
        let index = format!("/{}/", api.name);
        app = page(app, &index, in_context(|_| Ok(reference::api(api))));
        let moved = in_context(move |base| Ok(reference::moved(&base.url(&index))));
        app = page(app, &format!("/{}", api.name), moved);
    }
    let named = apis.clone();
    app = page(app, "/", in_context(move |_| Ok(reference::landing(&named))));
    app = page(
        app,
        "/ref/scopes/",
        in_context(move |_| Ok(reference::scopes(&apis))),
    );
    app = page(app, "/ref/kanalen/", in_context(|_| Ok(reference::kanalen())));
    app = page(app, "/ref/fouten/", in_context(|_| Ok(reference::faults())));
    app = page(app, "/ref/pages.css", in_context(|_| Ok(reference::style())));
    routes.add_page("/ref/fouten/{naam}/");
    app.at("/ref/fouten/:naam/", get(fault))
}

/// Mounts the document of an API. Its root is in [`with_root`].
pub fn mount_document(
    mut app: Route,
    routes: &mut Routes,
    api: &'static ApiDeclaration,
    document: &Arc<Document>,
) -> Route {
    let mut page = |app: Route, path: &str, endpoint: BoxPage| {
        let path = format!("{}{path}", api.base_path);
        routes.add_page(&path);
        app.at(path, get(endpoint))
    };
    for path in ["/openapi.json", "/schema/openapi.json"] {
        app = page(app, path, document_page(document, Document::json));
    }
    for path in ["/openapi.yaml", "/schema/openapi.yaml"] {
        app = page(app, path, document_page(document, Document::yaml));
    }
    app = page(
        app,
        "/schema/",
        in_context(move |base| Ok(document::documentation_page(api, base))),
    );
    routes.add_page(&format!("{}/", api.base_path));
    routes.add_page(&format!("{}/schema/{{asset}}", api.base_path));
    app.at(format!("{}/schema/:asset", api.base_path), get(asset))
}

/// The operations of an API with its root before them: where an API is nested, the router knows no page of ours at
/// the slash behind its path.
pub fn with_root(operations: BoxPage, api: &'static ApiDeclaration) -> BoxPage {
    operations
        .around(move |operations, request| async move {
            if request.uri().path() == "/" {
                Ok(document::root(api, &RequestInfo::of(&request)?.base))
            } else {
                operations.call(request).await
            }
        })
        .boxed()
}

type BoxPage = poem::endpoint::BoxEndpoint<'static, Response>;

/// A page that needs only our address.
fn in_context(page: impl Fn(&Base) -> Result<Response, Refusal> + Send + Sync + 'static) -> BoxPage {
    poem::endpoint::make_sync(move |request: Request| -> poem::Result<Response> {
        Ok(page(&RequestInfo::of(&request)?.base)?)
    })
    .map_to_response()
    .boxed()
}

fn document_page(
    document: &Arc<Document>,
    write: fn(&Document, &Base) -> Result<Response, Refusal>,
) -> BoxPage {
    let document = Arc::clone(document);
    in_context(move |base| write(&document, base))
}

#[handler]
fn asset(Path(name): Path<String>) -> poem::Result<Response> {
    Ok(document::documentation_asset(&name).ok_or(Refusal::NotFound)?)
}

#[handler]
fn fault(Path(name): Path<String>) -> poem::Result<Response> {
    Ok(reference::fault(&name).ok_or(Refusal::NotFound)?)
}

#[handler]
fn live() -> Response {
    health::live()
}

#[handler]
async fn ready(Data(state): Data<&Arc<State>>) -> Response {
    health::ready(&state.db).await
}

#[handler]
async fn metrics(Data(state): Data<&Arc<State>>) -> Response {
    health::metrics(&state.db, state.clock.now()).await
}

/// Without a token in the settings there is no such page.
#[handler]
async fn status(request: &Request, Data(state): Data<&Arc<State>>) -> poem::Result<Response> {
    let token = state
        .settings
        .server
        .status_token
        .as_ref()
        .ok_or(Refusal::NotFound)?;
    let given = bearer_token(request).unwrap_or_default();
    if !token.is(given.as_bytes()) {
        return Err(Refusal::PermissionDenied("permission_denied").into());
    }
    Ok(health::status::status(&state.db, &state.settings, state.clock.now()).await)
}

#[handler]
fn version() -> Response {
    health::version()
}
