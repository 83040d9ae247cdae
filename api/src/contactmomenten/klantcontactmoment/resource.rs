//! The operations on klantcontactmomenten: who may, what is read, what is answered. The summaries are Dutch because they
//! are served in the OpenAPI document.

use std::sync::Arc;

use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::schema::Klantcontactmoment;
use super::service::Klantcontactmomenten;
use super::view::KlantcontactmomentView;
use super::{COLLECTION, filter};
use crate::contactmomenten::{Aanmaken, Lezen, Verwijderen};
use crate::state::State;
use crate::zgw::answer::{Changed, Created, Found, Listed, Removed};
use crate::zgw::auth::Authorised;
use crate::zgw::body::Payload;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::fields::Demand;
use crate::zgw::links::{self, OwnLinks};
use crate::zgw::page::Asked;
use crate::zgw::query::Query;
use crate::zgw::request::RequestInfo;
use crate::zgw::schema::{Inline, Page};

/// The resource.
pub struct KlantcontactmomentResource {
    state: Option<Arc<State>>,
}

impl KlantcontactmomentResource {
    /// The resource over `state`; without it only its document can be asked for.
    pub fn new(state: Option<Arc<State>>) -> Self {
        Self { state }
    }

    fn service<'a>(&'a self, request: &'a Request) -> Result<Klantcontactmomenten<'a>, Refusal> {
        let state = State::of(self.state.as_ref())?;
        let base = &RequestInfo::of(request)?.base;
        Ok(Klantcontactmomenten {
            state,
            base,
            links: OwnLinks::of(request, &state.settings.server)?,
        })
    }

    async fn change(
        &self,
        demand: Demand,
        request: &Request,
        uuid: &str,
        body: Payload<Klantcontactmoment>,
    ) -> poem::Result<Changed<Klantcontactmoment>> {
        let uuid = links::path_uuid(uuid)?;
        let condition = IfMatch::of(request);
        let written = self
            .service(request)?
            .update(demand, uuid, || body.into_object(), &condition)
            .await?;
        Ok(Changed::new(written))
    }
}

#[OpenApi]
impl KlantcontactmomentResource {
    /// Alle relaties tussen klanten en contactmomenten opvragen.
    ///
    /// De lijst is gepagineerd (100 per pagina) en kan gefilterd worden. De nieuwste relatie staat vooraan.
    #[oai(
        path = "/klantcontactmomenten",
        method = "get",
        operation_id = "klantcontactmoment_list"
    )]
    async fn list(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
    ) -> poem::Result<Listed<Inline<Page<Klantcontactmoment>>>> {
        let service = self.service(request)?;
        let query = Query::of(request);
        let filter = filter::read(&query, service.links).map_err(Refusal::from)?;
        let (page, found) = service.list(&filter, Asked::of(&query)?).await?;
        let shown: Vec<_> = found
            .iter()
            .map(|relation| KlantcontactmomentView::new(relation, service.base))
            .collect();
        Ok(Listed::new(page.body(shown, service.base, COLLECTION, &query)?))
    }

    /// Een klant aan een contactmoment koppelen.
    #[oai(
        path = "/klantcontactmomenten",
        method = "post",
        operation_id = "klantcontactmoment_create"
    )]
    async fn create(
        &self,
        _caller: Authorised<Aanmaken>,
        request: &Request,
        body: Payload<Klantcontactmoment>,
    ) -> poem::Result<Created<Klantcontactmoment>> {
        let (body, url) = self.service(request)?.create(&body.into_object()?).await?;
        Ok(Created::new(body, url))
    }

    /// Een relatie tussen klant en contactmoment opvragen.
    #[oai(
        path = "/klantcontactmomenten/:uuid",
        method = "get",
        operation_id = "klantcontactmoment_read"
    )]
    async fn read(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
        uuid: Path<String>,
    ) -> poem::Result<Found<Klantcontactmoment>> {
        let body = self.service(request)?.find(links::path_uuid(&uuid)?).await?;
        Ok(Found::new(body, request))
    }

    /// Een relatie tussen klant en contactmoment geheel bijwerken.
    ///
    /// **AFWIJKING**: de standaard kent deze operatie niet. Velden die weggelaten worden, houden hun waarde.
    #[oai(
        path = "/klantcontactmomenten/:uuid",
        method = "put",
        operation_id = "klantcontactmoment_update"
    )]
    async fn update(
        &self,
        _caller: Authorised<Aanmaken>,
        request: &Request,
        uuid: Path<String>,
        body: Payload<Klantcontactmoment>,
    ) -> poem::Result<Changed<Klantcontactmoment>> {
        self.change(Demand::Required, request, &uuid, body).await
    }

    /// Een relatie tussen klant en contactmoment deels bijwerken.
    ///
    /// **AFWIJKING**: de standaard kent deze operatie niet.
    #[oai(
        path = "/klantcontactmomenten/:uuid",
        method = "patch",
        operation_id = "klantcontactmoment_partial_update"
    )]
    async fn partial_update(
        &self,
        _caller: Authorised<Aanmaken>,
        request: &Request,
        uuid: Path<String>,
        body: Payload<Klantcontactmoment>,
    ) -> poem::Result<Changed<Klantcontactmoment>> {
        self.change(Demand::Nothing, request, &uuid, body).await
    }

    /// Een klant van een contactmoment ontkoppelen.
    #[oai(
        path = "/klantcontactmomenten/:uuid",
        method = "delete",
        operation_id = "klantcontactmoment_delete"
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
