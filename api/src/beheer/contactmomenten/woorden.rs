//! A contactmoment in words.

use openklant_shared::domain::contactmoment::{Contactmoment, MedewerkerIdentificatie};

use super::super::language::Text;
use super::super::moment;

/// Kanalen that have a word of their own for the contact; the standard leaves their names free.
const KANALEN: [(&str, &str, &str); 12] = [
    ("telefoon", "Telefoongesprek", "Telephone call"),
    ("telefonisch", "Telefoongesprek", "Telephone call"),
    ("e-mail", "E-mail", "E-mail"),
    ("email", "E-mail", "E-mail"),
    ("mail", "E-mail", "E-mail"),
    ("balie", "Bezoek aan de balie", "Visit to the desk"),
    ("brief", "Brief", "Letter"),
    ("post", "Brief", "Letter"),
    ("chat", "Chatgesprek", "Chat"),
    ("webformulier", "Webformulier", "Web form"),
    ("formulier", "Formulier", "Form"),
    ("videobellen", "Videogesprek", "Video call"),
];

/// What kind of contact it was: the word for its kanaal, or the kanaal as it was given.
pub fn in_words(kanaal: &str) -> Text {
    let name = kanaal.trim();
    if name.is_empty() {
        return Text::new("Contactmoment", "Contactmoment");
    }
    let lower = name.to_lowercase();
    KANALEN
        .iter()
        .find(|(known, _, _)| *known == lower)
        .map_or_else(|| Text::same(name), |(_, nl, en)| Text::new(nl, en))
}

/// `Telefoongesprek, 25 november 2026 09:30`.
pub fn heading(contactmoment: &Contactmoment) -> Text {
    let kind = in_words(&contactmoment.kanaal);
    Text::in_both(|language| {
        let at = contactmoment.registratiedatum;
        format!(
            "{}, {} {}",
            kind.in_language(language),
            moment::day(at, language),
            moment::clock(at, false)
        )
    })
}

/// The title of a page about it: nothing of what anybody typed.
pub fn title(contactmoment: &Contactmoment) -> Text {
    Text::in_both(|language| {
        let at = contactmoment.registratiedatum;
        format!(
            "Contactmoment, {} {}",
            moment::day(at, language),
            moment::clock(at, false)
        )
    })
}

/// Who of the organisation it was: a name, an identification, or the end of a URL.
pub fn medewerker(url: &str, identificatie: Option<&MedewerkerIdentificatie>) -> String {
    let Some(medewerker) = identificatie else {
        return url.to_owned();
    };
    let parts = [
        &medewerker.voorletters,
        &medewerker.voorvoegsel_achternaam,
        &medewerker.achternaam,
    ];
    let name: Vec<&str> = parts
        .into_iter()
        .map(String::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    match (name.is_empty(), medewerker.identificatie.is_empty()) {
        (false, _) => name.join(" "),
        (true, false) => medewerker.identificatie.clone(),
        (true, true) => url.to_owned(),
    }
}

/// Who sought the contact.
pub fn initiatief(initiatiefnemer: &str) -> Text {
    match initiatiefnemer {
        "gemeente" => Text::new("gemeente", "municipality"),
        "klant" => Text::new("klant", "klant"),
        other => Text::same(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beheer::language::Language;

    #[test]
    fn a_kanaal_has_a_word_or_is_its_own() {
        for (kanaal, nl) in [
            ("Telefoon", "Telefoongesprek"),
            (" BALIE ", "Bezoek aan de balie"),
            ("postduif", "postduif"),
            ("", "Contactmoment"),
        ] {
            assert_eq!(in_words(kanaal).in_language(Language::Nl), nl);
        }
    }

    #[test]
    fn an_employee_is_a_name_an_identification_or_an_address() {
        let url = "https://elders.example/mw/1";
        let mut who = MedewerkerIdentificatie::default();
        assert_eq!(medewerker(url, None), url);
        assert_eq!(medewerker(url, Some(&who)), url);
        who.identificatie = "m42".to_owned();
        assert_eq!(medewerker("", Some(&who)), "m42");
        who.voorletters = "F.J.".to_owned();
        who.achternaam = "Molenaar".to_owned();
        assert_eq!(medewerker("", Some(&who)), "F.J. Molenaar");
    }
}
