//! What the rules need to know of a Rust file: the paths it names and the texts it holds, each with its line. Comments
//! and documentation do not count. Use trees are taken apart; `self` and `super` are resolved.

use anyhow::{Result, anyhow};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// The keywords after which a path may begin with `::`: they are no part of it.
const KEYWORDS: [&str; 22] = [
    "as", "async", "await", "break", "const", "dyn", "else", "extern", "for", "if", "impl", "in", "let",
    "match", "move", "mut", "pub", "ref", "return", "unsafe", "use", "where",
];

/// The paths and texts of a file.
#[derive(Default)]
pub struct Source {
    /// Each path, from its first segment (`crate`, or the name of a crate, or any other name).
    pub paths: Vec<Path>,
    /// Each literal as it is written.
    pub literals: Vec<Literal>,
}

/// A path in code, such as `crate::storage::Tx`.
pub struct Path {
    pub line: usize,
    pub segments: Vec<String>,
}

/// A literal in code.
pub struct Literal {
    pub line: usize,
    pub written: String,
}

impl Path {
    /// Whether the path begins with these segments.
    pub fn begins_with(&self, segments: &[&str]) -> bool {
        self.segments.len() >= segments.len()
            && self
                .segments
                .iter()
                .zip(segments)
                .all(|(own, other)| own == other)
    }
}

impl Source {
    /// Takes a file apart; `module` is its place in its crate.
    pub fn read(text: &str, module: &[String]) -> Result<Self> {
        let tokens: TokenStream = text.parse().map_err(|fault| anyhow!("{fault}"))?;
        let mut source = Self::default();
        source.walk(tokens, module, &[]);
        Ok(source)
    }

    /// Reads tokens of which every path stands below `prefix`: not empty inside the braces of a use tree.
    fn walk(&mut self, tokens: TokenStream, module: &[String], prefix: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut path: Option<Path> = None;
        let mut joined = false;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Ident(word) if KEYWORDS.iter().any(|keyword| word == keyword) => {
                    self.keep(path.take(), module);
                    joined = false;
                    // The new name in a use tree is no path.
                    at += usize::from(word == "as" && !prefix.is_empty());
                }
                TokenTree::Ident(name) => {
                    let name = name.to_string();
                    match &mut path {
                        Some(path) if joined => path.segments.push(name),
                        _ => {
                            self.keep(path.take(), module);
                            let mut segments = prefix.to_vec();
                            segments.push(name);
                            path = Some(Path {
                                line: token.span().start().line,
                                segments,
                            });
                        }
                    }
                    joined = false;
                }
                TokenTree::Punct(mark) if mark.as_char() == ':' && mark.spacing() == Spacing::Joint => {
                    joined = true;
                    at += 1;
                }
                TokenTree::Group(group) if joined && group.delimiter() == Delimiter::Brace => {
                    let below = path.take().map_or_else(|| prefix.to_vec(), |path| path.segments);
                    self.walk(group.stream(), module, &below);
                    joined = false;
                }
                TokenTree::Group(group) => {
                    self.keep(path.take(), module);
                    joined = false;
                    if !is_documentation(&tokens, at) {
                        let inner = inner_module(&tokens, at).map(|name| [module, &[name]].concat());
                        self.walk(group.stream(), inner.as_deref().unwrap_or(module), &[]);
                    }
                }
                TokenTree::Literal(literal) => {
                    let line = token.span().start().line;
                    self.literals.push(Literal {
                        line,
                        written: literal.to_string(),
                    });
                }
                TokenTree::Punct(mark) => {
                    self.keep(path.take(), module);
                    joined = false;
                    // The name of a lifetime is no path.
                    at += usize::from(mark.as_char() == '\'');
                }
            }
            at += 1;
        }
        self.keep(path, module);
    }

    fn keep(&mut self, path: Option<Path>, module: &[String]) {
        let Some(mut path) = path else { return };
        let supers = path
            .segments
            .iter()
            .take_while(|segment| *segment == "super")
            .count();
        let own = usize::from(path.segments[0] == "self");
        if supers + own > 0 && path.segments.len() > 1 {
            let above = module.len().saturating_sub(supers);
            let mut segments = vec!["crate".to_owned()];
            segments.extend_from_slice(&module[..above]);
            segments.extend(path.segments.drain(supers + own..));
            path.segments = segments;
        }
        self.paths.push(path);
    }
}

