//! Precedence, `.env` and the TOML file.

use super::*;

#[test]
fn the_strongest_place_wins() {
    let toml = "[server]\nlisten = \"127.0.0.4:4\"\n";
    let dotenv = "OPENKLANT_LISTEN=127.0.0.3:3\n";
    let name = "OPENKLANT_LISTEN";
    let environment = || {
        Source::from_pairs([(name, "127.0.0.2:2")])
            .with_dotenv(dotenv)
            .with_toml("o.toml", toml)
    };
    for (source, listen, origin) in [
        (
            environment().with(name, "127.0.0.1:1"),
            "127.0.0.1:1",
            "command line",
        ),
        (environment(), "127.0.0.2:2", "environment"),
        (
            Source::default().with_toml("o.toml", toml).with_dotenv(dotenv),
            "127.0.0.3:3",
            ".env",
        ),
        (
            Source::default().with_toml("o.toml", toml),
            "127.0.0.4:4",
            "server.listen in the TOML file",
        ),
        (Source::default(), "127.0.0.1:8000", "default"),
        (
            Source::from_pairs([(name, "  ")]).with_dotenv(dotenv),
            "127.0.0.3:3",
            ".env",
        ),
        (
            Source::from_pairs([("OPENKLANT_PORT", "9")]).with_toml("o.toml", toml),
            "127.0.0.4:4",
            "server.listen in the TOML file",
        ),
    ] {
        let loaded = load(&source).unwrap();
        assert_eq!(loaded.settings.server.listen.to_string(), listen);
        let row = row(&loaded, name);
        assert_eq!(
            (row.value.as_str(), row.origin.as_str(), row.set),
            (listen, origin, origin != "default")
        );
    }
}

#[test]
fn every_setting_can_stand_in_the_toml_file() {
    let lines: Vec<String> = names::ALL
        .iter()
        .map(|setting| format!("{} = \"{}\"", setting.key, setting.example))
        .collect();
    let text = lines.join("\n");
    let loaded = load(&Source::default().with_toml("o.toml", &text)).unwrap();
    for (row, setting) in loaded.rows.iter().zip(names::ALL) {
        assert_eq!(row.origin, format!("{} in the TOML file", setting.key));
    }
    assert_eq!(loaded.warnings, []);
}

#[test]
fn toml_values_may_have_their_own_kind() {
    let text = "[server]\nhttps = true\nhost_aliases = [\"a.nl\", \"b.nl\"]\n[database]\nmax_connections = 7\n\
                [tokens]\nleeway = 5\n";
    let settings = load(&Source::default().with_toml("o.toml", text))
        .unwrap()
        .settings;
    assert!(settings.server.https);
    assert_eq!(settings.server.host_aliases, ["a.nl", "b.nl"]);
    assert_eq!(settings.database.max_connections, 7);
    assert_eq!(settings.tokens.leeway.as_secs(), 5);
}

#[test]
fn dotenv_takes_quotes_comments_and_a_byte_order_mark() {
    let text = "\u{feff}# comment\nexport OPENKLANT_LISTEN=0.0.0.0:1 # why\n\
                OPENKLANT_CONTACT_NAME=\"Team Klant\"\nOPENKLANT_NOTIFICATIES_SECRET='p$1#x'\n";
    let loaded = load(&Source::default().with_dotenv(text)).unwrap();
    assert_eq!(loaded.settings.server.listen.to_string(), "0.0.0.0:1");
    assert_eq!(loaded.settings.server.contact.name.as_deref(), Some("Team Klant"));
    let warnings: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "OPENKLANT_NOTIFICATIES_SECRET has no effect: OPENKLANT_NOTIFICATIES_API_ROOT is not set, so messages wait"
        ]
    );
}

#[test]
fn a_maximum_age_can_be_switched_off_again() {
    for (text, age) in [("off", None), ("0", None), ("1h", Some(3600)), ("90", Some(90))] {
        let source = Source::from_pairs([("OPENKLANT_JWT_MAX_AGE", text)])
            .with_toml("o.toml", "tokens.max_age = \"1d\"");
        let found = load(&source)
            .unwrap()
            .settings
            .tokens
            .max_age
            .map(|age| age.as_secs());
        assert_eq!(found, age, "{text}");
    }
}
