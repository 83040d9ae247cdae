//! The operations on contactmomenten: who may, what is read, what is answered. The summaries are Dutch because they
//! are served in the OpenAPI document.

use std::sync::Arc;

use openklant_shared::domain::audittrail::Actie;
use openklant_shared::domain::fault::Faults;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::expand::Expand;
use super::schema::{Contactmoment, ContactmomentZoek};
use super::service::Contactmomenten;
use super::{COLLECTION, filter};
use crate::contactmomenten::{Aanmaken, AudittrailLezen, Bijwerken, Lezen, Verwijderen};
use crate::state::State;
use crate::zgw::answer::{Changed, Created, Found, Listed, Removed};
use crate::zgw::auth::Authorised;
use crate::zgw::body::Payload;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::links::{self, OwnLinks};
use crate::zgw::page::Asked;
use crate::zgw::query::Query;
use crate::zgw::request::RequestInfo;
use crate::zgw::schema::{AuditTrail, Inline, Page};

/// The resource.
pub struct ContactmomentResource {
    state: Option<Arc<State>>,
}

impl ContactmomentResource {
    /// The resource over `state`; without it only its document can be asked for.
    pub fn new(state: Option<Arc<State>>) -> Self {
        Self { state }
    }

    fn service<'a>(&'a self, request: &'a Request) -> Result<Contactmomenten<'a>, Refusal> {
        let state = State::of(self.state.as_ref())?;
        let base = &RequestInfo::of(request)?.base;
        Ok(Contactmomenten {
            state,
            base,
            links: OwnLinks::of(request, &state.settings.server)?,
        })
    }

    async fn change(
        &self,
        caller: &Authorised<Bijwerken>,
        actie: Actie,
        request: &Request,
        uuid: &str,
        body: Payload<Contactmoment>,
    ) -> poem::Result<Changed<Contactmoment>> {
        let uuid = links::path_uuid(uuid)?;
        let condition = IfMatch::of(request);
        let service = self.service(request)?;
        let written = service
            .update(&caller.actor, actie, uuid, || body.into_object(), &condition)
            .await?;
        Ok(Changed::new(written))
    }
}

