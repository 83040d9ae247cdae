//! The repository is enough by itself: no file names a folder beside it, or one of the machine it was written on.

use super::Offence;

/// Written in two parts, for this file is checked as well.
const NAMES: [&str; 2] = [concat!("..", "/shared"), concat!(".", "library")];

/// The lines that name such a place.
pub fn offences(text: &str) -> Vec<Offence> {
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        for name in NAMES.iter().filter(|name| names(line, name)) {
            found.push(Offence {
                line: at + 1,
                sentence: format!("{name} is not part of the repository"),
            });
        }
    }
    found
}

/// Whether the name stands by itself: not as the end of another word, such as a field called `library`.
fn names(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ')')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_places_outside_the_repository() {
        let cases = [
            (format!("first line\nsee {}/contract", NAMES[0]), vec![2]),
            (format!("include_str!(\"../{}/x\")", NAMES[0]), vec![1]),
            (format!("cat /srv/{}/x", NAMES[1]), vec![1]),
            (format!("let name = book{};", NAMES[1]), vec![]),
            ("path = \"shared\"\nthe library".to_owned(), vec![]),
        ];
        for (text, lines) in cases {
            let found: Vec<usize> = offences(&text).iter().map(|offence| offence.line).collect();
            assert_eq!(found, lines, "{text}");
        }
    }
}
