//! The filters and the order of the list of contactmomenten: one table that reads them, documents them and says what
//! each is for (behaviour of Open Klant 1.0.0, section 5.4).

use openklant_shared::domain::codes;
use openklant_shared::domain::contactmoment::INITIATIEFNEMERS;
use openklant_shared::domain::fault::Faults;
use openklant_shared::domain::moment::parse_moment;
use openklant_shared::storage::contactmoment_filter::{
    ContactmomentFilter, Direction, Order, OrderColumn, TextColumn,
};
use openklant_shared::storage::klant_filter::Compare;

use super::{COLLECTION, expand};
use crate::contactmomenten::klantcontactmoment::klant_link;
use crate::zgw::document::{Kind, Parameter};
use crate::zgw::fields::to_snake_case;
use crate::zgw::filter::{LinkFilter, Rule, link_filter};
use crate::zgw::links::OwnLinks;
use crate::zgw::page;
use crate::zgw::query::Query;

/// One filter.
struct Filter {
    name: &'static str,
    subject: Subject,
    rule: Rule,
    afwijking: bool,
    description: &'static str,
}

/// What a filter is about.
#[derive(Clone, Copy)]
enum Subject {
    Text(TextColumn),
    Registratiedatum(Compare),
    Vorig,
    Volgend,
    Klanten,
    Objecten,
}

const fn standard(name: &'static str, subject: Subject, rule: Rule, description: &'static str) -> Filter {
    Filter {
        name,
        subject,
        rule,
        afwijking: false,
        description,
    }
}

const fn afwijking(name: &'static str, subject: Subject, description: &'static str) -> Filter {
    Filter {
        name,
        subject,
        rule: Rule::Text,
        afwijking: true,
        description,
    }
}

use Subject::{Klanten, Objecten, Registratiedatum, Text, Volgend, Vorig};

/// Every filter, in the order of the contract.
static FILTERS: [Filter; 19] = [
    standard(
        "vorigContactmoment",
        Vorig,
        Rule::Link,
        "De URL van het contactmoment waarop het volgt.",
    ),
    standard(
        "volgendContactmoment",
        Volgend,
        Rule::Link,
        "De URL van het contactmoment dat erop volgt.",
    ),
    standard(
        "bronorganisatie",
        Text(TextColumn::Bronorganisatie),
        Rule::Rsin,
        "Het RSIN van de organisatie die het contactmoment registreerde.",
    ),
    standard(
        "registratiedatum",
        Registratiedatum(Compare::Equal),
        Rule::Moment,
        "Het moment van het contact.",
    ),
    standard(
        "registratiedatum__gt",
        Registratiedatum(Compare::Greater),
        Rule::Moment,
        "Na dit moment.",
    ),
    standard(
        "registratiedatum__gte",
        Registratiedatum(Compare::GreaterOrEqual),
        Rule::Moment,
        "Op of na dit moment.",
    ),
    standard(
        "registratiedatum__lt",
        Registratiedatum(Compare::Less),
        Rule::Moment,
        "Voor dit moment.",
    ),
    standard(
        "registratiedatum__lte",
        Registratiedatum(Compare::LessOrEqual),
        Rule::Moment,
        "Op of voor dit moment.",
    ),
    standard(
        "kanaal",
        Text(TextColumn::Kanaal),
        Rule::Text,
        "Het kanaal waarover het contact was.",
    ),
    standard(
        "voorkeurskanaal",
        Text(TextColumn::Voorkeurskanaal),
        Rule::Text,
        "Het kanaal dat de klant liever heeft.",
    ),
    standard(
        "voorkeurstaal",
        Text(TextColumn::Voorkeurstaal),
        Rule::Text,
        "De taal die de klant liever heeft.",
    ),
    standard(
        "initiatiefnemer",
        Text(TextColumn::Initiatiefnemer),
        Rule::Choice(&INITIATIEFNEMERS),
        "Wie het contact zocht.",
    ),
    standard(
        "medewerker",
        Text(TextColumn::Medewerker),
        Rule::Uri,
        "De URL van de medewerker.",
    ),
    afwijking(
        "medewerkerIdentificatie__identificatie",
        Text(TextColumn::MedewerkerIdentificatie),
        "De identificatie van de medewerker.",
    ),
    afwijking(
        "medewerkerIdentificatie__achternaam",
        Text(TextColumn::MedewerkerAchternaam),
        "De achternaam van de medewerker.",
    ),
    afwijking(
        "medewerkerIdentificatie__voorletters",
        Text(TextColumn::MedewerkerVoorletters),
        "De voorletters van de medewerker.",
    ),
    afwijking(
        "medewerkerIdentificatie__voorvoegselAchternaam",
        Text(TextColumn::MedewerkerVoorvoegsel),
        "Het voorvoegsel van de achternaam van de medewerker.",
    ),
    afwijking(
        "object",
        Objecten,
        "De URL van een object waar het over gaat; meer dan een met komma's ertussen.",
    ),
    afwijking(
        "klant",
        Klanten,
        "De URL van een klant die deelnam; meer dan een met komma's ertussen.",
    ),
];

/// The most values of a filter that takes several: no database takes them without end.
const MAX_VALUES: usize = 1000;

