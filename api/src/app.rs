//! The composition root: the one list of APIs and pages, and the order of what stands around them.

use std::sync::Arc;

use openklant_shared::settings::Contact;
use poem::endpoint::{BoxEndpoint, EndpointExt};
use poem::{IntoEndpoint, Response, Route};
use poem_openapi::OpenApiService;
use serde_json::Value;

use crate::beheer::site;
use crate::callback;
use crate::contactmomenten;
use crate::contactmomenten::contactmoment::resource::ContactmomentResource;
use crate::contactmomenten::klantcontactmoment::resource::KlantcontactmomentResource;
use crate::contactmomenten::objectcontactmoment::resource::ObjectcontactmomentResource;
use crate::frontdoor::FrontDoor;
use crate::jwtsecret;
use crate::klanten;
use crate::klanten::resource::Klanten;
use crate::state::State;
use crate::zgw::ApiDeclaration;
use crate::zgw::document::{self, Document, DocumentError};
use crate::zgw::routes::Routes;
use crate::{ServerError, pages, security_txt};

/// An API and how it is mounted.
pub struct Mounted {
    /// What it says of itself.
    pub declaration: &'static ApiDeclaration,
    generated: fn() -> String,
    endpoint: fn(Arc<State>) -> BoxEndpoint<'static, Response>,
}

/// Every API this server has.
pub static APIS: [Mounted; 2] = [
    Mounted {
        declaration: &klanten::API,
        generated: || klanten_api(None).spec(),
        endpoint: |state| mounted(klanten_api(Some(state))),
    },
    Mounted {
        declaration: &contactmomenten::API,
        generated: || contactmomenten_api(None).spec(),
        endpoint: |state| mounted(contactmomenten_api(Some(state))),
    },
];

fn klanten_api(state: Option<Arc<State>>) -> OpenApiService<Klanten, ()> {
    OpenApiService::new(Klanten::new(state), "", "")
}

type ContactmomentenApis = (
    ContactmomentResource,
    KlantcontactmomentResource,
    ObjectcontactmomentResource,
);

fn contactmomenten_api(state: Option<Arc<State>>) -> OpenApiService<ContactmomentenApis, ()> {
    let resources = (
        ContactmomentResource::new(state.clone()),
        KlantcontactmomentResource::new(state.clone()),
        ObjectcontactmomentResource::new(state),
    );
    OpenApiService::new(resources, "", "")
}

fn mounted(api: impl IntoEndpoint<Endpoint: 'static>) -> BoxEndpoint<'static, Response> {
    api.into_endpoint().map_to_response().boxed()
}

impl Mounted {
    /// Its OpenAPI document.
    pub fn document(&self, contact: &Contact) -> Result<Value, DocumentError> {
        document::build(&(self.generated)(), self.declaration, contact)
    }
}

/// The whole server as one endpoint.
pub fn build(state: &Arc<State>) -> Result<BoxEndpoint<'static, Response>, ServerError> {
    let mut routes = Routes::default();
    let mut app = pages::mount(Route::new(), &mut routes);
    app = pages::mount_reference(app, &mut routes, APIS.iter().map(|api| api.declaration).collect());
    if let Some(txt) = &state.settings.server.security_txt {
        security_txt::warn_about_its_end(txt, state.clock.now());
        app = pages::mount_security_txt(app, &mut routes, txt.clone());
    }
    for api in &APIS {
        let document = api.document(&state.settings.server.contact)?;
        routes.add_api(api.declaration, &document);
        let document = Arc::new(Document::new(document, api.declaration));
        app = pages::mount_document(app, &mut routes, api.declaration, &document);
        let path = format!("{}{}", api.declaration.base_path, jwtsecret::PATH);
        routes.add_unlisted_post(&path);
        let door = Arc::clone(state);
        let register = poem::endpoint::make(move |request| {
            let door = Arc::clone(&door);
            async move { Ok::<_, poem::Error>(jwtsecret::register(&door, request).await?) }
        });
        app = app.at(path, poem::post(register));
        let operations = (api.endpoint)(Arc::clone(state));
        app = app.nest(
            api.declaration.base_path,
            pages::with_root(operations, api.declaration),
        );
    }
    if let (Some(_), Some(secret)) = (
        &state.settings.autorisaties.api,
        &state.settings.autorisaties.callback_secret,
    ) {
        routes.add_unlisted_post(callback::PATH);
        let (state, secret) = (Arc::clone(state), secret.clone());
        let receive = poem::endpoint::make(move |request| {
            let (state, secret) = (Arc::clone(&state), secret.clone());
            async move { Ok::<_, poem::Error>(callback::receive(&state, &secret, request).await?) }
        });
        app = app.at(callback::PATH, poem::post(receive));
    }
    if state.settings.beheer.enabled {
        site::add_routes(&mut routes);
    }
    Ok(app
        .with(FrontDoor::new(Arc::clone(state), Arc::new(routes)))
        .boxed())
}
