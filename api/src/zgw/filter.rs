//! What the value of a list filter must be, the same in every API (behaviour of Open Klant 1.0.0, section 5.4).

use openklant_shared::domain::codes::{self, Code};
use openklant_shared::domain::identifiers::Rsin;
use openklant_shared::domain::moment::parse_moment;
use openklant_shared::domain::weblink::is_weblink;

use uuid::Uuid;

use super::document::Kind;
use super::links::{OwnLinks, Target};

/// The rule of a filter. An empty value is no filter, except where the rule says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Anything.
    Text,
    /// Anything, and without a value it matches nobody: who looks for one citizen must not get them all.
    Identity,
    /// An RSIN.
    Rsin,
    /// A URL.
    Uri,
    /// One of these.
    Choice(&'static [&'static str]),
    /// A moment.
    Moment,
    /// A link to an object of ours: see [`link_filter`].
    Link,
}

impl Rule {
    /// Checks a value that is not empty.
    pub fn check(self, value: &str) -> Result<(), Code> {
        match self {
            Self::Text | Self::Identity | Self::Link => Ok(()),
            Self::Rsin => Rsin::parse(value).map(|_| ()),
            Self::Uri if is_weblink(value) => Ok(()),
            Self::Uri => Err(codes::INVALID_URL),
            Self::Choice(choices) if choices.contains(&value) => Ok(()),
            Self::Choice(_) => Err(codes::INVALID_CHOICE),
            Self::Moment if parse_moment(value).is_some() => Ok(()),
            Self::Moment => Err(codes::INVALID_MOMENT),
        }
    }

    /// How the document describes such a value.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Text | Self::Identity | Self::Rsin => Kind::Text,
            Self::Uri | Self::Link => Kind::Uri,
            Self::Choice(choices) => Kind::Choice(choices),
            Self::Moment => Kind::DateTime,
        }
    }
}

/// What a link filter comes down to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFilter {
    /// This object, which may or may not exist.
    Object(Uuid),
    /// Nothing of ours: an empty list.
    Nothing,
}

/// Reads the value of a link filter: an absolute URL, also when it is empty; of an object of `collection`, or of
/// something that is not here at all.
pub fn link_filter(value: &str, links: OwnLinks<'_>, collection: &str) -> Result<LinkFilter, Code> {
    if !is_weblink(value) {
        return Err(codes::INVALID_URL);
    }
    match links.target(value, collection) {
        Target::Object(Some(uuid)) => Ok(LinkFilter::Object(uuid)),
        Target::Object(None) | Target::Elsewhere => Ok(LinkFilter::Nothing),
        Target::OtherResource => Err(codes::INVALID_TYPE),
    }
}
