//! The filters of the list of klanten: read from an address, and in words.

use openklant_shared::domain::klant::SubjectType;
use openklant_shared::storage::klant_list::{ListFilter, Order};
use url::form_urlencoded;

use super::super::form::Fields;
use super::super::language::Text;
use super::super::list::Asked;
use super::super::moment;
use super::naam::soort;

/// The filters, and the order.
pub const NAMES: [&str; 6] = [
    "soort",
    "bronorganisatie",
    "aanmaakkanaal",
    "geverifieerd",
    "gewijzigd",
    ORDER,
];

const ORDER: &str = "volgorde";

/// The value of [`ORDER`] for by name.
const BY_NAME: &str = "naam";

/// Most characters of an aanmaakkanaal.
const AANMAAKKANAAL: usize = 50;

/// What was asked for, read.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// As the storage knows it.
    pub filter: ListFilter,
    /// In which order.
    pub order: Order,
}

/// Reads the filters of an address; what cannot be read is noted as wrong.
pub fn read(asked: &mut Asked) -> Chosen {
    Chosen {
        filter: ListFilter {
            soort: asked.read("soort", SubjectType::from_name),
            bronorganisatie: asked.read("bronorganisatie", |text| {
                let is_number = text.len() == 9 && text.bytes().all(|byte| byte.is_ascii_digit());
                is_number.then(|| text.to_owned())
            }),
            aanmaakkanaal: asked.read("aanmaakkanaal", |text| {
                let is_short = text.chars().count() <= AANMAAKKANAAL && !text.contains('\0');
                is_short.then(|| text.to_owned())
            }),
            geverifieerd: asked.read("geverifieerd", |text| match text {
                "ja" => Some(true),
                "nee" => Some(false),
                _ => None,
            }),
            changed_since: asked.read("gewijzigd", moment::typed),
        },
        order: asked
            .read(ORDER, |text| match text {
                BY_NAME => Some(Order::Name),
                "nieuwste" => Some(Order::Newest),
                _ => None,
            })
            .unwrap_or_default(),
    }
}

impl Chosen {
    /// Whether klanten are left out.
    pub fn is_filtered(&self) -> bool {
        self.filter != ListFilter::default()
    }

    /// The names of the filters that are set, for the log of reads.
    pub fn names(&self) -> Vec<&'static str> {
        let filter = &self.filter;
        let mut names = Vec::new();
        for (name, is_set) in [
            ("soort", filter.soort.is_some()),
            ("bronorganisatie", filter.bronorganisatie.is_some()),
            ("aanmaakkanaal", filter.aanmaakkanaal.is_some()),
            ("geverifieerd", filter.geverifieerd.is_some()),
            ("gewijzigd", filter.changed_since.is_some()),
        ] {
            if is_set {
                names.push(name);
            }
        }
        names
    }
}

/// The filters in words, a line each.
pub fn words(asked: &Asked, chosen: &Chosen) -> Vec<Text> {
    let filter = &chosen.filter;
    if !chosen.is_filtered() {
        return vec![Text::new("alle klanten", "all klanten")];
    }
    let given =
        |nl: &str, en: &str, value: &str| Text::made(format!("{nl}: {value}"), format!("{en}: {value}"));
    let kind = filter.soort.map(|kind| {
        let kind = soort(Some(kind));
        Text::in_both(|language| {
            format!(
                "{}: {}",
                language.pick("soort", "kind"),
                kind.in_language(language)
            )
        })
    });
    let bron = filter.bronorganisatie.as_deref();
    let kanaal = filter.aanmaakkanaal.as_deref();
    [
        kind,
        bron.map(|text| given("bronorganisatie", "bronorganisatie", text)),
        kanaal.map(|text| given("aanmaakkanaal", "aanmaakkanaal", text)),
        filter.geverifieerd.map(|yes| {
            if yes {
                Text::new("geverifieerd", "verified")
            } else {
                Text::new("niet geverifieerd", "not verified")
            }
        }),
        filter
            .changed_since
            .map(|_| given("gewijzigd sinds", "changed since", asked.value("gewijzigd"))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The kinds of subject with whether they were chosen, for a form.
pub fn kinds(asked: &Asked) -> Vec<(&'static str, Text, bool)> {
    SubjectType::ALL
        .into_iter()
        .map(|kind| (kind.name(), soort(Some(kind)), asked.has("soort", kind.name())))
        .collect()
}

/// What stands in an address after its `?`, with nothing in it but the filters of the list.
pub fn query(fields: &Fields) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        if NAMES.contains(&name.as_str()) && !value.trim().is_empty() {
            query.append_pair(name, value);
        }
    }
    query.finish()
}
