//! Somebody else changed the klant while this person typed: three values a field. What only one of the two changed is put
//! together; what both changed is asked, with what stands in the register chosen until somebody chooses otherwise.

use askama::Template;
use openklant_shared::domain::applicatie::Component;
use openklant_shared::domain::audittrail::AuditRow;
use openklant_shared::domain::difference::mask;
use openklant_shared::storage::audittrail;
use poem::Response;
use poem::http::StatusCode;
use serde_json::Value;

use super::super::confirm::VERSION;
use super::super::filters;
use super::super::form::{Fields, Form};
use super::super::language::{Language, Text};
use super::super::moment;
use super::super::page::Frame;
use super::super::problem::Problem;
use super::super::visit::Visit;
use super::formulier::{TOELICHTING, choice_in_words};
use super::stand::{Stand, seen};
use super::velden::{Kind, Veld, velden};
use super::wijzigen;
use super::woorden::label;
use crate::zgw::body::JsonObject;

/// Most changes of others that are told apart; of more, what stood there before is not known.
const MOST: i64 = 100;

/// Before the name of a field: which of the two values.
const CHOICE: &str = "keuze.";

/// Before the name of a field: the value of the register, which was seen.
const REGISTER: &str = "register.";

/// Choosing what oneself typed.
const OWN: &str = "eigen";

/// What a form of this page means as one of the ordinary form: the choices made.
pub fn chosen(fields: &Fields) -> Fields {
    let is_own = |name: &str| {
        let mut choices = fields
            .iter()
            .filter(|(field, _)| field.strip_prefix(CHOICE) == Some(name));
        choices.any(|(_, value)| value == OWN)
    };
    let of_register: Vec<(&str, &str)> = fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(REGISTER)?, value.as_str())))
        .filter(|(name, _)| !is_own(name))
        .collect();
    let stays = |name: &str| {
        !name.starts_with(CHOICE)
            && !name.starts_with(REGISTER)
            && of_register.iter().all(|(other, _)| *other != name)
    };
    let typed = fields.iter().filter(|(name, _)| stays(name)).cloned();
    let stored = of_register
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    typed.chain(stored).collect()
}

/// A value of a field, in words.
struct Said {
    text: Text,
    /// Instead of the text, when it is not empty.
    masked: String,
}

/// A field that both changed.
struct Both {
    name: &'static str,
    label: Text,
    /// `None`: nobody knows any more.
    stood: Option<Said>,
    stands: Said,
    typed: Said,
    of: Text,
}

/// A field that one changed.
struct One {
    label: Text,
    value: Said,
    whose: Text,
}

#[derive(Template)]
#[template(path = "beheer/klanten/botsing.html")]
struct View {
    frame: Frame,
    what: Text,
    both: Vec<Both>,
    one: Vec<One>,
    hidden: Vec<(String, String)>,
    back: String,
}

/// What others did since the form was shown.
struct Others {
    /// Newest first.
    rows: Vec<AuditRow>,
    /// What stood there; `None`: nobody knows any more.
    base: Option<JsonObject>,
}

/// 409: what to choose. Nothing to save after all leads back to the klant.
pub async fn show(visit: &Visit, form: &Form, now: &Stand) -> Result<Response, Problem> {
    let others = others(visit, form, now).await?;
    let base = others.base.as_ref();
    let (mut both, mut one, mut hidden) = (Vec::new(), Vec::new(), Vec::new());
    let (mut mine, mut theirs) = (0, 0);
    for veld in velden(now.kind()) {
        let stands = veld.stored(&now.body);
        let stood = base.map(|base| veld.stored(base));
        let is_theirs = stood.as_ref().is_some_and(|stood| *stood != stands);
        theirs += i64::from(is_theirs);
        let typed = veld
            .typed(form)
            .filter(|typed| *typed != stands && stood.as_ref().is_none_or(|stood| typed != stood));
        let Some(typed) = typed else {
            if is_theirs {
                one.push(One {
                    label: label(veld.name),
                    value: said(veld, &stands, true),
                    whose: change_of(&others, veld),
                });
            }
            if veld.kind != Kind::Sealed {
                hidden.push((veld.name.to_owned(), stands));
            }
            continue;
        };
        mine += 1;
        if is_theirs || stood.is_none() {
            let of_register = if veld.kind == Kind::Sealed { "" } else { &stands };
            hidden.push((format!("{REGISTER}{}", veld.name), of_register.to_owned()));
            both.push(Both {
                name: veld.name,
                label: label(veld.name),
                stood: stood.map(|stood| said(veld, &stood, true)),
                stands: said(veld, &stands, true),
                typed: said(veld, &typed, false),
                of: from(&others, veld),
            });
        } else {
            one.push(One {
                label: label(veld.name),
                value: said(veld, &typed, false),
                whose: Text::new("uw wijziging", "your change"),
            });
        }
        hidden.push((veld.name.to_owned(), typed));
    }
    let uuid = now.klant.uuid;
    if mine == 0 {
        return wijzigen::nothing_changed(visit, uuid).await;
    }
    hidden.retain(|(name, text)| name.starts_with(REGISTER) || !text.is_empty() || name != "geverifieerd");
    hidden.push((TOELICHTING.to_owned(), form.value(TOELICHTING).to_owned()));
    hidden.push((VERSION.to_owned(), now.version.to_string()));
    let number = &now.klant.klantnummer;
    let mut frame = wijzigen::frame(visit, now);
    frame.title = match visit.language {
        Language::Nl => format!("Intussen gewijzigd: klant {number}"),
        Language::En => format!("Changed meanwhile: klant {number}"),
    };
    let view = View {
        frame,
        what: what(visit, &others, theirs),
        both,
        one,
        hidden,
        back: format!("/klanten/{uuid}"),
    };
    visit.show_as(StatusCode::CONFLICT, &view)
}

