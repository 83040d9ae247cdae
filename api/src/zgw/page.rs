//! Pages of a list: 100 rows each, numbered from 1, with an exact count (behaviour of Open Klant 1.0.0, section 5.1).

use serde::Serialize;

use super::document::{Kind, Parameter};
use super::error::Refusal;
use super::links::Base;
use super::query::Query;

/// Rows on a page.
pub const SIZE: i64 = 100;

/// The parameter that names a page.
pub const PARAMETER: &str = "page";

/// The parameter for the document.
pub fn parameter() -> Parameter {
    Parameter {
        name: PARAMETER,
        description: "Een pagina van de lijst, geteld vanaf 1; `last` is de laatste.",
        kind: Kind::Integer,
        afwijking: false,
    }
}

/// The page a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// This one.
    Number(i64),
    /// The last one there is.
    Last,
}

impl Asked {
    /// Reads the parameter `page`; anything that cannot be a page is not found.
    pub fn of(query: &Query) -> Result<Self, Refusal> {
        match query.last(PARAMETER) {
            None => Ok(Self::Number(1)),
            Some("last") => Ok(Self::Last),
            Some(text) => match text.trim().parse() {
                Ok(number) if number >= 1 => Ok(Self::Number(number)),
                _ => Err(Refusal::NotFound),
            },
        }
    }

    /// Which page that is when the list has `count` rows; beyond the end is not found, but page 1 of nothing is.
    pub fn within(self, count: i64) -> Result<Page, Refusal> {
        let last = (count.max(1) - 1) / SIZE + 1;
        match self {
            Self::Last => Ok(Page { number: last, count }),
            Self::Number(number) if number <= last => Ok(Page { number, count }),
            Self::Number(_) => Err(Refusal::NotFound),
        }
    }
}

/// A page that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    number: i64,
    count: i64,
}

#[derive(Serialize)]
struct Envelope<T> {
    count: i64,
    next: Option<String>,
    previous: Option<String>,
    results: T,
}

impl Page {
    /// Rows before it.
    pub const fn offset(self) -> i64 {
        (self.number - 1) * SIZE
    }

    /// The body of the answer: `results` in the envelope, with links to the neighbours.
    pub fn body<T: Serialize>(
        self,
        results: T,
        base: &Base,
        path: &str,
        query: &Query,
    ) -> Result<String, Refusal> {
        self.envelope(results, |number| {
            base.url(&format!("{path}{}", query.for_page(number)))
        })
    }

    /// The body of the answer to a search by POST. The number of the page stands in the request's body, so a link
    /// only says that there is a neighbour: whatever was searched for stays out of it.
    pub fn search_body<T: Serialize>(self, results: T, base: &Base, path: &str) -> Result<String, Refusal> {
        self.envelope(results, |_| base.url(path))
    }

    fn envelope<T: Serialize>(self, results: T, link: impl Fn(i64) -> String) -> Result<String, Refusal> {
        let envelope = Envelope {
            count: self.count,
            next: (self.number * SIZE < self.count).then(|| link(self.number + 1)),
            previous: (self.number > 1).then(|| link(self.number - 1)),
            results,
        };
        serde_json::to_string(&envelope).map_err(|error| Refusal::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_where_the_rows_end() {
        let table = [
            (Asked::Number(1), 0, Some((1, 0))),
            (Asked::Number(2), 0, None),
            (Asked::Number(1), 100, Some((1, 0))),
            (Asked::Number(2), 100, None),
            (Asked::Number(2), 101, Some((2, 100))),
            (Asked::Number(3), 101, None),
            (Asked::Last, 0, Some((1, 0))),
            (Asked::Last, 200, Some((2, 100))),
            (Asked::Last, 201, Some((3, 200))),
            (Asked::Number(i64::MAX), 201, None),
        ];
        for (asked, count, expected) in table {
            let found = asked.within(count).ok().map(|page| (page.number, page.offset()));
            assert_eq!(found, expected, "{asked:?} of {count}");
        }
    }
}