#[OpenApi]
impl ContactmomentResource {
    /// Alle contactmomenten opvragen.
    ///
    /// De lijst is gepagineerd (100 per pagina) en kan gefilterd en gesorteerd worden. Het laatste contact staat
    /// vooraan.
    #[oai(
        path = "/contactmomenten",
        method = "get",
        operation_id = "contactmoment_list"
    )]
    async fn list(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
    ) -> poem::Result<Listed<Inline<Page<Contactmoment>>>> {
        let service = self.service(request)?;
        let query = Query::of(request);
        let wanted = filter::read(&query, service.links).map_err(Refusal::from)?;
        let (page, found) = service.list(&wanted, Asked::of(&query)?).await?;
        let shown: Vec<_> = found
            .iter()
            .map(|complete| complete.view(service.base, wanted.expand))
            .collect();
        Ok(Listed::new(page.body(shown, service.base, COLLECTION, &query)?))
    }

    /// Contactmomenten zoeken zonder zoekwaarden in het adres.
    ///
    /// **AFWIJKING**: de standaard kent deze operatie niet. De inhoud noemt de filters van de lijst, de pagina, de
    /// sortering en wat volledig getoond wordt; het antwoord is dat van de lijst. Een volgende pagina wordt opgevraagd
    /// met dezelfde inhoud en een ander paginanummer: `next` en `previous` zeggen alleen dat die er is.
    #[oai(
        path = "/contactmomenten/_zoek",
        method = "post",
        operation_id = "contactmoment_zoek"
    )]
    async fn search(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
        body: Payload<Inline<ContactmomentZoek>>,
    ) -> poem::Result<Listed<Inline<Page<Contactmoment>>>> {
        let service = self.service(request)?;
        let mut faults = Faults::new();
        let query = Query::of_body(body.into_object()?, &filter::LISTS, &mut faults);
        faults.into_result().map_err(Refusal::from)?;
        let wanted = filter::read(&query, service.links).map_err(Refusal::from)?;
        let (page, found) = service.list(&wanted, Asked::of(&query)?).await?;
        let shown: Vec<_> = found
            .iter()
            .map(|complete| complete.view(service.base, wanted.expand))
            .collect();
        Ok(Listed::new(page.search_body(
            shown,
            service.base,
            &format!("{COLLECTION}/_zoek"),
        )?))
    }

    /// Een contactmoment aanmaken.
    ///
    /// Een `medewerker` of een `medewerkerIdentificatie` is verplicht.
    #[oai(
        path = "/contactmomenten",
        method = "post",
        operation_id = "contactmoment_create"
    )]
    async fn create(
        &self,
        caller: Authorised<Aanmaken>,
        request: &Request,
        body: Payload<Contactmoment>,
    ) -> poem::Result<Created<Contactmoment>> {
        let (body, url) = self
            .service(request)?
            .create(&caller.actor, &body.into_object()?)
            .await?;
        Ok(Created::new(body, url))
    }

    /// Een contactmoment opvragen.
    #[oai(
        path = "/contactmomenten/:uuid",
        method = "get",
        operation_id = "contactmoment_read"
    )]
    async fn read(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
        uuid: Path<String>,
    ) -> poem::Result<Found<Contactmoment>> {
        let expand = || {
            let mut faults = Faults::new();
            let expand = Expand::read(&Query::of(request), &mut faults);
            faults.into_result()?;
            Ok(expand)
        };
        let body = self
            .service(request)?
            .find(links::path_uuid(&uuid)?, expand)
            .await?;
        Ok(Found::new(body, request))
    }

    /// Een contactmoment geheel bijwerken.
    ///
    /// Velden die weggelaten worden, houden hun waarde.
    #[oai(
        path = "/contactmomenten/:uuid",
        method = "put",
        operation_id = "contactmoment_update"
    )]
    async fn update(
        &self,
        caller: Authorised<Bijwerken>,
        request: &Request,
        uuid: Path<String>,
        body: Payload<Contactmoment>,
    ) -> poem::Result<Changed<Contactmoment>> {
        self.change(&caller, Actie::Update, request, &uuid, body).await
    }

    /// Een contactmoment deels bijwerken.
    #[oai(
        path = "/contactmomenten/:uuid",
        method = "patch",
        operation_id = "contactmoment_partial_update"
    )]
    async fn partial_update(
        &self,
        caller: Authorised<Bijwerken>,
        request: &Request,
        uuid: Path<String>,
        body: Payload<Contactmoment>,
    ) -> poem::Result<Changed<Contactmoment>> {
        self.change(&caller, Actie::PartialUpdate, request, &uuid, body)
            .await
    }

    /// Een contactmoment verwijderen.
    ///
    /// Zijn relaties met klanten en objecten verdwijnen mee; het contactmoment dat erop volgde, volgt dan nergens op.
    #[oai(
        path = "/contactmomenten/:uuid",
        method = "delete",
        operation_id = "contactmoment_delete"
    )]
    async fn delete(
        &self,
        caller: Authorised<Verwijderen>,
        request: &Request,
        uuid: Path<String>,
    ) -> poem::Result<Removed> {
        let condition = IfMatch::of(request);
        self.service(request)?
            .delete(&caller.actor, links::path_uuid(&uuid)?, &condition)
            .await?;
        Ok(Removed)
    }

    /// Het audittrail van een contactmoment opvragen.
    #[oai(
        path = "/contactmomenten/:contactmoment_uuid/audittrail",
        method = "get",
        operation_id = "audittrail_list"
    )]
    async fn audittrail_list(
        &self,
        _caller: Authorised<AudittrailLezen>,
        request: &Request,
        contactmoment_uuid: Path<String>,
    ) -> poem::Result<Listed<Inline<Page<AuditTrail>>>> {
        let service = self.service(request)?;
        let query = Query::of(request);
        let contactmoment = links::path_uuid(&contactmoment_uuid)?;
        let (page, rows) = service.audittrail(contactmoment, Asked::of(&query)?).await?;
        let path = format!("{COLLECTION}/{contactmoment}/audittrail");
        Ok(Listed::new(page.body(rows, service.base, &path, &query)?))
    }

    /// Een regel van het audittrail van een contactmoment opvragen.
    #[oai(
        path = "/contactmomenten/:contactmoment_uuid/audittrail/:uuid",
        method = "get",
        operation_id = "audittrail_read"
    )]
    async fn audittrail_read(
        &self,
        _caller: Authorised<AudittrailLezen>,
        request: &Request,
        contactmoment_uuid: Path<String>,
        uuid: Path<String>,
    ) -> poem::Result<Found<AuditTrail>> {
        let contactmoment = links::path_uuid(&contactmoment_uuid)?;
        let row = self
            .service(request)?
            .audit_row(contactmoment, links::path_uuid(&uuid)?)
            .await?;
        Ok(Found::new(row, request))
    }
}
