//! The colours of the style sheet contrast as WCAG asks (1.4.3, 1.4.11), in light and dark.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// Text on a background: at least 4.5.
const TEXT: [(&str, &str); 27] = [
    ("text", "bg"),
    ("text", "surface"),
    ("text", "surface-2"),
    ("text-soft", "bg"),
    ("text-soft", "surface"),
    ("link", "bg"),
    ("link", "surface"),
    ("link-hover", "bg"),
    ("on-action", "action"),
    ("on-action", "link-hover"),
    ("on-header", "header"),
    ("#1a2230", "#ffd84d"),
    ("ok", "ok-bg"),
    ("ok", "bg"),
    ("warn", "warn-bg"),
    ("error", "error-bg"),
    ("error", "bg"),
    ("info", "info-bg"),
    ("neutral", "neutral-bg"),
    ("text", "ok-bg"),
    ("text", "warn-bg"),
    ("text", "error-bg"),
    ("text", "info-bg"),
    ("link", "error-bg"),
    ("link", "warn-bg"),
    ("link", "info-bg"),
    ("link", "ok-bg"),
];

/// Borders of controls, focus, charts: at least 3.
const SHAPES: [(&str, &str); 9] = [
    ("control", "bg"),
    ("control", "surface"),
    ("focus", "bg"),
    ("focus", "surface"),
    ("focus", "focus-halo"),
    ("#ffd84d", "header"),
    ("chart", "surface"),
    ("chart-bad", "surface"),
    ("chart", "bg"),
];

/// The tokens of `:root`: name, light, dark.
fn tokens(css: &str) -> HashMap<String, [String; 2]> {
    let root = css.split_once(":root {").expect("tokens").1;
    let root = root.split_once('}').expect("an end of them").0;
    let mut tokens = HashMap::new();
    for line in root.lines() {
        let Some((name, value)) = line
            .trim()
            .strip_prefix("--")
            .and_then(|line| line.split_once(": "))
        else {
            continue;
        };
        let value = value.trim_end_matches(';');
        let colours = match value
            .strip_prefix("light-dark(")
            .and_then(|pair| pair.strip_suffix(')'))
        {
            Some(pair) => {
                let (light, dark) = pair.split_once(", ").expect("two colours");
                [light.to_owned(), dark.to_owned()]
            }
            None => [value.to_owned(), value.to_owned()],
        };
        if colours[0].starts_with('#') {
            tokens.insert(name.to_owned(), colours);
        }
    }
    tokens
}

/// Relative luminance, as WCAG defines it.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&colour[at..at + 2], 16).expect("a colour of six digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_pair_contrasts() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../api/src/beheer/statisch/beheer.css");
    let tokens = tokens(&fs::read_to_string(file).expect("the style sheet"));
    assert!(tokens.len() > 25, "the tokens are found: {}", tokens.len());
    let colour = |name: &str, theme: usize| match name.strip_prefix('#') {
        Some(_) => name.to_owned(),
        None => tokens[name][theme].clone(),
    };
    for (pairs, least) in [(&TEXT[..], 4.5), (&SHAPES[..], 3.0)] {
        for (front, back) in pairs {
            for theme in [0, 1] {
                let contrast = contrast(&colour(front, theme), &colour(back, theme));
                assert!(
                    contrast >= least,
                    "{front} on {back}, theme {theme}: {contrast:.2}"
                );
            }
        }
    }
}

#[test]
fn the_formula_is_that_of_wcag() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.001);
    assert!((contrast("#777777", "#ffffff") - 4.48).abs() < 0.01);
}