async fn others(visit: &Visit, form: &Form, now: &Stand) -> Result<Others, Problem> {
    let Some(seen) = seen(form) else {
        return Ok(Others {
            rows: Vec::new(),
            base: None,
        });
    };
    let mut tx = visit.state.db.snapshot().await?;
    let rows = audittrail::list_back(&mut tx, Component::Kc, now.klant.uuid, now.version + 1, MOST).await?;
    tx.rollback().await?;
    let is_full = rows.len() >= usize::try_from(MOST).unwrap_or(usize::MAX);
    let rows: Vec<AuditRow> = rows
        .iter()
        .filter(|(number, _)| *number > seen)
        .map(|(_, row)| row.clone())
        .collect();
    // Before the first change of another stood what this form was made of.
    let goes_back = !is_full || rows.len() < usize::try_from(MOST).unwrap_or(usize::MAX);
    let base = rows
        .last()
        .filter(|_| goes_back)
        .and_then(|row| row.oud.as_deref());
    let base = match base.map(serde_json::from_str) {
        Some(Ok(Value::Object(base))) => Some(base),
        _ => None,
    };
    Ok(Others { rows, base })
}

/// Who made a change.
fn who(row: &AuditRow) -> &str {
    match row.actor.gebruikers_weergave.trim() {
        "" => row.actor.applicatie_weergave.trim(),
        name => name,
    }
}

/// Who was the last to change a field; empty: nobody knows.
fn last<'a>(others: &'a Others, veld: &Veld) -> &'a str {
    let value = |text: Option<&String>| match text.map(|text| serde_json::from_str(text)) {
        Some(Ok(Value::Object(body))) => veld.stored(&body),
        _ => String::new(),
    };
    let row = others
        .rows
        .iter()
        .find(|row| value(row.oud.as_ref()) != value(row.nieuw.as_ref()));
    row.map_or("", who)
}

fn change_of(others: &Others, veld: &Veld) -> Text {
    match last(others, veld) {
        "" => Text::new("wijziging van iemand anders", "somebody else's change"),
        who => Text::made(format!("wijziging van {who}"), format!("change by {who}")),
    }
}

fn from(others: &Others, veld: &Veld) -> Text {
    match last(others, veld) {
        "" => Text::new("staat nu in het register", "is in the register now"),
        who => Text::made(
            format!("staat nu in het register, van {who}"),
            format!("is in the register now, by {who}"),
        ),
    }
}

/// What happened, in a sentence.
fn what(visit: &Visit, others: &Others, fields: i64) -> Text {
    let Some(newest) = others.rows.first().filter(|_| others.base.is_some()) else {
        return Text::new(
            "Wat er stond toen u begon, is niet meer bekend. Hieronder staat wat er nu staat en wat u invulde. Er is nog niets overschreven.",
            "What stood there when you began is not known any more. Below is what stands there now and what you typed. Nothing was overwritten yet.",
        );
    };
    let mut names: Vec<&str> = Vec::new();
    for name in others.rows.iter().map(who).filter(|name| !name.is_empty()) {
        if !names.contains(&name) && names.len() < 3 {
            names.push(name);
        }
    }
    Text::in_both(|language| {
        let at = moment::moment(newest.aanmaakdatum, visit.now, language, false);
        let names = if names.is_empty() {
            language.pick("Iemand anders", "Somebody else").to_owned()
        } else {
            names.join(", ")
        };
        match (language, fields) {
            (Language::Nl, 1) => format!(
                "{names} wijzigde 1 veld ({at}), terwijl u aan het typen was. Uw invoer is bewaard, er is nog niets overschreven."
            ),
            (Language::Nl, _) => format!(
                "{names} wijzigde {fields} velden ({at}), terwijl u aan het typen was. Uw invoer is bewaard, er is nog niets overschreven."
            ),
            (Language::En, 1) => format!(
                "{names} changed 1 field ({at}) while you were typing. What you typed is kept, nothing was overwritten yet."
            ),
            (Language::En, _) => format!(
                "{names} changed {fields} fields ({at}) while you were typing. What you typed is kept, nothing was overwritten yet."
            ),
        }
    })
}

/// A value in words. A sealed number of the register is masked; one that was typed came from this browser.
fn said(veld: &Veld, value: &str, of_register: bool) -> Said {
    let masked = if of_register && veld.kind == Kind::Sealed {
        mask(value)
    } else {
        String::new()
    };
    let text = match veld.kind {
        Kind::Check if value == "true" => Text::new("ja", "yes"),
        Kind::Check => Text::new("nee", "no"),
        _ if value.is_empty() => Text::new("leeg", "empty"),
        Kind::Choice(_) => choice_in_words(value),
        Kind::List => Text::same(value.replace('\n', ", ")),
        _ => Text::same(value),
    };
    Said { text, masked }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_choice_becomes_the_value_of_its_field() {
        let typed = fields(&[
            ("voornaam", "Fenna"),
            ("telefoonnummer", "06"),
            ("register.telefoonnummer", "07"),
            ("keuze.telefoonnummer", "register"),
            ("emailadres", "a@b.example"),
            ("register.emailadres", ""),
            ("keuze.emailadres", "eigen"),
            ("functie", "x"),
            ("register.functie", "y"),
        ]);
        let expected = fields(&[
            ("voornaam", "Fenna"),
            ("emailadres", "a@b.example"),
            ("telefoonnummer", "07"),
            ("functie", "y"),
        ]);
        assert_eq!(chosen(&typed), expected);
    }
}