/// Name of the parameter that orders.
const ORDERING: &str = "ordering";

/// The parameters that take several values, which a search by POST may give as a list.
pub const LISTS: [&str; 4] = ["object", "klant", ORDERING, expand::PARAMETER];

/// Names to order by; the snake-case spellings of 1.0.0 work too.
const ORDER_COLUMNS: [(&str, OrderColumn); 11] = [
    ("url", OrderColumn::Url),
    ("bronorganisatie", OrderColumn::Bronorganisatie),
    ("klant", OrderColumn::Klant),
    ("registratiedatum", OrderColumn::Registratiedatum),
    ("kanaal", OrderColumn::Kanaal),
    ("voorkeurskanaal", OrderColumn::Voorkeurskanaal),
    ("tekst", OrderColumn::Tekst),
    ("onderwerpLinks", OrderColumn::OnderwerpLinks),
    ("initiatiefnemer", OrderColumn::Initiatiefnemer),
    ("medewerker", OrderColumn::Medewerker),
    ("medewerkerIdentificatie", OrderColumn::MedewerkerIdentificatie),
];

/// What a list request asks for, besides its page.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Which contactmomenten.
    pub filter: ContactmomentFilter,
    /// In which order.
    pub order: Order,
    /// What to show in full.
    pub expand: expand::Expand,
}

fn is_known(name: &str) -> bool {
    [page::PARAMETER, ORDERING, expand::PARAMETER].contains(&name)
        || FILTERS.iter().any(|filter| filter.name == name)
}

/// Reads filters, order and expand of a request. Unknown names come first: nothing else is told beside them.
pub fn read(query: &Query, links: OwnLinks<'_>) -> Result<Asked, Faults> {
    let mut faults = Faults::new();
    query.check(is_known, &mut faults);
    faults.into_result()?;
    let mut faults = Faults::new();
    let mut filter = ContactmomentFilter::default();
    for known in &FILTERS {
        if let Some(value) = query.last(known.name) {
            known.add(value.trim(), links, &mut filter, &mut faults);
        }
    }
    let order = read_order(query, &mut faults);
    let expand = expand::Expand::read(query, &mut faults);
    faults.into_result()?;
    Ok(Asked {
        filter,
        order,
        expand,
    })
}

impl Filter {
    fn add(&self, value: &str, links: OwnLinks<'_>, filter: &mut ContactmomentFilter, faults: &mut Faults) {
        if let Vorig | Volgend = self.subject {
            match link_filter(value, links, COLLECTION) {
                Ok(LinkFilter::Object(uuid)) if matches!(self.subject, Vorig) => filter.follows_on(uuid),
                Ok(LinkFilter::Object(uuid)) => filter.followed_by(uuid),
                Ok(LinkFilter::Nothing) => filter.match_nothing(),
                Err(code) => faults.add(self.name, code),
            }
            return;
        }
        if value.is_empty() {
            return;
        }
        if let Err(code) = self.rule.check(value) {
            faults.add(self.name, code);
            return;
        }
        let parts = || value.split(',').map(str::trim).filter(|part| !part.is_empty());
        if let Klanten | Objecten = self.subject
            && parts().nth(MAX_VALUES).is_some()
        {
            faults.add(self.name, codes::TOO_MANY_VALUES);
            return;
        }
        match self.subject {
            Text(column) => filter.text(column, value),
            Registratiedatum(compare) => {
                if let Some(moment) = parse_moment(value) {
                    filter.registratiedatum(compare, moment);
                }
            }
            Klanten => filter.klanten(parts().map(|url| klant_link(url, links)).collect()),
            Objecten => filter.objecten(parts().map(str::to_owned).collect()),
            Vorig | Volgend => {}
        }
    }
}

fn read_order(query: &Query, faults: &mut Faults) -> Order {
    let names = query.last(ORDERING).unwrap_or_default();
    let mut columns = Vec::new();
    for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let (direction, name) = match name.strip_prefix('-') {
            Some(name) => (Direction::Descending, name),
            None => (Direction::Ascending, name),
        };
        let column = ORDER_COLUMNS
            .iter()
            .find(|(known, _)| *known == name || to_snake_case(known) == name);
        let Some((_, column)) = column else {
            faults.add(ORDERING, codes::INVALID_CHOICE);
            break;
        };
        // What already decided has nothing left to decide.
        if !columns.iter().any(|(known, _)| known == column) {
            columns.push((*column, direction));
        }
    }
    Order::by(columns)
}

/// The parameters for the document.
pub fn parameters() -> Vec<Parameter> {
    let filters = FILTERS.iter().map(|filter| Parameter {
        name: filter.name,
        description: filter.description,
        kind: match filter.subject {
            // A comma list is no single URL.
            Klanten | Objecten => Kind::Text,
            _ => filter.rule.kind(),
        },
        afwijking: filter.afwijking,
    });
    let ordering = Parameter {
        name: ORDERING,
        description: "De velden om op te sorteren, met komma's ertussen; een `-` ervoor sorteert aflopend.",
        kind: Kind::Text,
        afwijking: false,
    };
    filters
        .chain([ordering])
        .chain(expand::parameters())
        .chain([page::parameter()])
        .collect()
}
