//! The operations on objectcontactmomenten: who may, what is read, what is answered. The summaries are Dutch because they
//! are served in the OpenAPI document.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::schema::Objectcontactmoment;
use super::service::Objectcontactmomenten;
use super::view::ObjectcontactmomentView;
use super::{COLLECTION, filter};
use crate::contactmomenten::{Aanmaken, Lezen, Verwijderen};
use crate::state::State;
use crate::zgw::answer::{Created, Found, Listed, Removed};
use crate::zgw::auth::Authorised;
use crate::zgw::body::Payload;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::links::{self, OwnLinks};
use crate::zgw::page::Asked;
use crate::zgw::query::Query;
use crate::zgw::request::RequestInfo;
use crate::zgw::schema::{Inline, Page};

/// The resource.
pub struct ObjectcontactmomentResource {
    state: Option<Arc<State>>,
}

impl ObjectcontactmomentResource {
    /// The resource over `state`; without it only its document can be asked for.
    pub fn new(state: Option<Arc<State>>) -> Self {
        Self { state }
    }

    fn service<'a>(&'a self, request: &'a Request) -> Result<Objectcontactmomenten<'a>, Refusal> {
        let state = State::of(self.state.as_ref())?;
        let base = &RequestInfo::of(request)?.base;
        Ok(Objectcontactmomenten {
            state,
            base,
            links: OwnLinks::of(request, &state.settings.server)?,
        })
    }
}

#[OpenApi]
impl ObjectcontactmomentResource {
    /// Alle relaties tussen objecten en contactmomenten opvragen.
    ///
    /// De lijst is gepagineerd (100 per pagina) en kan gefilterd worden. De nieuwste relatie staat vooraan.
    #[oai(
        path = "/objectcontactmomenten",
        method = "get",
        operation_id = "objectcontactmoment_list"
    )]
    async fn list(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
    ) -> poem::Result<Listed<Inline<Page<Objectcontactmoment>>>> {
        let service = self.service(request)?;
        let query = Query::of(request);
        let filter = filter::read(&query, service.links).map_err(Refusal::from)?;
        let (page, found) = service.list(&filter, Asked::of(&query)?).await?;
        let shown: Vec<_> = found
            .iter()
            .map(|relation| ObjectcontactmomentView::new(relation, service.base))
            .collect();
        Ok(Listed::new(page.body(shown, service.base, COLLECTION, &query)?))
    }

    /// Een object aan een contactmoment koppelen.
    ///
    /// De Zaken API van het object moet de relatie al kennen.
    #[oai(
        path = "/objectcontactmomenten",
        method = "post",
        operation_id = "objectcontactmoment_create"
    )]
    async fn create(
        &self,
        _caller: Authorised<Aanmaken>,
        request: &Request,
        body: Payload<Objectcontactmoment>,
    ) -> poem::Result<Created<Objectcontactmoment>> {
        let (body, url) = self.service(request)?.create(&body.into_object()?).await?;
        Ok(Created::new(body, url))
    }

    /// Een relatie tussen object en contactmoment opvragen.
    #[oai(
        path = "/objectcontactmomenten/:uuid",
        method = "get",
        operation_id = "objectcontactmoment_read"
    )]
    async fn read(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
        uuid: Path<String>,
    ) -> poem::Result<Found<Objectcontactmoment>> {
        let body = self.service(request)?.find(links::path_uuid(&uuid)?).await?;
        Ok(Found::new(body, request))
    }

    /// Een object van een contactmoment ontkoppelen.
    ///
    /// De Zaken API van het object mag de relatie niet meer hebben.
    #[oai(
        path = "/objectcontactmomenten/:uuid",
        method = "delete",
        operation_id = "objectcontactmoment_delete"
    )]
    async fn delete(
        &self,
        _caller: Authorised<Verwijderen>,
        request: &Request,
        uuid: Path<String>,
    ) -> poem::Result<Removed> {
        let condition = IfMatch::of(request);
        self.service(request)?
            .delete(links::path_uuid(&uuid)?, &condition)
            .await?;
        Ok(Removed)
    }
}
