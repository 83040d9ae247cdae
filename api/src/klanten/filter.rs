//! The filters of the list of klanten: one table that reads them, documents them and says which column each is for
//! (behaviour of Open Klant 1.0.0, section 5.4; decisions 5 to 7).

use openklant_shared::domain::fault::Faults;
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::domain::klant::SubjectType;
use openklant_shared::storage::klant_filter::{Compare, KlantColumn, KlantFilter};

use crate::zgw::document::Parameter;
use crate::zgw::fields::to_snake_case;
use crate::zgw::filter::Rule;
use crate::zgw::page;
use crate::zgw::query::Query;

/// Names of the kinds of subject.
const SUBJECT_TYPES: [&str; 3] = [
    SubjectType::NatuurlijkPersoon.name(),
    SubjectType::NietNatuurlijkPersoon.name(),
    SubjectType::Vestiging.name(),
];

/// One filter.
struct Filter {
    name: &'static str,
    column: KlantColumn,
    compare: Compare,
    rule: Rule,
    afwijking: bool,
    description: &'static str,
}

const fn filter(name: &'static str, column: KlantColumn, rule: Rule, description: &'static str) -> Filter {
    Filter {
        name,
        column,
        compare: Compare::Equal,
        rule,
        afwijking: false,
        description,
    }
}

const fn geboortedatum(name: &'static str, compare: Compare, description: &'static str) -> Filter {
    Filter {
        name,
        column: KlantColumn::Geboortedatum,
        compare,
        rule: Rule::Text,
        afwijking: true,
        description,
    }
}

/// Every filter, in the order of the contract.
static FILTERS: [Filter; 24] = [
    filter(
        "bronorganisatie",
        KlantColumn::Bronorganisatie,
        Rule::Rsin,
        "Het RSIN van de organisatie die de klant registreerde.",
    ),
    filter(
        "klantnummer",
        KlantColumn::Klantnummer,
        Rule::Text,
        "Het nummer van de klant binnen de bronorganisatie.",
    ),
    filter(
        "bedrijfsnaam",
        KlantColumn::Bedrijfsnaam,
        Rule::Text,
        "De naam van het bedrijf namens wie de klant spreekt.",
    ),
    filter(
        "functie",
        KlantColumn::Functie,
        Rule::Text,
        "De functie van de klant bij dat bedrijf.",
    ),
    filter(
        "achternaam",
        KlantColumn::Achternaam,
        Rule::Text,
        "De achternaam.",
    ),
    filter(
        "telefoonnummer",
        KlantColumn::Telefoonnummer,
        Rule::Text,
        "Het telefoonnummer.",
    ),
    filter(
        "emailadres",
        KlantColumn::Emailadres,
        Rule::Text,
        "Het e-mailadres.",
    ),
    filter(
        "adres__straatnaam",
        KlantColumn::AdresStraatnaam,
        Rule::Text,
        "De straat van het adres.",
    ),
    filter(
        "adres__postcode",
        KlantColumn::AdresPostcode,
        Rule::Text,
        "De postcode van het adres.",
    ),
    filter(
        "adres__woonplaatsNaam",
        KlantColumn::AdresWoonplaatsnaam,
        Rule::Text,
        "De woonplaats van het adres.",
    ),
    filter(
        "adres__landcode",
        KlantColumn::AdresLandcode,
        Rule::Text,
        "De landcode van het adres.",
    ),
    filter(
        "subject",
        KlantColumn::Subject,
        Rule::Uri,
        "De URL van het subject.",
    ),
    filter(
        "subjectType",
        KlantColumn::SubjectType,
        Rule::Choice(&SUBJECT_TYPES),
        "Het soort subject.",
    ),
    filter(
        "subjectNatuurlijkPersoon__inpBsn",
        KlantColumn::Bsn,
        Rule::Identity,
        "Het burgerservicenummer van de persoon.",
    ),
    filter(
        "subjectNatuurlijkPersoon__anpIdentificatie",
        KlantColumn::AnpIdentificatie,
        Rule::Identity,
        "De identificatie van een ander natuurlijk persoon.",
    ),
    filter(
        "subjectNatuurlijkPersoon__inpA_nummer",
        KlantColumn::ANummer,
        Rule::Identity,
        "Het administratienummer van de persoon.",
    ),
    geboortedatum(
        "subjectNatuurlijkPersoon__geboortedatum",
        Compare::Equal,
        "De geboortedatum, als tekst vergeleken.",
    ),
    geboortedatum(
        "subjectNatuurlijkPersoon__geboortedatum__gt",
        Compare::Greater,
        "Geboren na deze datum, als tekst vergeleken.",
    ),
    geboortedatum(
        "subjectNatuurlijkPersoon__geboortedatum__gte",
        Compare::GreaterOrEqual,
        "Geboren op of na deze datum, als tekst vergeleken.",
    ),
    geboortedatum(
        "subjectNatuurlijkPersoon__geboortedatum__lt",
        Compare::Less,
        "Geboren voor deze datum, als tekst vergeleken.",
    ),
    geboortedatum(
        "subjectNatuurlijkPersoon__geboortedatum__lte",
        Compare::LessOrEqual,
        "Geboren op of voor deze datum, als tekst vergeleken.",
    ),
    filter(
        "subjectNietNatuurlijkPersoon__innNnpId",
        KlantColumn::InnNnpId,
        Rule::Identity,
        "Het RSIN van de organisatie.",
    ),
    filter(
        "subjectNietNatuurlijkPersoon__annIdentificatie",
        KlantColumn::AnnIdentificatie,
        Rule::Identity,
        "De identificatie van een andere organisatie.",
    ),
    filter(
        "subjectVestiging__vestigingsNummer",
        KlantColumn::Vestigingsnummer,
        Rule::Identity,
        "Het nummer van de vestiging.",
    ),
];

