//! A setup file as a tree of which every part knows its line. What the parts mean is not known here.
//!
//! Values stay the text they were written as: `0123` is no number, and may be a secret. Anchors and aliases are refused.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::remark::{Place, Remark};

/// Most bytes of a file.
pub const MOST_BYTES: u64 = 1024 * 1024;
/// Deepest nesting.
const DEEPEST: usize = 32;

/// A part of the file.
#[derive(Debug)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub value: Value,
}

/// What a part is.
#[derive(Debug)]
pub enum Value {
    /// Nothing, or `null`.
    Nothing,
    /// A text, a number or a switch.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Keys with their values, in order.
    Map(Vec<Entry>),
}

/// A key with its value.
#[derive(Debug)]
pub struct Entry {
    /// The key.
    pub key: String,
    /// Where the key stands.
    pub place: Place,
    /// The value.
    pub node: Node,
}

/// A list or a map that is not finished.
enum Open {
    List(Place, Vec<Node>),
    Map(Place, Vec<Entry>, Option<(String, Place)>),
}

/// Reads a file: its keys, in order. An empty file has none.
///
/// # Errors
/// Every mistake of form that can be told apart; what is no YAML ends the reading.
pub fn read(text: &str) -> Result<Vec<Entry>, Vec<Remark>> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let done = match event {
            Ok((event, span)) => builder.take(event, place(span.start)),
            Err(error) => {
                let what = format!("this is no YAML: {}", error.info());
                Err(Remark::new(place(*error.marker()), what))
            }
        };
        if let Err(remark) = done {
            builder.mistakes.push(remark);
            break;
        }
    }
    if !builder.mistakes.is_empty() {
        return Err(builder.mistakes);
    }
    match builder.root {
        Some(Node {
            value: Value::Map(entries),
            ..
        }) => Ok(entries),
        None
        | Some(Node {
            value: Value::Nothing,
            ..
        }) => Ok(Vec::new()),
        Some(other) => Err(vec![Remark::new(
            other.place,
            "a setup file holds keys, such as vng_api_common_credentials",
        )]),
    }
}

fn place(marker: Marker) -> Place {
    Place {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    root: Option<Node>,
    mistakes: Vec<Remark>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, place: Place) -> Result<(), Remark> {
        let anchor = match &event {
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => *anchor,
            Event::Alias(alias) => *alias,
            _ => 0,
        };
        if anchor != 0 {
            return Err(Remark::new(
                place,
                "anchors (&) and aliases (*) are not read; write the value out",
            ));
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let nothing =
                    style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing {
                    Value::Nothing
                } else {
                    Value::Text(text.into_owned())
                };
                self.put(Node { place, value })
            }
            Event::SequenceStart(..) => self.begin(Open::List(place, Vec::new()), place),
            Event::MappingStart(..) => self.begin(Open::Map(place, Vec::new(), None), place),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(place, items)) => self.put(Node {
                    place,
                    value: Value::List(items),
                }),
                Some(Open::Map(place, entries, _)) => self.put(Node {
                    place,
                    value: Value::Map(entries),
                }),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, open: Open, place: Place) -> Result<(), Remark> {
        if self.open.len() >= DEEPEST {
            return Err(Remark::new(place, "this is nested too deep"));
        }
        self.open.push(open);
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<(), Remark> {
        match self.open.last_mut() {
            None if self.root.is_some() => {
                return Err(Remark::new(node.place, "a setup file holds one document"));
            }
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map(_, entries, key)) => match key.take() {
                Some((key, place)) => {
                    if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                        let what = format!("{key} stands here twice, first on line {}", first.place.line);
                        self.mistakes.push(Remark::new(place, what));
                    } else {
                        entries.push(Entry { key, place, node });
                    }
                }
                None => match node.value {
                    Value::Text(text) => *key = Some((text, node.place)),
                    _ => return Err(Remark::new(node.place, "a key is a text")),
                },
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_the_text_they_were() {
        let entries = read("a: 0123\nb: 'null'\nc: null\nd:\ne: {f: [True, \"x: y\"]}\n").unwrap();
        let shown: Vec<String> = entries.iter().map(|entry| shown(&entry.node)).collect();
        assert_eq!(shown, ["0123", "null", "-", "-", "{f=[True,x: y]}"]);
        assert_eq!(entries[4].place, Place { line: 5, column: 1 });
    }

    fn shown(node: &Node) -> String {
        match &node.value {
            Value::Nothing => "-".to_owned(),
            Value::Text(text) => text.clone(),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(shown).collect();
                format!("[{}]", items.join(","))
            }
            Value::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|entry| format!("{}={}", entry.key, shown(&entry.node)))
                    .collect();
                format!("{{{}}}", entries.join(","))
            }
        }
    }

    #[test]
    fn a_damaged_file_is_a_mistake_and_no_more() {
        let example = include_str!("../../../docs/setup.example.yaml");
        assert!(read(example).is_ok());
        for at in (0..example.len())
            .step_by(5)
            .filter(|at| example.is_char_boundary(*at))
        {
            let (before, after) = example.split_at(at);
            for damage in ["", "[", "}", "\t", "\u{0}", "|", "%", "\"", ": ", "\n- "] {
                // What comes of it does not matter, as long as something does.
                let _ = read(&[before, damage].concat());
                let rest = after.get(..200).unwrap_or(after);
                let _ = read(&[damage, rest].concat());
            }
        }
    }

    #[test]
    fn mistakes_of_form_have_their_line() {
        let deep = |levels| format!("a: {}", "[".repeat(levels));
        for (text, line, what) in [
            ("a: 1\nb: [1\nc: 2\n", 3, "no YAML"),
            ("a:\n\tb: 2\n", 2, "no YAML"),
            ("a: 1\nb: 2\na: 3\n", 3, "a stands here twice, first on line 1"),
            ("- a\n", 1, "holds keys"),
            ("a: 1\n---\nb: 2\n", 3, "one document"),
            ("a: &x 1\nb: *x\n", 1, "anchors"),
            ("? [a]\n: 1\n", 1, "a key is a text"),
            (&deep(DEEPEST), 1, "nested too deep"),
            (&deep(200_000), 1, "no YAML"),
        ] {
            let mistakes = read(text).unwrap_err();
            assert!(
                matches!(&mistakes[..], [one] if one.place.line == line && one.text.contains(what)),
                "{what}: {mistakes:?}"
            );
        }
        assert!(read("").unwrap().is_empty());
        assert!(read("# nothing\n---\n").unwrap().is_empty());
    }
}
