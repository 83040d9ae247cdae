//! Readers for the fields of a JSON object. They gather every fault under its full name and give back what was
//! there, in the coercions of Open Klant 1.0.0 (section 3): text is trimmed, numbers become text, text becomes
//! numbers and booleans; a key may be written in snake case too.
//!
//! `None` means "not given" (or refused, and then there is a fault): for a change it leaves what is stored.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use openklant_shared::domain::codes::{self, Code, MAX_LENGTH, MAX_VALUE, MIN_VALUE};
use openklant_shared::domain::emailadres::is_emailadres;
use openklant_shared::domain::fault::{Fault, Faults};
use openklant_shared::domain::identifiers::Rsin;
use openklant_shared::domain::moment::parse_moment;
use openklant_shared::domain::weblink::is_weblink;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::body::JsonObject;
use super::links::{OwnLinks, Target};

/// Which keys a body must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// The required ones: POST and PUT.
    Required,
    /// None: PATCH.
    Nothing,
}

/// A check of a text that is not empty.
type TextRule = fn(&str) -> Result<(), Code>;

/// The longest link to an object of ours.
const LINK_MAX_LENGTH: usize = 1000;

/// What a text may be.
#[derive(Clone, Copy)]
pub struct Text {
    max: usize,
    blank: bool,
    rule: Option<TextRule>,
}

impl Text {
    /// At most `max` characters; may be empty.
    pub const fn up_to(max: usize) -> Self {
        Self {
            max,
            blank: true,
            rule: None,
        }
    }

    /// As long as a body allows; may be empty.
    pub const fn of_any_length() -> Self {
        Self::up_to(usize::MAX)
    }

    /// Must hold something.
    #[must_use]
    pub const fn not_blank(mut self) -> Self {
        self.blank = false;
        self
    }

    /// Must pass `rule` unless it is empty.
    #[must_use]
    pub const fn that_is(mut self, rule: TextRule) -> Self {
        self.rule = Some(rule);
        self
    }
}

/// Puts what was given in its place.
pub fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}

/// Rule of a text: an RSIN.
pub fn rsin(text: &str) -> Result<(), Code> {
    Rsin::parse(text).map(|_| ())
}

/// Rule of a text: a URL.
pub fn weblink(text: &str) -> Result<(), Code> {
    if is_weblink(text) {
        Ok(())
    } else {
        Err(codes::INVALID_URL)
    }
}

/// Rule of a text: an e-mail address.
pub fn email(text: &str) -> Result<(), Code> {
    if is_emailadres(text) {
        Ok(())
    } else {
        Err(codes::INVALID_EMAIL)
    }
}

/// The fields of one object, with the faults found so far.
pub struct Fields<'a> {
    object: &'a Map<String, Value>,
    prefix: String,
    /// Whether any key could be a snake-case spelling; looking for those costs.
    snake_case: bool,
    faults: &'a mut Faults,
}

impl<'a> Fields<'a> {
    /// The fields of a body.
    pub fn of(object: &'a JsonObject, faults: &'a mut Faults) -> Self {
        Self::nested(object, String::new(), faults)
    }

    fn nested(object: &'a JsonObject, prefix: String, faults: &'a mut Faults) -> Self {
        let snake_case = object.keys().any(|key| key.contains('_'));
        Self {
            object,
            prefix,
            snake_case,
            faults,
        }
    }

