//! The operations of the Klanten API: who may, what is read, what is answered. The summaries are Dutch because they
//! are served in the OpenAPI document.

use std::sync::Arc;

use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::Actie;
use openklant_shared::domain::fault::Faults;
use poem::Request;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::schema::{Klant, KlantZoek};
use super::view::KlantView;
use super::{COLLECTION, filter, service};
use crate::state::State;
use crate::zgw::answer::{Changed, Created, Found, Listed, Removed};
use crate::zgw::auth::{Authorised, required_scopes};
use crate::zgw::body::Payload;
use crate::zgw::error::Refusal;
use crate::zgw::etag::IfMatch;
use crate::zgw::page::Asked;
use crate::zgw::query::Query;
use crate::zgw::request::RequestInfo;
use crate::zgw::schema::{AuditTrail, Inline, Page};
use crate::zgw::{AUDITTRAILS_LEZEN, links};

/// Scope for reading.
pub const LEZEN: &str = "klanten.lezen";
/// Scope for making.
pub const AANMAKEN: &str = "klanten.aanmaken";
/// Scope for changing.
pub const BIJWERKEN: &str = "klanten.bijwerken";
/// Scope for removing.
pub const VERWIJDEREN: &str = "klanten.verwijderen";

required_scopes! { Component::Kc;
    Lezen = LEZEN;
    Aanmaken = AANMAKEN;
    Bijwerken = BIJWERKEN;
    Verwijderen = VERWIJDEREN;
    AudittrailLezen = AUDITTRAILS_LEZEN.name;
}

/// The resource.
pub struct Klanten {
    state: Option<Arc<State>>,
}

impl Klanten {
    /// The resource over `state`; without it only its document can be asked for.
    pub fn new(state: Option<Arc<State>>) -> Self {
        Self { state }
    }

    fn service<'a>(&'a self, info: &'a RequestInfo) -> Result<service::Klanten<'a>, Refusal> {
        let state = State::of(self.state.as_ref())?;
        Ok(service::Klanten {
            state,
            base: &info.base,
        })
    }
}

#[OpenApi]
impl Klanten {
    /// Alle klanten opvragen.
    ///
    /// De lijst is gepagineerd (100 per pagina) en kan gefilterd worden. De nieuwste klant staat vooraan.
    #[oai(path = "/klanten", method = "get", operation_id = "klant_list")]
    async fn list(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
    ) -> poem::Result<Listed<Inline<Page<Klant>>>> {
        let info = RequestInfo::of(request)?;
        let service = self.service(info)?;
        let query = Query::of(request);
        let ignore_unknown = service.state.settings.server.ignore_unknown_parameters;
        let filter = filter::read(&query, ignore_unknown).map_err(Refusal::from)?;
        let (page, klanten) = service.list(&filter, Asked::of(&query)?).await?;
        let shown: Vec<KlantView<'_>> = klanten
            .iter()
            .map(|klant| KlantView::new(klant, &info.base))
            .collect();
        Ok(Listed::new(page.body(shown, &info.base, COLLECTION, &query)?))
    }

    /// Klanten zoeken zonder zoekwaarden in het adres.
    ///
    /// **AFWIJKING**: de standaard kent deze operatie niet. De inhoud noemt de filters van de lijst en de pagina; het
    /// antwoord is dat van de lijst. Een volgende pagina wordt opgevraagd met dezelfde inhoud en een ander
    /// paginanummer: `next` en `previous` zeggen alleen dat die er is.
    #[oai(path = "/klanten/_zoek", method = "post", operation_id = "klant_zoek")]
    async fn search(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
        body: Payload<Inline<KlantZoek>>,
    ) -> poem::Result<Listed<Inline<Page<Klant>>>> {
        let info = RequestInfo::of(request)?;
        let mut faults = Faults::new();
        let query = Query::of_body(body.into_object()?, &[], &mut faults);
        faults.into_result().map_err(Refusal::from)?;
        let filter = filter::read(&query, false).map_err(Refusal::from)?;
        let (page, klanten) = self.service(info)?.list(&filter, Asked::of(&query)?).await?;
        let shown: Vec<_> = klanten
            .iter()
            .map(|klant| KlantView::new(klant, &info.base))
            .collect();
        Ok(Listed::new(page.search_body(
            shown,
            &info.base,
            &format!("{COLLECTION}/_zoek"),
        )?))
    }

