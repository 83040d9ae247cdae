//! The two languages of the site. A text stands in both, side by side, where it is used: forgetting one does not compile.

use std::borrow::Cow;

/// A language of the site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Dutch.
    #[default]
    Nl,
    /// English.
    En,
}

impl Language {
    /// Its code, as `lang` of a page.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
        }
    }

    /// The language with this code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Nl, Self::En]
            .into_iter()
            .find(|language| language.code() == code)
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Nl => Self::En,
            Self::En => Self::Nl,
        }
    }

    /// One of two texts.
    pub const fn pick<'a>(self, nl: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Nl => nl,
            Self::En => en,
        }
    }
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    nl: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Text {
    /// A text that is known when the program is built.
    pub const fn new(nl: &'static str, en: &'static str) -> Self {
        Self {
            nl: Cow::Borrowed(nl),
            en: Cow::Borrowed(en),
        }
    }

    /// A text that is made in each language.
    pub fn in_both(make: impl Fn(Language) -> String) -> Self {
        Self::made(make(Language::Nl), make(Language::En))
    }

    /// A text with something put in.
    pub const fn made(nl: String, en: String) -> Self {
        Self {
            nl: Cow::Owned(nl),
            en: Cow::Owned(en),
        }
    }

    /// A text that is the same in both: a word of the standard, a name.
    pub fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self::made(text.clone(), text)
    }

    /// The text in a language.
    pub fn in_language(&self, language: Language) -> &str {
        language.pick(&self.nl, &self.en)
    }
}
