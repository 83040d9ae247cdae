//! What the rules of the API refuse, in sentences that say what to do about it. The API has one sentence per code; a person
//! before a form is helped by what belongs to the field.

use openklant_shared::domain::codes::{KLANT_UNIQUE, MAX_LENGTH, MAX_VALUE, MIN_VALUE};
use openklant_shared::domain::fault::{Fault, Faults};

use super::form::Form;
use super::language::{Language, Text};

/// Puts what is wrong into a form, each sentence once for a field. `label` names a field; `place` says where in the form a
/// fault belongs that is of no field, or of one that the form does not have.
pub fn tell(
    form: &mut Form,
    faults: &Faults,
    label: impl Fn(&str) -> Text,
    place: impl Fn(&Fault) -> Option<&'static str>,
) {
    for fault in faults.iter() {
        let field = place(fault).unwrap_or_else(|| without_index(&fault.name));
        let text = sentence(fault, &label(field));
        if form
            .errors()
            .iter()
            .all(|error| error.field != field || error.text != text)
        {
            form.refuse(field, text);
        }
    }
}

/// The field of an item of a list: `handelsnaam.0` is typed into `handelsnaam`.
fn without_index(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((list, index)) if index.bytes().all(|byte| byte.is_ascii_digit()) => list,
        _ => name,
    }
}

/// What to do about a fault of a field with this label.
pub fn sentence(fault: &Fault, label: &Text) -> Text {
    let name = without_index(&fault.name);
    let name = name.rsplit('.').next().unwrap_or(name);
    if let Some(text) = of_field(name, fault.code) {
        return text;
    }
    // Other pairs have to be unique too; only the sentence tells them apart.
    if fault.reason == KLANT_UNIQUE.reason {
        return Text::new(
            "Dit klantnummer is bij deze bronorganisatie al van een andere klant: kies een ander",
            "This klantnummer is another klant's with this bronorganisatie already: choose another",
        );
    }
    let limit: String = fault.reason.chars().filter(char::is_ascii_digit).collect();
    Text::in_both(|language| {
        let label = label.in_language(language);
        match fault.code {
            "required" | "blank" | "null" => match language {
                Language::Nl => format!("{label}: vul dit veld in"),
                Language::En => format!("{label}: fill in this field"),
            },
            MAX_LENGTH => match language {
                Language::Nl => format!("{label} is te lang: hoogstens {limit} tekens"),
                Language::En => format!("{label} is too long: at most {limit} characters"),
            },
            MAX_VALUE => match language {
                Language::Nl => format!("{label} is te hoog: hoogstens {limit}"),
                Language::En => format!("{label} is too high: at most {limit}"),
            },
            MIN_VALUE => match language {
                Language::Nl => format!("{label} is te laag: minstens {limit}"),
                Language::En => format!("{label} is too low: at least {limit}"),
            },
            "invalid_choice" => match language {
                Language::Nl => format!("{label}: kies een van de waarden"),
                Language::En => format!("{label}: choose one of the values"),
            },
            "does_not_exist" | "no_match" | "incorrect_match" => match language {
                Language::Nl => format!("{label}: dit is er niet op deze server"),
                Language::En => format!("{label}: there is no such thing on this server"),
            },
            "wijzigen-niet-toegelaten" => match language {
                Language::Nl => format!("{label} kan na het aanmaken niet meer veranderen"),
                Language::En => format!("{label} cannot change after it was made"),
            },
            _ => format!("{label}: {}", fault.reason.trim_end_matches('.')),
        }
    })
}

/// The last part of the name of a field, and a code: what to do.
fn of_field(name: &str, code: &str) -> Option<Text> {
    Some(match (name, code) {
        ("bronorganisatie", "required" | "blank") => Text::new(
            "Vul het RSIN van de bronorganisatie in",
            "Fill in the RSIN of the bronorganisatie",
        ),
        ("klantnummer", "required" | "blank") => Text::new("Vul een klantnummer in", "Fill in a klantnummer"),
        ("emailadres", "invalid") => Text::new(
            "Dit is geen e-mailadres: het heeft een @ en een domein, bijvoorbeeld naam@voorbeeld.nl",
            "This is no e-mail address: it has an @ and a domain, such as name@example.com",
        ),
        ("huisnummer" | "aoaHuisnummer", _) => Text::new(
            "Het huisnummer is een getal van 0 tot en met 99999",
            "The house number is a number from 0 to 99999",
        ),
        ("inpBsn", "invalid" | "only-digits" | "invalid-length" | MAX_LENGTH) => Text::new(
            "Dit is geen geldig BSN: negen cijfers, controleer ze",
            "This is no valid BSN: nine digits, check them",
        ),
        ("bronorganisatie" | "innNnpId", "invalid" | "only-digits" | "invalid-length" | MAX_LENGTH) => {
            Text::new(
                "Dit is geen geldig RSIN: negen cijfers, controleer ze",
                "This is no valid RSIN: nine digits, check them",
            )
        }
        ("inpANummer", _) => Text::new(
            "Een A-nummer heeft tien cijfers en begint niet met nul",
            "An A-nummer has ten digits and does not begin with zero",
        ),
        ("websiteUrl" | "subject" | "medewerker", "invalid") => Text::new(
            "Dit is geen webadres, bijvoorbeeld https://www.voorbeeld.nl",
            "This is no web address, such as https://www.example.com",
        ),
        ("subject", "bad-url") => Text::new(
            "Dit adres antwoordt niet, of er staat niets: controleer het",
            "This address does not answer, or there is nothing: check it",
        ),
        ("registratiedatum", _) => Text::new(
            "Vul datum en tijd in, bijvoorbeeld 2026-11-25 09:30",
            "Fill in date and time, such as 2026-11-25 09:30",
        ),
        (_, "invalid-subject") => Text::new(
            "Vul iets in waaraan de klant te herkennen is, zoals een BSN, RSIN of vestigingsnummer, of een subject",
            "Fill in something to tell the klant by, such as a BSN, RSIN or number of a branch, or a subject",
        ),
        (_, "invalid-medewerker") => {
            Text::new("Vul in wie de medewerker was", "Fill in who the employee was")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use openklant_shared::domain::codes;

    use super::*;

    fn told(faults: &Faults) -> Vec<(String, String)> {
        let mut form = Form::default();
        let label = |field: &str| Text::same(field.to_owned());
        tell(&mut form, faults, label, |fault| {
            (fault.code == "unique").then_some("klantnummer")
        });
        let errors = form.errors().iter();
        errors
            .map(|error| {
                (
                    error.field.clone(),
                    error.text.in_language(Language::En).to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn a_field_is_told_of_one_thing_once_and_where_it_is_typed() {
        let mut faults = Faults::of("bronorganisatie", codes::INVALID_LENGTH);
        faults.add("bronorganisatie", codes::ELFPROEF);
        faults.push(Fault {
            name: "s.handelsnaam.12".to_owned(),
            code: MAX_LENGTH,
            reason: "Hoogstens 625 tekens.".into(),
        });
        faults.add("nonFieldErrors", KLANT_UNIQUE);
        let expected = [
            (
                "bronorganisatie",
                "This is no valid RSIN: nine digits, check them",
            ),
            (
                "s.handelsnaam",
                "s.handelsnaam is too long: at most 625 characters",
            ),
            (
                "klantnummer",
                "This klantnummer is another klant's with this bronorganisatie already: choose another",
            ),
        ];
        let expected = expected.map(|(field, text)| (field.to_owned(), text.to_owned()));
        assert_eq!(told(&faults), expected);
    }
}