    /// Een klant aanmaken.
    ///
    /// Een `subject` of een `subjectIdentificatie` is verplicht.
    #[oai(path = "/klanten", method = "post", operation_id = "klant_create")]
    async fn create(
        &self,
        caller: Authorised<Aanmaken>,
        request: &Request,
        body: Payload<Klant>,
    ) -> poem::Result<Created<Klant>> {
        let info = RequestInfo::of(request)?;
        let written = self
            .service(info)?
            .create(&caller.actor, &body.into_object()?)
            .await?;
        Ok(Created::new(written.body, written.url))
    }

    /// Een klant opvragen.
    #[oai(path = "/klanten/:uuid", method = "get", operation_id = "klant_read")]
    async fn read(
        &self,
        _caller: Authorised<Lezen>,
        request: &Request,
        #[oai(name = "uuid")] path_uuid: Path<String>,
    ) -> poem::Result<Found<Klant>> {
        let body = self
            .service(RequestInfo::of(request)?)?
            .find(links::path_uuid(&path_uuid)?)
            .await?;
        Ok(Found::new(body, request))
    }

    /// Een klant geheel bijwerken.
    ///
    /// Velden die weggelaten worden, houden hun waarde.
    #[oai(path = "/klanten/:uuid", method = "put", operation_id = "klant_update")]
    async fn update(
        &self,
        caller: Authorised<Bijwerken>,
        request: &Request,
        #[oai(name = "uuid")] path_uuid: Path<String>,
        body: Payload<Klant>,
    ) -> poem::Result<Changed<Klant>> {
        self.change(&caller, Actie::Update, request, &path_uuid, body)
            .await
    }

    /// Een klant deels bijwerken.
    #[oai(
        path = "/klanten/:uuid",
        method = "patch",
        operation_id = "klant_partial_update"
    )]
    async fn partial_update(
        &self,
        caller: Authorised<Bijwerken>,
        request: &Request,
        #[oai(name = "uuid")] path_uuid: Path<String>,
        body: Payload<Klant>,
    ) -> poem::Result<Changed<Klant>> {
        self.change(&caller, Actie::PartialUpdate, request, &path_uuid, body)
            .await
    }

    /// Een klant verwijderen.
    #[oai(path = "/klanten/:uuid", method = "delete", operation_id = "klant_delete")]
    async fn delete(
        &self,
        caller: Authorised<Verwijderen>,
        request: &Request,
        #[oai(name = "uuid")] path_uuid: Path<String>,
    ) -> poem::Result<Removed> {
        let condition = IfMatch::of(request);
        let service = self.service(RequestInfo::of(request)?)?;
        service
            .delete(&caller.actor, links::path_uuid(&path_uuid)?, &condition)
            .await?;
        Ok(Removed)
    }

    /// Het audittrail van een klant opvragen.
    #[oai(
        path = "/klanten/:klant_uuid/audittrail",
        method = "get",
        operation_id = "audittrail_list"
    )]
    async fn audittrail_list(
        &self,
        _caller: Authorised<AudittrailLezen>,
        request: &Request,
        klant_uuid: Path<String>,
    ) -> poem::Result<Listed<Inline<Page<AuditTrail>>>> {
        let info = RequestInfo::of(request)?;
        let query = Query::of(request);
        let klant = links::path_uuid(&klant_uuid)?;
        let (page, rows) = self.service(info)?.audittrail(klant, Asked::of(&query)?).await?;
        let path = format!("{COLLECTION}/{klant}/audittrail");
        Ok(Listed::new(page.body(rows, &info.base, &path, &query)?))
    }

    /// Een regel van het audittrail van een klant opvragen.
    #[oai(
        path = "/klanten/:klant_uuid/audittrail/:uuid",
        method = "get",
        operation_id = "audittrail_read"
    )]
    async fn audittrail_read(
        &self,
        _caller: Authorised<AudittrailLezen>,
        request: &Request,
        klant_uuid: Path<String>,
        #[oai(name = "uuid")] row_uuid: Path<String>,
    ) -> poem::Result<Found<AuditTrail>> {
        let service = self.service(RequestInfo::of(request)?)?;
        let row = service
            .audit_row(links::path_uuid(&klant_uuid)?, links::path_uuid(&row_uuid)?)
            .await?;
        Ok(Found::new(row, request))
    }
}

impl Klanten {
    async fn change(
        &self,
        caller: &Authorised<Bijwerken>,
        actie: Actie,
        request: &Request,
        path_uuid: &str,
        body: Payload<Klant>,
    ) -> poem::Result<Changed<Klant>> {
        let condition = IfMatch::of(request);
        let service = self.service(RequestInfo::of(request)?)?;
        let written = service
            .update(
                &caller.actor,
                actie,
                links::path_uuid(path_uuid)?,
                || body.into_object(),
                &condition,
            )
            .await?;
        Ok(Changed::new(written.body))
    }
}