    fn find(&self, name: &str) -> Option<&'a Value> {
        match self.object.get(name) {
            None if self.snake_case => self.object.get(&to_snake_case(name)),
            found => found,
        }
    }

    fn full_name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn refuse(&mut self, name: &str, code: Code) {
        let name = self.full_name(name);
        self.faults.add(name, code);
    }

    fn limit(&mut self, name: &str, code: &'static str, reason: String) {
        let name = self.full_name(name);
        self.faults.push(Fault {
            name,
            code,
            reason: Cow::Owned(reason),
        });
    }

    /// Adds a fault when the key is missing and the body must have it.
    pub fn demand(&mut self, name: &str, demand: Demand) {
        if demand == Demand::Required && self.find(name).is_none() {
            self.refuse(name, codes::REQUIRED);
        }
    }

    /// Whether the key is there, whatever it holds.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// A text.
    pub fn text(&mut self, name: &str, rule: Text) -> Option<String> {
        let value = self.find(name)?;
        self.text_value(name, value, rule)
    }

    fn text_value(&mut self, name: &str, value: &Value, rule: Text) -> Option<String> {
        let text = match value {
            Value::String(text) => Cow::Borrowed(text.trim()),
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::Null => {
                self.refuse(name, codes::NULL);
                return None;
            }
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                self.refuse(name, codes::INVALID_TEXT);
                return None;
            }
        };
        if text.is_empty() {
            if rule.blank {
                return Some(String::new());
            }
            self.refuse(name, codes::BLANK);
            return None;
        }
        let mut good = true;
        if text.chars().count() > rule.max {
            self.limit(name, MAX_LENGTH, format!("Hoogstens {} tekens.", rule.max));
            good = false;
        }
        if text.contains('\0') {
            self.refuse(name, codes::NULL_CHARACTERS);
            good = false;
        }
        if let Some(Err(code)) = rule.rule.map(|check| check(&text)) {
            self.refuse(name, code);
            good = false;
        }
        good.then(|| text.into_owned())
    }

    /// A member of an enumeration, or empty.
    pub fn choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        match self.find(name)? {
            Value::Null => {
                self.refuse(name, codes::NULL);
                None
            }
            Value::String(text) if text.is_empty() || choices.contains(&text.as_str()) => Some(text.clone()),
            _ => {
                self.refuse(name, codes::INVALID_CHOICE);
                None
            }
        }
    }

    /// A member of an enumeration, empty, or null: the outer `Option` says whether it was given.
    pub fn nullable_choice(&mut self, name: &str, choices: &[&str]) -> Option<Option<String>> {
        match self.find(name) {
            Some(Value::Null) => Some(None),
            _ => self.choice(name, choices).map(Some),
        }
    }

    /// A whole number between the limits, or null.
    pub fn nullable_integer(&mut self, name: &str, min: i64, max: i64) -> Option<Option<i64>> {
        let value = self.find(name)?;
        if value.is_null() {
            return Some(None);
        }
        let Some(number) = whole_number(value) else {
            self.refuse(name, codes::INVALID_INTEGER);
            return None;
        };
        if number > i128::from(max) {
            self.limit(name, MAX_VALUE, format!("Hoogstens {max}."));
            return None;
        }
        if number < i128::from(min) {
            self.limit(name, MIN_VALUE, format!("Minstens {min}."));
            return None;
        }
        i64::try_from(number).ok().map(Some)
    }

    /// Yes or no.
    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        let value = self.find(name)?;
        let text = match value {
            Value::Bool(value) => return Some(*value),
            Value::Number(number) => Cow::Owned(number.to_string()),
            Value::String(text) => Cow::Borrowed(text.trim()),
            Value::Null => Cow::Borrowed(""),
            Value::Array(_) | Value::Object(_) => Cow::Borrowed("?"),
        };
        match text.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" | "1.0" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" | "0.0" => Some(false),
            "" | "null" => {
                self.refuse(name, codes::NULL);
                None
            }
            _ => {
                self.refuse(name, codes::INVALID_BOOLEAN);
                None
            }
        }
    }

    /// A moment.
    pub fn moment(&mut self, name: &str) -> Option<DateTime<Utc>> {
        match self.find(name)? {
            Value::Null => {
                self.refuse(name, codes::NULL);
                None
            }
            value => {
                let moment = value.as_str().and_then(parse_moment);
                if moment.is_none() {
                    self.refuse(name, codes::INVALID_MOMENT);
                }
                moment
            }
        }
    }

    /// A link to an object of ours in `collection`. Null and empty text are `Some(None)`: no link. What is there is
    /// recognised by `links`; whether the object exists is for the service to find out.
    pub fn link(&mut self, name: &str, links: OwnLinks<'_>, collection: &str) -> Option<Option<Uuid>> {
        let text = match self.find(name)? {
            Value::Null => return Some(None),
            Value::String(text) => text.trim(),
            _ => {
                self.refuse(name, codes::INVALID_LINK);
                return None;
            }
        };
        if text.is_empty() {
            return Some(None);
        }
        if text.chars().count() > LINK_MAX_LENGTH {
            self.limit(name, MAX_LENGTH, format!("Hoogstens {LINK_MAX_LENGTH} tekens."));
            return None;
        }
        let code = match links.target(text, collection) {
            Target::Object(Some(uuid)) => return Some(Some(uuid)),
            Target::Object(None) => codes::DOES_NOT_EXIST,
            Target::OtherResource => codes::INCORRECT_MATCH,
            Target::Elsewhere => codes::NO_MATCH,
        };
        self.refuse(name, code);
        None
    }

    /// A link that must be there: null and empty text are refused.
    pub fn required_link(&mut self, name: &str, links: OwnLinks<'_>, collection: &str) -> Option<Uuid> {
        let linked = self.link(name, links, collection)?;
        if linked.is_none() {
            self.refuse(name, codes::NULL);
        }
        linked
    }

    /// A member of an enumeration that must be one: empty text is refused.
    pub fn required_choice(&mut self, name: &str, choices: &[&str]) -> Option<String> {
        let choice = self.choice(name, choices)?;
        if choice.is_empty() {
            self.refuse(name, codes::INVALID_CHOICE);
            return None;
        }
        Some(choice)
    }

    /// A list of texts.
    pub fn texts(&mut self, name: &str, rule: Text) -> Option<Vec<String>> {
        let items = match self.find(name)? {
            Value::Array(items) => items,
            Value::Null => {
                self.refuse(name, codes::NULL);
                return None;
            }
            _ => {
                self.refuse(name, codes::NOT_A_LIST);
                return None;
            }
        };
        let texts: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.text_value(&format!("{name}.{index}"), item, rule))
            .collect();
        texts.into_iter().collect()
    }

    /// A nested object, read by `read`. Null counts as not given: what is stored stays.
    pub fn optional_object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        match self.find(name)? {
            Value::Null => None,
            value => self.object_value(name, value, read),
        }
    }

    /// A nested object that may not be null.
    pub fn object<T>(&mut self, name: &str, read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        match self.find(name)? {
            Value::Null => {
                self.refuse(name, codes::NULL);
                None
            }
            value => self.object_value(name, value, read),
        }
    }

    fn object_value<T>(
        &mut self,
        name: &str,
        value: &Value,
        read: impl FnOnce(&mut Fields<'_>) -> T,
    ) -> Option<T> {
        let Value::Object(object) = value else {
            self.refuse(
                &format!("{name}.{}", codes::NON_FIELD_ERRORS),
                codes::INVALID_OBJECT,
            );
            return None;
        };
        let prefix = format!("{}{name}.", self.prefix);
        Some(read(&mut Fields::nested(object, prefix, self.faults)))
    }
}

