//! The house rules shared by every API of the ZGW family served here: who may call, how a request is read, how an
//! answer, a page and an error look. It knows no resource.

pub mod answer;
pub mod audittrail;
pub mod auth;
pub mod body;
pub mod crowd;
pub mod document;
pub mod error;
pub mod etag;
pub mod fetched;
pub mod fields;
pub mod filter;
pub mod links;
pub mod page;
pub mod query;
pub mod remote;
pub mod request;
pub mod routes;
pub mod schema;

use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::notificatie::Kanaal;

use document::Parameter;

/// A right an application can have.
#[derive(Debug, PartialEq, Eq)]
pub struct Scope {
    /// The name, compared to the letter.
    pub name: &'static str,
    /// What it allows, in Dutch, for the reference page.
    pub description: &'static str,
}

/// One API of this server, declared by its module. The composition root, the reference pages, the documents and
/// the checks loop over these.
#[derive(Debug)]
pub struct ApiDeclaration {
    /// Name in paths and file names.
    pub name: &'static str,
    /// Title of its document.
    pub title: &'static str,
    /// What it is for, in Dutch.
    pub description: &'static str,
    /// Version of the API, as in the header `API-version`.
    pub version: &'static str,
    /// Path under which its resources stand.
    pub base_path: &'static str,
    /// Names of its collections, for the API root.
    pub collections: &'static [&'static str],
    /// The component its rights belong to.
    pub component: Component,
    /// The kanaal its changes are published on.
    pub kanaal: &'static Kanaal,
    /// The rights its operations ask for.
    pub scopes: &'static [Scope],
    /// The query parameters of its lists, by operation.
    pub parameters: fn() -> Vec<(&'static str, Vec<Parameter>)>,
}

/// The scope for reading audit trails, the same in every API.
pub const AUDITTRAILS_LEZEN: Scope = Scope {
    name: "audittrails.lezen",
    description: "Het audittrail van een object inzien.",
};
