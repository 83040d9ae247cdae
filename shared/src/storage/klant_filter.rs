//! Which klanten a list shows.

use sqlx::{Database, Encode, QueryBuilder, Type};

use super::page_map::{List, Table};

/// Conditions that must all hold. Every column has an index `(column, id)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KlantFilter {
    conditions: Vec<Condition>,
    nothing: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    column: KlantColumn,
    compare: Compare,
    value: String,
}

/// How a column compares with the value. Text compares byte by byte, on both databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// The same.
    Equal,
    /// Above.
    Greater,
    /// Above or the same.
    GreaterOrEqual,
    /// Below.
    Less,
    /// Below or the same.
    LessOrEqual,
}

impl Compare {
    pub(super) const fn operator(self) -> &'static str {
        match self {
            Self::Equal => " = ",
            Self::Greater => " > ",
            Self::GreaterOrEqual => " >= ",
            Self::Less => " < ",
            Self::LessOrEqual => " <= ",
        }
    }
}

macro_rules! klant_columns {
    ($($(#[$doc:meta])* $variant:ident = $column:literal,)*) => {
        /// The columns a list may be filtered on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum KlantColumn { $($(#[$doc])* $variant,)* }

        impl KlantColumn {
            const fn name(self) -> &'static str {
                match self { $(Self::$variant => $column,)* }
            }
        }
    };
}

klant_columns! {
    /// `bronorganisatie`
    Bronorganisatie = "bronorganisatie",
    /// `klantnummer`
    Klantnummer = "klantnummer",
    /// `bedrijfsnaam`
    Bedrijfsnaam = "bedrijfsnaam",
    /// `functie`
    Functie = "functie",
    /// `achternaam`
    Achternaam = "achternaam",
    /// `telefoonnummer`
    Telefoonnummer = "telefoonnummer",
    /// `emailadres`
    Emailadres = "emailadres",
    /// `adres.straatnaam`
    AdresStraatnaam = "adres_straatnaam",
    /// `adres.postcode`
    AdresPostcode = "adres_postcode",
    /// `adres.woonplaatsnaam`
    AdresWoonplaatsnaam = "adres_woonplaatsnaam",
    /// `adres.landcode`
    AdresLandcode = "adres_landcode",
    /// `subject`
    Subject = "subject",
    /// `subjectType`
    SubjectType = "subject_type",
    /// `inpBsn`
    Bsn = "np_bsn",
    /// `anpIdentificatie`
    AnpIdentificatie = "np_anp_identificatie",
    /// `inpANummer`
    ANummer = "np_a_nummer",
    /// `geboortedatum`
    Geboortedatum = "np_geboortedatum",
    /// `innNnpId`
    InnNnpId = "nnp_inn_nnp_id",
    /// `annIdentificatie`
    AnnIdentificatie = "nnp_ann_identificatie",
    /// `vestigingsNummer`
    Vestigingsnummer = "vestigingsnummer",
}

impl KlantFilter {
    /// Adds a condition.
    pub fn add(&mut self, column: KlantColumn, compare: Compare, value: impl Into<String>) {
        self.conditions.push(Condition {
            column,
            compare,
            value: value.into(),
        });
    }

    /// Makes the list empty, whatever the other conditions: an identity filter without a value must not answer
    /// with everyone.
    pub fn match_nothing(&mut self) {
        self.nothing = true;
    }

    /// Whether the list is empty by [`KlantFilter::match_nothing`].
    pub fn matches_nothing(&self) -> bool {
        self.nothing
    }

    /// The list, when nothing but its facets is asked for.
    pub(super) fn list(&self) -> Option<List> {
        self.conditions.iter().filter(|_| !self.nothing).try_fold(
            List::all(Table::Klant),
            |list, condition| {
                (condition.compare == Compare::Equal)
                    .then(|| list.only(condition.column.name(), &condition.value))
                    .flatten()
            },
        )
    }

    pub(super) fn push_to<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
    {
        query.push(if self.nothing {
            " WHERE 1 = 0"
        } else {
            " WHERE 1 = 1"
        });
        for condition in &self.conditions {
            query
                .push(" AND ")
                .push(condition.column.name())
                .push(condition.compare.operator())
                .push_bind(condition.value.clone());
        }
    }
}
