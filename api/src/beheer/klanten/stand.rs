//! A klant as it stands, for who is about to change it. The version is the number of the newest row of its audit trail: each
//! change makes one, in its own transaction, so that a higher number is another klant than was seen.

use openklant_shared::domain::klant::{Klant, SubjectType};
use openklant_shared::storage::Db;
use openklant_shared::storage::version;
use serde_json::Value;
use uuid::Uuid;

use super::super::confirm::VERSION;
use super::super::form::Form;
use super::super::problem::Problem;
use crate::klanten::view::KlantView;
use crate::zgw::body::JsonObject;
use crate::zgw::etag::IfMatch;
use crate::zgw::links::Base;

/// A klant as it stands.
#[derive(Debug)]
pub struct Stand {
    /// The klant.
    pub klant: Klant,
    /// Its version.
    pub version: i64,
    /// As the API shows it, without addresses of ours.
    pub body: JsonObject,
}

impl Stand {
    /// The klant with this uuid. One query, so that klant and version belong together.
    pub async fn find(db: &Db, uuid: Uuid) -> Result<Option<Self>, Problem> {
        let Some((klant, version)) = version::find_klant(db, uuid).await? else {
            return Ok(None);
        };
        let body = shown(&klant, &Base::none())?;
        match serde_json::from_str(&body) {
            Ok(Value::Object(body)) => Ok(Some(Self { klant, version, body })),
            _ => Err(Problem::Internal("a klant is shown as no object".to_owned())),
        }
    }

    /// Whether nobody changed it since this version. The rows of a klant that nobody changes for long may have been removed
    /// since (retention): then it has none.
    pub fn is_as_seen(&self, seen: Option<i64>) -> bool {
        seen.is_some_and(|seen| seen == self.version || self.version == 0)
    }

    /// What kind of klant it is.
    pub const fn kind(&self) -> Option<SubjectType> {
        self.klant.subject_type.kind()
    }

    /// The condition that it still stands so when it is changed.
    pub fn unchanged(&self, base: &Base) -> Result<IfMatch, Problem> {
        Ok(IfMatch::as_shown(&shown(&self.klant, base)?))
    }
}

/// The version that a form saw; `None` when it tells of none.
pub fn seen(form: &Form) -> Option<i64> {
    form.value(VERSION).parse().ok().filter(|version| *version >= 0)
}

fn shown(klant: &Klant, base: &Base) -> Result<String, Problem> {
    serde_json::to_string(&KlantView::new(klant, base)).map_err(|error| Problem::Internal(error.to_string()))
}
