//! What a klant can be found by.

use std::collections::BTreeSet;

use super::super::klant::{Identificatie, Klant, SubjectType};
use super::Soort;
use super::text::{plain, telephone};

/// Most words of a name that it is found by, and most characters of a name that are kept.
const MOST_WORDS: usize = 5;
const MOST_CHARACTERS: usize = 80;

/// A normalised value of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Term {
    /// Of which kind.
    pub soort: Soort,
    /// The value.
    pub waarde: String,
}

/// Every value that a klant is found by, each once. A klant always has one: its number.
pub fn terms(klant: &Klant) -> BTreeSet<Term> {
    let mut found = Terms::default();
    found.exact(Soort::Klantnummer, plain(&klant.klantnummer));
    found.exact(Soort::Telefoonnummer, telephone(&klant.telefoonnummer));
    found.exact(Soort::Emailadres, klant.emailadres.trim().to_lowercase());
    found.name(&klant.bedrijfsnaam);
    found.name(&klant.achternaam);
    found.prefixed_name(&klant.voorvoegsel_achternaam, &klant.achternaam);
    found.first_name(&klant.voornaam);
    found.cut(Soort::Volgorde, &order(klant));
    match &klant.identificatie {
        Some(Identificatie::NatuurlijkPersoon(persoon)) => {
            found.exact(Soort::Bsn, plain(&persoon.inp_bsn));
            found.exact(Soort::ANummer, plain(&persoon.inp_a_nummer));
            found.name(&persoon.geslachtsnaam);
            found.prefixed_name(&persoon.voorvoegsel_geslachtsnaam, &persoon.geslachtsnaam);
            found.first_name(&persoon.voornamen);
        }
        Some(Identificatie::NietNatuurlijkPersoon(organisatie)) => {
            found.exact(Soort::Rsin, plain(&organisatie.inn_nnp_id));
            found.name(&organisatie.statutaire_naam);
        }
        Some(Identificatie::Vestiging(vestiging)) => {
            found.exact(Soort::Vestigingsnummer, plain(&vestiging.vestigings_nummer));
            for naam in &vestiging.handelsnaam {
                found.name(naam);
            }
        }
        None => {}
    }
    found.0
}

/// What a klant is sorted by: surname and first name of a person, the name of an organisation, or else its number.
fn order(klant: &Klant) -> String {
    let of_person = joined(&klant.achternaam, &klant.voornaam);
    let of_identification = match &klant.identificatie {
        Some(Identificatie::NatuurlijkPersoon(persoon)) => joined(&persoon.geslachtsnaam, &persoon.voornamen),
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
        .find(|naam| !naam.trim().is_empty())
        .unwrap_or_else(|| klant.klantnummer.clone())
}

fn joined(naam: &str, voornaam: &str) -> String {
    format!("{naam} {voornaam}")
}

#[derive(Default)]
struct Terms(BTreeSet<Term>);

impl Terms {
    fn exact(&mut self, soort: Soort, waarde: String) {
        if !waarde.is_empty() {
            self.0.insert(Term { soort, waarde });
        }
    }

    /// A name is found by the beginning of each of its words.
    fn name(&mut self, name: &str) {
        let name: String = plain(name).chars().take(MOST_CHARACTERS).collect();
        let words = name
            .match_indices(' ')
            .map(|(space, _)| space + 1)
            .take(MOST_WORDS - 1);
        for begin in std::iter::once(0).chain(words) {
            let from_here = name.get(begin..).unwrap_or_default().to_owned();
            self.exact(Soort::Naam, from_here);
        }
    }

    /// `van Waterland`, which [`Self::name`] of the surname does not have.
    fn prefixed_name(&mut self, prefix: &str, name: &str) {
        if !prefix.is_empty() && !name.is_empty() {
            self.name(&format!("{prefix} {name}"));
        }
    }

    fn first_name(&mut self, name: &str) {
        self.cut(Soort::Voornaam, name);
    }

    fn cut(&mut self, soort: Soort, name: &str) {
        let name: String = plain(name).chars().take(MOST_CHARACTERS).collect();
        self.exact(soort, name);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::klant::{NatuurlijkPersoon, Vestiging};
    use super::*;

    fn texts(klant: &Klant) -> Vec<String> {
        terms(klant)
            .into_iter()
            .map(|term| format!("{}={}", term.soort.name(), term.waarde))
            .collect()
    }

    #[test]
    fn a_person_is_found_by_numbers_and_by_each_word_of_the_surname() {
        let klant = Klant {
            klantnummer: "K0001".to_owned(),
            voornaam: "Fenna".to_owned(),
            voorvoegsel_achternaam: "van".to_owned(),
            achternaam: "Waterland-Élan".to_owned(),
            telefoonnummer: "+31 6 1234 5678".to_owned(),
            emailadres: "Fenna@Voorbeeld.example".to_owned(),
            identificatie: Some(Identificatie::NatuurlijkPersoon(NatuurlijkPersoon {
                inp_bsn: "111222333".to_owned(),
                geslachtsnaam: "Waterland-Élan".to_owned(),
                ..NatuurlijkPersoon::default()
            })),
            ..Klant::default()
        };
        assert_eq!(
            texts(&klant),
            [
                "bsn=111222333",
                "klantnummer=k0001",
                "telefoonnummer=612345678",
                "emailadres=fenna@voorbeeld.example",
                "naam=van waterland-elan",
                "naam=waterland-elan",
                "voornaam=fenna",
                "volgorde=waterland-elan fenna",
            ]
        );
    }

    #[test]
    fn a_branch_is_found_by_each_of_its_names_and_a_long_name_is_cut() {
        let klant = Klant {
            klantnummer: "1".to_owned(),
            identificatie: Some(Identificatie::Vestiging(Vestiging {
                vestigings_nummer: "000012345678".to_owned(),
                handelsnaam: vec!["Bakkerij Waterland".to_owned(), "a b c d e f ".repeat(100)],
                ..Vestiging::default()
            })),
            ..Klant::default()
        };
        let texts = texts(&klant);
        assert!(texts.contains(&"vestigingsnummer=000012345678".to_owned()));
        assert!(
            texts.contains(&"naam=bakkerij waterland".to_owned())
                && texts.contains(&"naam=waterland".to_owned())
        );
        assert!(texts.contains(&"volgorde=bakkerij waterland".to_owned()));
        assert_eq!(texts.len(), 5 + MOST_WORDS);
        assert!(texts.iter().all(|text| text.len() < 100));
    }

    #[test]
    fn a_klant_without_anything_is_found_by_its_number() {
        let klant = Klant {
            klantnummer: "A 1".to_owned(),
            ..Klant::default()
        };
        assert_eq!(texts(&klant), ["klantnummer=a 1", "volgorde=a 1"]);
    }
}
