//! Which contactmomenten a list shows, and in which order.

use chrono::{DateTime, Utc};
use sqlx::{Database, Encode, QueryBuilder, Type};
use uuid::Uuid;

use super::Id;
use super::klant_filter::Compare;
use super::page_map::{List, Table};
use crate::domain::contactmoment::KlantLink;

/// Conditions that must all hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ContactmomentFilter {
    conditions: Vec<Condition>,
    nothing: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    Text(TextColumn, String),
    Registratiedatum(Compare, DateTime<Utc>),
    /// Follows on this one.
    FollowsOn(Uuid),
    /// Is followed by this one.
    FollowedBy(Uuid),
    Klant(Vec<KlantLink>),
    Object(Vec<String>),
}

macro_rules! text_columns {
    ($($(#[$doc:meta])* $variant:ident = $column:literal,)*) => {
        /// The texts a list may be filtered on, each with an index `(column, registratiedatum, id)`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum TextColumn { $($(#[$doc])* $variant,)* }

        impl TextColumn {
            const fn name(self) -> &'static str {
                match self { $(Self::$variant => $column,)* }
            }
        }
    };
}

text_columns! {
    /// `bronorganisatie`
    Bronorganisatie = "c.bronorganisatie",
    /// `kanaal`
    Kanaal = "c.kanaal",
    /// `voorkeurskanaal`
    Voorkeurskanaal = "c.voorkeurskanaal",
    /// `voorkeurstaal`
    Voorkeurstaal = "c.voorkeurstaal",
    /// `initiatiefnemer`
    Initiatiefnemer = "c.initiatiefnemer",
    /// `medewerker`
    Medewerker = "c.medewerker",
    /// `medewerkerIdentificatie.identificatie`
    MedewerkerIdentificatie = "c.mi_identificatie",
    /// `medewerkerIdentificatie.achternaam`
    MedewerkerAchternaam = "c.mi_achternaam",
    /// `medewerkerIdentificatie.voorletters`
    MedewerkerVoorletters = "c.mi_voorletters",
    /// `medewerkerIdentificatie.voorvoegselAchternaam`
    MedewerkerVoorvoegsel = "c.mi_voorvoegsel_achternaam",
}

impl ContactmomentFilter {
    /// The text is this one.
    pub fn text(&mut self, column: TextColumn, value: impl Into<String>) {
        self.conditions.push(Condition::Text(column, value.into()));
    }

    /// The registratiedatum compares so.
    pub fn registratiedatum(&mut self, compare: Compare, moment: DateTime<Utc>) {
        self.conditions.push(Condition::Registratiedatum(compare, moment));
    }

    /// It follows on this contactmoment.
    pub fn follows_on(&mut self, vorig: Uuid) {
        self.conditions.push(Condition::FollowsOn(vorig));
    }

    /// This contactmoment follows on it.
    pub fn followed_by(&mut self, volgend: Uuid) {
        self.conditions.push(Condition::FollowedBy(volgend));
    }

    /// One of these klanten took part. None: nothing matches.
    pub fn klanten(&mut self, klanten: Vec<KlantLink>) {
        self.conditions.push(Condition::Klant(klanten));
    }

    /// It is about one of these objects. None: nothing matches.
    pub fn objecten(&mut self, objecten: Vec<String>) {
        self.conditions.push(Condition::Object(objecten));
    }

    /// Makes the list empty, whatever the other conditions.
    pub fn match_nothing(&mut self) {
        self.nothing = true;
    }

    /// Whether the list is empty by [`ContactmomentFilter::match_nothing`].
    pub fn matches_nothing(&self) -> bool {
        self.nothing
    }

    /// The klanten, when they are all that is asked for: their relations alone then say which contactmomenten match,
    /// and in which order.
    pub(super) fn only_klanten(&self) -> Option<&[KlantLink]> {
        match self.conditions.as_slice() {
            [Condition::Klant(klanten)] if !self.nothing => Some(klanten),
            _ => None,
        }
    }

    /// The list, when nothing but its facets is asked for.
    pub(super) fn list(&self) -> Option<List> {
        self.conditions.iter().try_fold(
            List::all(Table::Contactmoment),
            |list, condition| match condition {
                Condition::Text(column, value) => {
                    let column = column.name().strip_prefix("c.").unwrap_or(column.name());
                    list.only(column, value)
                }
                _ => None,
            },
        )
    }

    pub(super) fn push_to<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
        for<'q> DateTime<Utc>: Encode<'q, DB> + Type<DB>,
        for<'q> Id: Encode<'q, DB> + Type<DB>,
    {
        query.push(if self.nothing {
            " WHERE 1 = 0"
        } else {
            " WHERE 1 = 1"
        });
        for condition in &self.conditions {
            query.push(" AND ");
            match condition {
                Condition::Text(column, value) => {
                    query.push(column.name()).push(" = ").push_bind(value.clone());
                }
                Condition::Registratiedatum(compare, moment) => {
                    query
                        .push("c.registratiedatum")
                        .push(compare.operator())
                        .push_bind(*moment);
                }
                Condition::FollowsOn(vorig) => {
                    query.push("c.vorig_id = (SELECT id FROM contactmoment WHERE uuid = ");
                    query.push_bind(Id(*vorig)).push(")");
                }
                Condition::FollowedBy(volgend) => {
                    query.push("c.id = (SELECT vorig_id FROM contactmoment WHERE uuid = ");
                    query.push_bind(Id(*volgend)).push(")");
                }
                Condition::Klant(klanten) => {
                    query.push("c.id IN (");
                    push_relations(query, "contactmoment_id", klanten);
                    query.push(")");
                }
                Condition::Object(objecten) => {
                    query.push("c.id IN (SELECT contactmoment_id FROM objectcontactmoment WHERE object IN (");
                    push_list(query, objecten.iter().cloned());
                    query.push("))");
                }
            }
        }
    }
}

/// Selects `columns` of the relations to these klanten, each row once. The klant drives: never EXISTS, which makes
/// SQLite walk the contactmomenten; and never an OR over the two ways to name a klant, which neither database answers
/// from an index. One klant, named in one way, is read in the order of its index.
pub(super) fn push_relations<DB>(query: &mut QueryBuilder<DB>, columns: &'static str, klanten: &[KlantLink])
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> Id: Encode<'q, DB> + Type<DB>,
{
    let (mut own, mut other) = (Vec::new(), Vec::new());
    for klant in klanten {
        match klant {
            KlantLink::Own(uuid) => own.push(Id(*uuid)),
            KlantLink::Other(url) => other.push(url.clone()),
        }
    }
    let both = !own.is_empty() && !other.is_empty();
    if !own.is_empty() || other.is_empty() {
        query.push("SELECT DISTINCT ").push(columns);
        query.push(" FROM klantcontactmoment WHERE klant_uuid IN (");
        push_list(query, own.into_iter());
        query.push(")");
    }
    if both {
        query.push(" UNION ");
    }
    if !other.is_empty() {
        query.push("SELECT DISTINCT ").push(columns);
        query.push(" FROM klantcontactmoment WHERE klant_url IN (");
        push_list(query, other.into_iter());
        query.push(")");
    }
}

/// Values with commas between them; NULL, which equals nothing, when there are none.
fn push_list<DB, T>(query: &mut QueryBuilder<DB>, values: impl Iterator<Item = T>)
where
    DB: Database,
    T: for<'q> Encode<'q, DB> + Type<DB>,
{
    let mut empty = true;
    for value in values {
        if !empty {
            query.push(", ");
        }
        query.push_bind(value);
        empty = false;
    }
    if empty {
        query.push("NULL");
    }
}

/// The columns a list may be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderColumn {
    /// By uuid, which is what is left of a URL.
    Url,
    /// `bronorganisatie`
    Bronorganisatie,
    /// `registratiedatum`
    Registratiedatum,
    /// `kanaal`
    Kanaal,
    /// `voorkeurskanaal`
    Voorkeurskanaal,
    /// `tekst`
    Tekst,
    /// `onderwerpLinks`
    OnderwerpLinks,
    /// `initiatiefnemer`
    Initiatiefnemer,
    /// `medewerker`
    Medewerker,
    /// `medewerkerIdentificatie`, by its identificatie
    MedewerkerIdentificatie,
    /// The smallest klant of the contactmoment.
    Klant,
}

impl OrderColumn {
    const fn expression(self) -> &'static str {
        match self {
            Self::Url => "c.uuid",
            Self::Bronorganisatie => "c.bronorganisatie",
            Self::Registratiedatum => "c.registratiedatum",
            Self::Kanaal => "c.kanaal",
            Self::Voorkeurskanaal => "c.voorkeurskanaal",
            Self::Tekst => "c.tekst",
            Self::OnderwerpLinks => "CAST(c.onderwerp_links AS TEXT)",
            Self::Initiatiefnemer => "c.initiatiefnemer",
            Self::Medewerker => "c.medewerker",
            Self::MedewerkerIdentificatie => "coalesce(c.mi_identificatie, '')",
            Self::Klant => {
                "coalesce((SELECT min(coalesce(k.klant_url, CAST(k.klant_uuid AS TEXT))) \
                 FROM klantcontactmoment k WHERE k.contactmoment_id = c.id), '')"
            }
        }
    }
}