/// Whether the group at `at` is `[doc = ".."]` after `#` or `#!`: what a documentation comment becomes.
fn is_documentation(tokens: &[TokenTree], at: usize) -> bool {
    let TokenTree::Group(group) = &tokens[at] else {
        return false;
    };
    let before = at.checked_sub(1).map(|before| tokens[before].to_string());
    let first = group.stream().into_iter().next().map(|token| token.to_string());
    group.delimiter() == Delimiter::Bracket
        && matches!(before.as_deref(), Some("#" | "!"))
        && first.as_deref() == Some("doc")
}

/// The name of the module whose braces are at `at`.
fn inner_module(tokens: &[TokenTree], at: usize) -> Option<String> {
    let name = tokens.get(at.checked_sub(1)?)?;
    let keyword = tokens.get(at.checked_sub(2)?)?;
    matches!((keyword, name), (TokenTree::Ident(keyword), TokenTree::Ident(_)) if keyword == "mod")
        .then(|| name.to_string())
}

/// The place of a file in its crate: `api/src/klanten/input.rs` is `klanten::input`.
pub fn module_of(file: &str) -> Vec<String> {
    let inside = file.split_once("/src/").map_or(file, |(_, inside)| inside);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut segments: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if matches!(segments.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        segments.pop();
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str, file: &str) -> Vec<String> {
        let source = Source::read(text, &module_of(file)).unwrap();
        source
            .paths
            .iter()
            .map(|path| path.segments.join("::"))
            .filter(|path| path.contains("::"))
            .collect()
    }

    #[test]
    fn finds_paths() {
        let cases: &[(&str, &[&str])] = &[
            ("use crate::storage::Tx;", &["crate::storage::Tx"]),
            (
                "use a::{b::{C, d}, e::*, self};",
                &["a::b::C", "a::b::d", "a::e", "a::self"],
            ),
            ("use {a::b, ::c::d};", &["a::b", "c::d"]),
            ("use ::a::b as c; use d::{e as f, g};", &["a::b", "d::e", "d::g"]),
            ("fn f(x: &dyn ::a::B) -> impl ::c::D {}", &["a::B", "c::D"]),
            ("pub use super::storage;", &["crate::klanten::storage"]),
            ("use super::super::worker::x;", &["crate::worker::x"]),
            (
                "use self::view::to_view;",
                &["crate::klanten::input::view::to_view"],
            ),
            ("mod tests { use super::view; }", &["crate::klanten::input::view"]),
            ("fn f() { let x = sqlx::query::<Db>(TEXT); }", &["sqlx::query"]),
            ("#[derive(sqlx::FromRow)] struct S;", &["sqlx::FromRow"]),
            ("m!(poem::Route::new());", &["poem::Route::new"]),
            (
                "fn f<T>(x: &'a ::poem::Body) where T: Into<<T as b::C>::D> {}",
                &["poem::Body", "b::C"],
            ),
            (
                "/// See `poem::Route`.\n//! Or crate::storage::Tx\nstruct S; // poem::Body",
                &[],
            ),
            ("const TEXT: &str = \"poem::Route\";", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(paths(text, "api/src/klanten/input.rs"), *expected, "{text}");
        }
    }

    #[test]
    fn finds_literals_outside_documentation() {
        let source = Source::read(
            "/// A \"text\"\nconst A: &str = \"b\";\nconst C: &str = r#\"d\"#;",
            &[],
        )
        .unwrap();
        let found: Vec<_> = source
            .literals
            .iter()
            .map(|literal| (literal.line, literal.written.as_str()))
            .collect();
        assert_eq!(found, [(2, "\"b\""), (3, "r#\"d\"#")]);
    }

    #[test]
    fn knows_the_module_of_a_file() {
        let cases: &[(&str, &[&str])] = &[
            ("api/src/lib.rs", &[]),
            ("api/src/klanten/mod.rs", &["klanten"]),
            ("api/src/klanten/input.rs", &["klanten", "input"]),
        ];
        for (file, expected) in cases {
            assert_eq!(module_of(file), *expected);
        }
    }
}
