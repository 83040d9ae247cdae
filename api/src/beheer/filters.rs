//! What templates can do with a value: `{{ value|filter }}`. A module with templates says `use crate::beheer::filters;`.
//! Language, time and address of the site come from the visit that is answered, so that no template passes them on.
#![expect(
    missing_docs,
    reason = "the macro makes types beside the functions, and gives them no words"
)]

use std::any::Any;
use std::fmt::{self, Display, Write};

use askama::Values;
use askama::filters::Safe;
use chrono::{DateTime, Utc};

use super::language::{Language, Text};
use super::moment as times;

/// What the filters know of the visit.
#[derive(Clone, Debug)]
pub struct Around {
    /// Its language.
    pub language: Language,
    /// When it came.
    pub now: DateTime<Utc>,
    /// Path of the site, with the sub-path that a proxy takes off.
    pub root: String,
}

const NAME: &str = "around";

impl Values for Around {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        (key == NAME).then_some(self)
    }
}

fn around(values: &dyn Values) -> askama::Result<&Around> {
    askama::get_value(values, NAME)
}

/// `{{ "Opslaan"|en("Save") }}`: the Dutch text, or the English one.
#[askama::filter_fn]
pub fn en(nl: &str, values: &dyn Values, en: &str) -> askama::Result<String> {
    Ok(around(values)?.language.pick(nl, en).to_owned())
}

/// `{{ text|say }}`: a [`Text`] in the language of the page.
#[askama::filter_fn]
pub fn say(text: &Text, values: &dyn Values) -> askama::Result<String> {
    Ok(text.in_language(around(values)?.language).to_owned())
}

/// `{{ "/klanten"|at }}`: the address of a page of the site.
#[askama::filter_fn]
pub fn at(path: &str, values: &dyn Values) -> askama::Result<String> {
    Ok(format!("{}{path}", around(values)?.root))
}

/// `{{ row.at|moment }}`: `<time>` with `vandaag 10:42`.
#[askama::filter_fn]
pub fn moment(at: &DateTime<Utc>, values: &dyn Values) -> askama::Result<Safe<String>> {
    time(*at, values, false)
}

/// `{{ row.at|moment_seconds }}`: the same with seconds.
#[askama::filter_fn]
pub fn moment_seconds(at: &DateTime<Utc>, values: &dyn Values) -> askama::Result<Safe<String>> {
    time(*at, values, true)
}

/// `{{ row.at|day }}`: `<time>` with `5 januari 2026`.
#[askama::filter_fn]
pub fn day(at: &DateTime<Utc>, values: &dyn Values) -> askama::Result<Safe<String>> {
    Ok(element(*at, &times::day(*at, around(values)?.language)))
}

/// `{{ row.at|clock }}`: `<time>` with `10:42`.
#[askama::filter_fn]
pub fn clock(at: &DateTime<Utc>, _: &dyn Values) -> askama::Result<Safe<String>> {
    Ok(element(*at, &times::clock(*at, false)))
}

/// `{{ row.at|age }}`: `<time>` with `14 minuten`, or the moment when it is longer ago than a day.
#[askama::filter_fn]
pub fn age(at: &DateTime<Utc>, values: &dyn Values) -> askama::Result<Safe<String>> {
    let around = around(values)?;
    match times::age(*at, around.now, around.language) {
        Some(age) => Ok(element(*at, &age)),
        None => time(*at, values, false),
    }
}

/// `{{ count|number }}`: `1.284`.
#[askama::filter_fn]
pub fn number(count: &i64, values: &dyn Values) -> askama::Result<String> {
    Ok(times::number(*count, around(values)?.language))
}

/// `{{ bsn|masked }}`: dots and the last two characters, with words for who listens.
#[askama::filter_fn]
pub fn masked(number: &str, values: &dyn Values) -> askama::Result<Safe<String>> {
    let language = around(values)?.language;
    let letters: Vec<char> = number.chars().collect();
    let shown = letters.len().min(2);
    let (hidden, last) = letters.split_at(letters.len() - shown);
    let mut read_aloud = String::new();
    let mut text = "<span class=\"masked\"><span aria-hidden=\"true\">".to_owned();
    text.push_str(&"•".repeat(hidden.len()));
    for letter in last {
        escape(&mut text, letter)?;
        read_aloud.push(' ');
        read_aloud.push(*letter);
    }
    text.push_str("</span><span class=\"vh\">");
    text.push_str(language.pick("afgeschermd, eindigt op", "hidden, ends in"));
    escape(&mut text, &read_aloud)?;
    text.push_str("</span></span>");
    Ok(Safe(text))
}

fn time(at: DateTime<Utc>, values: &dyn Values, seconds: bool) -> askama::Result<Safe<String>> {
    let around = around(values)?;
    let text = times::moment(at, around.now, around.language, seconds);
    Ok(element(at, &text))
}

/// Made of numbers and our own words: nothing in it needs escaping.
fn element(at: DateTime<Utc>, text: &str) -> Safe<String> {
    Safe(format!("<time datetime=\"{}\">{text}</time>", times::machine(at)))
}

fn escape(into: &mut String, text: impl Display) -> fmt::Result {
    let escaped = askama::filters::escape(text, askama::filters::Html).map_err(|_| fmt::Error)?;
    write!(into, "{escaped}")
}