/// The order of a list. Always total: the registratiedatum and then the row decide between equals, in the direction
/// of the first column so that one index serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order(Vec<(OrderColumn, Direction)>);

/// Up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl Default for Order {
    /// The latest contact first.
    fn default() -> Self {
        Self(vec![(OrderColumn::Registratiedatum, Direction::Descending)])
    }
}

impl Order {
    /// By these columns; by none is the default.
    pub fn by(columns: Vec<(OrderColumn, Direction)>) -> Self {
        if columns.is_empty() {
            Self::default()
        } else {
            Self(columns)
        }
    }

    /// The direction, when the registratiedatum alone decides.
    pub(super) fn by_registratiedatum(&self) -> Option<Direction> {
        match self.0.as_slice() {
            [(OrderColumn::Registratiedatum, direction)] => Some(*direction),
            _ => None,
        }
    }

    pub(super) fn push_to<DB: Database>(&self, query: &mut QueryBuilder<DB>) {
        let direction = self
            .0
            .first()
            .map_or(Direction::Descending, |(_, direction)| *direction);
        let mut columns = self.0.clone();
        if !columns
            .iter()
            .any(|(column, _)| *column == OrderColumn::Registratiedatum)
        {
            columns.push((OrderColumn::Registratiedatum, direction));
        }
        query.push(" ORDER BY ");
        for (column, direction) in columns {
            query
                .push(column.expression())
                .push(direction.keyword())
                .push(", ");
        }
        query.push("c.id").push(direction.keyword());
    }
}

impl Direction {
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::Ascending => " ASC",
            Self::Descending => " DESC",
        }
    }
}
