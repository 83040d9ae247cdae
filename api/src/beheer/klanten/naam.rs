//! A klant in words: the name, the kind, and the number that tells namesakes apart.

use openklant_shared::domain::difference::mask;
use openklant_shared::domain::klant::{Identificatie, Klant, SubjectType};

use super::super::language::Text;

/// The name as people say it; `Klant K0001` for one without a name.
pub fn naam(klant: &Klant) -> String {
    let of_person = joined(&[&klant.voornaam, &klant.voorvoegsel_achternaam, &klant.achternaam]);
    let of_identification = match &klant.identificatie {
        Some(Identificatie::NatuurlijkPersoon(persoon)) => {
            let first = if persoon.voornamen.is_empty() {
                &persoon.voorletters
            } else {
                &persoon.voornamen
            };
            joined(&[first, &persoon.voorvoegsel_geslachtsnaam, &persoon.geslachtsnaam])
        }
        Some(Identificatie::NietNatuurlijkPersoon(organisatie)) => organisatie.statutaire_naam.clone(),
        Some(Identificatie::Vestiging(vestiging)) => vestiging
            .handelsnaam
            .iter()
            .find(|naam| !naam.is_empty())
            .cloned()
            .unwrap_or_default(),
        None => String::new(),
    };
    let is_person = matches!(
        klant.subject_type.kind(),
        None | Some(SubjectType::NatuurlijkPersoon)
    );
    let in_order = if is_person {
        [of_person, of_identification, klant.bedrijfsnaam.clone()]
    } else {
        [of_identification, klant.bedrijfsnaam.clone(), of_person]
    };
    in_order
        .into_iter()
        .find(|naam| !naam.is_empty())
        .unwrap_or_else(|| format!("Klant {}", klant.klantnummer))
}

fn joined(parts: &[&String]) -> String {
    let parts: Vec<&str> = parts
        .iter()
        .map(|part| part.trim())
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}

/// The kind of subject in words.
pub const fn soort(kind: Option<SubjectType>) -> Text {
    match kind {
        Some(SubjectType::NatuurlijkPersoon) => Text::new("natuurlijk persoon", "natural person"),
        Some(SubjectType::NietNatuurlijkPersoon) => Text::new("niet-natuurlijk persoon", "legal person"),
        Some(SubjectType::Vestiging) => Text::new("vestiging", "branch"),
        None => Text::new("onbekend", "unknown"),
    }
}

/// A number that identifies, ready to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nummer {
    /// What it is; empty: there is none.
    pub soort: &'static str,
    /// The number, with dots when it is masked.
    pub value: String,
    /// Whether it is masked.
    pub masked: bool,
}

/// The number of a klant for a list: a BSN is masked.
pub fn nummer(klant: &Klant) -> Nummer {
    let (soort, nummer, masked) = match &klant.identificatie {
        Some(Identificatie::NatuurlijkPersoon(persoon)) => ("BSN", mask(&persoon.inp_bsn), true),
        Some(Identificatie::NietNatuurlijkPersoon(organisatie)) => {
            ("RSIN", organisatie.inn_nnp_id.clone(), false)
        }
        Some(Identificatie::Vestiging(vestiging)) => {
            ("vestiging", vestiging.vestigings_nummer.clone(), false)
        }
        None => return Nummer::default(),
    };
    if nummer.is_empty() {
        return Nummer::default();
    }
    Nummer {
        soort,
        value: nummer,
        masked,
    }
}

/// The town, of the address or of where the subject lives.
pub fn woonplaats(klant: &Klant) -> String {
    let of_address = klant.adres.as_ref().map(|adres| adres.woonplaatsnaam.clone());
    let lives = match &klant.identificatie {
        Some(Identificatie::NatuurlijkPersoon(persoon)) => persoon.verblijfsadres.as_ref(),
        Some(Identificatie::Vestiging(vestiging)) => vestiging.verblijfsadres.as_ref(),
        _ => None,
    };
    of_address
        .filter(|naam| !naam.is_empty())
        .or_else(|| lives.map(|adres| adres.wpl_woonplaats_naam.clone()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use openklant_shared::domain::klant::{NatuurlijkPersoon, SubjectTypeField, Vestiging};

    use super::*;

    #[test]
    fn a_klant_has_the_best_name_there_is() {
        let mut klant = Klant {
            klantnummer: "K0001".to_owned(),
            ..Klant::default()
        };
        assert_eq!(naam(&klant), "Klant K0001");
        klant.bedrijfsnaam = "Waterland B.V.".to_owned();
        assert_eq!(naam(&klant), "Waterland B.V.");
        klant.voorvoegsel_achternaam = "van".to_owned();
        klant.achternaam = "Waterland".to_owned();
        assert_eq!(naam(&klant), "van Waterland");
        klant.subject_type = SubjectTypeField::Of(SubjectType::Vestiging);
        klant.identificatie = Some(Identificatie::Vestiging(Vestiging {
            handelsnaam: vec![String::new(), "Bakkerij".to_owned()],
            ..Vestiging::default()
        }));
        assert_eq!(naam(&klant), "Bakkerij");
    }

    #[test]
    fn a_bsn_is_masked_and_an_empty_number_is_none() {
        let mut klant = Klant {
            identificatie: Some(Identificatie::NatuurlijkPersoon(NatuurlijkPersoon {
                inp_bsn: "111222333".to_owned(),
                voornamen: "Fenna".to_owned(),
                geslachtsnaam: "Waterland".to_owned(),
                ..NatuurlijkPersoon::default()
            })),
            ..Klant::default()
        };
        assert_eq!(nummer(&klant).value, "•••••••33");
        assert_eq!(naam(&klant), "Fenna Waterland");
        klant.identificatie = Some(Identificatie::NatuurlijkPersoon(NatuurlijkPersoon::default()));
        assert_eq!(nummer(&klant), Nummer::default());
    }
}
