//! The parameter `expand` (AFWIJKING of Open Klant): shows relations in full instead of by their URL. One value, the
//! parameter repeated, or a comma list; every value is checked; for reading only (decision 9).

use openklant_shared::domain::codes;
use openklant_shared::domain::fault::Faults;

use crate::zgw::document::{Kind, Parameter};
use crate::zgw::query::Query;

/// Name of the parameter.
pub const PARAMETER: &str = "expand";

const KLANTCONTACTMOMENTEN: &str = "klantcontactmomenten";
const OBJECTCONTACTMOMENTEN: &str = "objectcontactmomenten";

/// What to show in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expand {
    /// The relations to klanten.
    pub klantcontactmomenten: bool,
    /// The relations to objects.
    pub objectcontactmomenten: bool,
}

impl Expand {
    /// Reads the parameter.
    pub fn read(query: &Query, faults: &mut Faults) -> Self {
        let mut expand = Self::default();
        for value in query.all(PARAMETER).filter(|value| !value.is_empty()) {
            match value {
                KLANTCONTACTMOMENTEN => expand.klantcontactmomenten = true,
                OBJECTCONTACTMOMENTEN => expand.objectcontactmomenten = true,
                _ => {
                    faults.add(PARAMETER, codes::INVALID_CHOICE);
                    break;
                }
            }
        }
        expand
    }
}

/// The parameter for the document.
pub fn parameters() -> Vec<Parameter> {
    vec![Parameter {
        name: PARAMETER,
        description: "Toont deze relaties volledig in plaats van als URL. Herhaal de parameter, of scheid waarden met \
                      een komma, voor meer dan een.",
        kind: Kind::Choice(&[KLANTCONTACTMOMENTEN, OBJECTCONTACTMOMENTEN]),
        afwijking: true,
    }]
}
