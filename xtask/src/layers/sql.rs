//! SQL stands in `shared/src/storage` and nowhere else.

use super::Offence;
use super::source::Source;

/// How a statement begins. Upper case, as the house writes SQL; a sentence in a message does not begin like this.
const BEGINNINGS: [&str; 11] = [
    "SELECT ",
    "INSERT INTO ",
    "UPDATE ",
    "DELETE FROM ",
    "WITH ",
    "CREATE ",
    "ALTER ",
    "DROP ",
    "PRAGMA ",
    "BEGIN ",
    "NOTIFY ",
];

/// The texts of a file that are SQL and stand in the wrong place.
pub fn offences(file: &str, source: &Source) -> Vec<Offence> {
    if file.starts_with("shared/src/storage/") {
        return Vec::new();
    }
    let sql = source.literals.iter().filter(|literal| is_sql(&literal.written));
    let sentence = "SQL stands in shared/src/storage only";
    sql.map(|literal| Offence {
        line: literal.line,
        sentence: sentence.to_owned(),
    })
    .collect()
}

/// Whether a literal, as written, holds a statement.
fn is_sql(written: &str) -> bool {
    let Some((_, mut text)) = written.split_once('"') else {
        return false;
    };
    // White space at the beginning, also written as an escape.
    loop {
        let trimmed = text
            .trim_start()
            .trim_start_matches("\\n")
            .trim_start_matches('\\');
        if trimmed.len() == text.len() {
            break;
        }
        text = trimmed;
    }
    let text = text.replace(['\n', '\t'], " ");
    BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_sql_by_its_beginning() {
        let cases = [
            (r#""SELECT id FROM klant""#, true),
            ("r#\"\n    UPDATE klant SET x = $1\"#", true),
            (r#""\n  DELETE FROM outbox""#, true),
            ("\"\\\n     INSERT INTO outbox (id) VALUES ($1)\"", true),
            ("\"SELECT\n id FROM klant\"", true),
            (r#""PRAGMA user_version""#, true),
            (r#""Select a klant""#, false),
            (r#""SELECTED""#, false),
            (r#""the UPDATE failed""#, false),
            ("'S'", false),
            ("42", false),
            ("\"\"", false),
        ];
        for (written, expected) in cases {
            assert_eq!(is_sql(written), expected, "{written}");
        }
    }

    #[test]
    fn storage_may_hold_sql() {
        let source = Source::read("const FIND: &str = \"SELECT id FROM klant\";", &[]).unwrap();
        assert_eq!(offences("shared/src/storage/klant.rs", &source).len(), 0);
        assert_eq!(offences("shared/src/journal.rs", &source).len(), 1);
        assert_eq!(offences("api/src/klanten/service.rs", &source).len(), 1);
    }
}
