//! The lists that can be mapped: a table, in the order of its rows or of a moment, with conditions on some columns.

use std::collections::BTreeMap;

use sqlx::{Database, Encode, QueryBuilder, Type};

use crate::storage::StorageError;

/// A table of which there are long lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Table {
    /// The klanten, in the order they were made.
    Klant,
    /// The contactmomenten, by registratiedatum.
    Contactmoment,
    /// The relations between klanten and contactmomenten, in the order they were made.
    Klantcontactmoment,
    /// The relations between objects and contactmomenten, in the order they were made.
    Objectcontactmoment,
}

impl Table {
    const ALL: [Self; 4] = [
        Self::Klant,
        Self::Contactmoment,
        Self::Klantcontactmoment,
        Self::Objectcontactmoment,
    ];

    /// Its name, which is also what `page_list.resource` and `page_delta.resource` say.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Klant => "klant",
            Self::Contactmoment => "contactmoment",
            Self::Klantcontactmoment => "klantcontactmoment",
            Self::Objectcontactmoment => "objectcontactmoment",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// The column whose moment comes first in the order of its lists; `None`: only the number of the row.
    pub(super) const fn moment(self) -> Option<&'static str> {
        match self {
            Self::Contactmoment => Some("registratiedatum"),
            Self::Klant | Self::Klantcontactmoment | Self::Objectcontactmoment => None,
        }
    }

    /// The columns of which one value can be that of very many rows, in the order of `facet_1`, `facet_2`, … of
    /// `page_delta`; the triggers of the migration know the same.
    const fn facets(self) -> &'static [&'static str] {
        match self {
            Self::Klant => &[
                "bronorganisatie",
                "subject_type",
                "achternaam",
                "adres_woonplaatsnaam",
                "adres_landcode",
            ],
            Self::Contactmoment => &[
                "bronorganisatie",
                "kanaal",
                "voorkeurskanaal",
                "voorkeurstaal",
                "initiatiefnemer",
                "medewerker",
                "mi_identificatie",
            ],
            Self::Klantcontactmoment => &["rol"],
            Self::Objectcontactmoment => &["object_type"],
        }
    }
}

/// Names of the columns of `page_delta` with the facets of a row.
pub(super) const DELTA_COLUMNS: [&str; 7] = [
    "facet_1", "facet_2", "facet_3", "facet_4", "facet_5", "facet_6", "facet_7",
];

/// The facets of a row as `page_delta` holds them.
pub(super) type RowFacets = [Option<String>; DELTA_COLUMNS.len()];

/// A list: the rows of a table of which these columns have these values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List {
    table: Table,
    /// Value by place of the facet.
    facets: BTreeMap<usize, String>,
}

impl List {
    /// All rows of a table.
    pub fn all(table: Table) -> Self {
        Self {
            table,
            facets: BTreeMap::new(),
        }
    }

    /// The rows of it whose `column` has this value too; `None` when lists of that column are not mapped.
    pub fn only(mut self, column: &str, value: &str) -> Option<Self> {
        let place = self.table.facets().iter().position(|facet| *facet == column)?;
        let before = self.facets.insert(place, value.to_owned());
        before.is_none_or(|before| before == value).then_some(self)
    }

    /// The table.
    pub(super) fn table(&self) -> Table {
        self.table
    }

    /// The conditions as `page_list.facets` says them.
    pub(super) fn facets_text(&self) -> String {
        let facets = self.facets.iter();
        facets
            .map(|(place, value)| serde_json::Value::from(vec![self.table.facets()[*place], value.as_str()]))
            .collect::<serde_json::Value>()
            .to_string()
    }

    /// The list of a row of `page_list`.
    pub(super) fn read(resource: &str, facets: &str) -> Result<Self, StorageError> {
        let corrupt = |reason: &str| StorageError::Corrupt {
            table: "page_list",
            reason: reason.to_owned(),
        };
        let table = Table::from_name(resource).ok_or_else(|| corrupt("a resource that is unknown"))?;
        let facets: Vec<(String, String)> =
            serde_json::from_str(facets).map_err(|_| corrupt("facets that are no pairs of texts"))?;
        facets
            .iter()
            .try_fold(Self::all(table), |list, (column, value)| list.only(column, value))
            .ok_or_else(|| corrupt("a facet that is unknown"))
    }

    /// Whether a row with these facets is in the list.
    pub(super) fn holds(&self, row: &RowFacets) -> bool {
        self.facets
            .iter()
            .all(|(place, value)| row[*place].as_deref() == Some(value))
    }

    /// Adds the conditions on the rows of the table, after a `WHERE …`.
    pub(super) fn push_rows<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
    {
        for (place, value) in &self.facets {
            query.push(" AND ").push(self.table.facets()[*place]);
            query.push(" = ").push_bind(value.clone());
        }
    }

    /// Adds `FROM page_delta WHERE …` of what waits to be added to the list.
    pub(super) fn push_deltas<DB>(&self, query: &mut QueryBuilder<DB>)
    where
        DB: Database,
        for<'q> String: Encode<'q, DB> + Type<DB>,
    {
        query.push(" FROM page_delta WHERE resource = '");
        query.push(self.table.name()).push("'");
        for (place, value) in &self.facets {
            query.push(" AND ").push(DELTA_COLUMNS[*place]);
            query.push(" = ").push_bind(value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let list = List::all(Table::Contactmoment)
            .only("kanaal", "telefoon")
            .and_then(|list| list.only("bronorganisatie", "\"',;[]"))
            .expect("two facets");
        let same = List::read("contactmoment", &list.facets_text()).expect("it can be read");
        assert_eq!(same, list);
        assert_eq!(
            list.facets_text(),
            r#"[["bronorganisatie","\"',;[]"],["kanaal","telefoon"]]"#
        );
    }

    #[test]
    fn a_column_with_two_values_or_without_a_map_makes_no_list() {
        let all = List::all(Table::Klant);
        assert_eq!(all.clone().only("np_bsn", "111222333"), None);
        let one = all.only("achternaam", "Jansen").expect("a facet");
        assert_eq!(one.clone().only("achternaam", "De Vries"), None);
        assert_eq!(one.clone().only("achternaam", "Jansen"), Some(one));
    }
}