/// A whole number given as number or text; `2.0` counts, `1.5` and blanks do not. Wider than any limit, so that a
/// huge number is told to be too high and not to be no number.
fn whole_number(value: &Value) -> Option<i128> {
    let text = match value {
        Value::Number(number) => Cow::Owned(number.to_string()),
        Value::String(text) if text.len() <= 1000 => Cow::Borrowed(text.trim()),
        _ => return None,
    };
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => return None,
        None => text.as_ref(),
    };
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(whole.parse().unwrap_or(if whole.starts_with('-') {
        i128::MIN
    } else {
        i128::MAX
    }))
}

/// `subjectType` as `subject_type`, `subAdresBuitenland1` as `sub_adres_buitenland_1`: how 1.0.0 names a key inside.
pub fn to_snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let before_lower = characters.peek().is_some_and(char::is_ascii_lowercase);
        let starts_word = (c.is_ascii_uppercase()
            && (after_lower || (before_lower && !snake.is_empty() && !snake.ends_with('_'))))
            || (c.is_ascii_digit() && after_lower);
        if starts_word {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
        after_lower = c.is_ascii_lowercase();
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_in_snake_case() {
        for (camel, snake) in [
            ("subjectType", "subject_type"),
            ("inpBsn", "inp_bsn"),
            ("inpANummer", "inp_a_nummer"),
            ("subAdresBuitenland1", "sub_adres_buitenland_1"),
            ("bronorganisatie", "bronorganisatie"),
            (
                "subjectNatuurlijkPersoon__inpBsn",
                "subject_natuurlijk_persoon__inp_bsn",
            ),
            (
                "subjectNatuurlijkPersoon__inpANummer",
                "subject_natuurlijk_persoon__inp_a_nummer",
            ),
            ("adres__woonplaatsNaam", "adres__woonplaats_naam"),
            (
                "subjectVestiging__vestigingsNummer",
                "subject_vestiging__vestigings_nummer",
            ),
        ] {
            assert_eq!(to_snake_case(camel), snake);
        }
    }

    #[test]
    fn whole_numbers_come_in_several_spellings() {
        let table = [
            (json!(12), Some(12)),
            (json!("12"), Some(12)),
            (json!(" 12 "), Some(12)),
            (json!(2.0), Some(2)),
            (json!("2.0"), Some(2)),
            (json!(-1), Some(-1)),
            (
                json!("99999999999999999999999999999999999999999999"),
                Some(i128::MAX),
            ),
            (json!(1.5), None),
            (json!("1.5"), None),
            (json!(""), None),
            (json!("1."), None),
            (json!(true), None),
            (json!([1]), None),
            (json!("twaalf"), None),
        ];
        for (value, expected) in table {
            assert_eq!(whole_number(&value), expected, "{value}");
        }
    }

    #[test]
    fn every_fault_of_a_text_is_told_under_its_full_name() {
        let body = json!({"adres": {"postcode": "123456789", "straatnaam": null, "landcode": ["x"], "huisletter": "\u{0}\u{0}"}});
        let Value::Object(body) = body else {
            panic!("an object")
        };
        let mut faults = Faults::new();
        let read = Fields::of(&body, &mut faults).optional_object("adres", |adres| {
            [
                adres.text("postcode", Text::up_to(7)),
                adres.text("straatnaam", Text::up_to(100)),
                adres.text("landcode", Text::up_to(4)),
                adres.text("huisletter", Text::up_to(1)),
                adres.text("woonplaatsnaam", Text::up_to(80)),
            ]
        });
        assert_eq!(read, Some([None, None, None, None, None]));
        let told: Vec<_> = faults
            .iter()
            .map(|fault| (fault.name.as_str(), fault.code))
            .collect();
        assert_eq!(
            told,
            [
                ("adres.postcode", "max_length"),
                ("adres.straatnaam", "null"),
                ("adres.landcode", "invalid"),
                ("adres.huisletter", "max_length"),
                ("adres.huisletter", "null_characters_not_allowed"),
            ]
        );
    }
}