/// A spelling of 1.0.0 beside the documented one.
const A_NUMMER: (&str, &str) = (
    "subjectNatuurlijkPersoon__inpANummer",
    "subjectNatuurlijkPersoon__inpA_nummer",
);

/// The documented name for a name in a request: that itself, its snake-case spelling, or the other A-nummer.
fn documented_name(name: &str) -> Option<&'static str> {
    if name == page::PARAMETER {
        return Some(page::PARAMETER);
    }
    let is_called = |documented: &str| documented == name || to_snake_case(documented) == name;
    FILTERS
        .iter()
        .map(|filter| filter.name)
        .find(|documented| is_called(documented))
        .or_else(|| is_called(A_NUMMER.0).then_some(A_NUMMER.1))
}

/// Reads the filters of a request. `ignore_unknown` is the setting that goes back to what 1.0.0 did with names it
/// does not know; each is logged by name then.
pub fn read(query: &Query, ignore_unknown: bool) -> Result<KlantFilter, Faults> {
    let mut faults = Faults::new();
    if ignore_unknown {
        for name in query.unknown(|name| documented_name(name).is_some()) {
            tracing::warn!(parameter = without_bsn(name), "unknown query parameter ignored");
        }
        query.check_values(|name| documented_name(name).is_some(), &mut faults);
    } else {
        query.check(|name| documented_name(name).is_some(), &mut faults);
    }
    let mut conditions = KlantFilter::default();
    for filter in &FILTERS {
        let given = query.last_of(|name| documented_name(name) == Some(filter.name));
        if let Some(value) = given.map(str::trim) {
            filter.add(value, &mut conditions, &mut faults);
        }
    }
    faults.into_result()?;
    Ok(conditions)
}

impl Filter {
    fn add(&self, value: &str, conditions: &mut KlantFilter, faults: &mut Faults) {
        if value.is_empty() {
            if self.rule == Rule::Identity {
                conditions.match_nothing();
            }
            return;
        }
        if let Err(code) = self.rule.check(value) {
            faults.add(self.name, code);
            return;
        }
        conditions.add(self.column, self.compare, value);
    }
}

/// The filters for the document.
pub fn parameters() -> Vec<Parameter> {
    let filters = FILTERS.iter().map(|filter| Parameter {
        name: filter.name,
        description: filter.description,
        kind: filter.rule.kind(),
        afwijking: filter.afwijking,
    });
    filters.chain([page::parameter()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_1_0_0_is_known() {
        for (name, documented) in [
            (
                "subjectNatuurlijkPersoon__inpA_nummer",
                Some("subjectNatuurlijkPersoon__inpA_nummer"),
            ),
            (
                "subjectNatuurlijkPersoon__inpANummer",
                Some("subjectNatuurlijkPersoon__inpA_nummer"),
            ),
            (
                "subject_natuurlijk_persoon__inp_bsn",
                Some("subjectNatuurlijkPersoon__inpBsn"),
            ),
            ("adres__woonplaats_naam", Some("adres__woonplaatsNaam")),
            ("subject_type", Some("subjectType")),
            ("page", Some("page")),
            ("inpBsn", None),
            ("pageSize", None),
            ("adres__woonplaatsnaam", None),
        ] {
            assert_eq!(documented_name(name), documented, "{name}");
        }
    }
}
