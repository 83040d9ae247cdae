//! The demo: every part of it, to its end.

use openklant_tests::program::Program;

/// Seconds after which the first notification must have arrived.
const FIRST_WITHIN: f64 = 3.0;

#[tokio::test]
async fn shows_the_whole_product_at_work() {
    let program = Program::new().with([("OPENKLANT_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")]);
    let shown = program.run("demo --once").await.well();
    let of = |heading: &str| {
        let (_, rest) = shown
            .split_once(heading)
            .unwrap_or_else(|| panic!("no {heading} in {shown}"));
        rest.lines()
            .skip(1)
            .take_while(|line| !line.is_empty())
            .collect::<Vec<_>>()
    };
    let kanalen = of("Kanalen,");
    assert!(
        matches!(kanalen[..], [one] if one.contains("klanten, filters: subject_type")),
        "{shown}"
    );
    assert_eq!(of("Klanten, through the API").len(), 6, "{shown}");

    let notifications = of("Notifications,");
    assert_eq!(notifications.len(), 6, "{shown}");
    for (word, times) in [("create", 4), ("partial_update", 1), ("destroy", 1)] {
        let found = notifications.iter().filter(|line| line.contains(word)).count();
        assert_eq!(found, times, "{word} in {shown}");
    }
    for shape in ["=natuurlijk_persoon", "=niet_natuurlijk_persoon", "=vestiging"] {
        assert!(
            notifications.iter().any(|line| line.contains(shape)),
            "{shape} in {shown}"
        );
    }
    let first = notifications[0].trim().trim_start_matches('+');
    let (first, _) = first.split_once(" s ").expect("a time");
    let first: f64 = first.parse().expect("seconds");
    assert!(first < FIRST_WITHIN, "{shown}");

    let commands = of("Try it");
    assert_eq!(
        commands.iter().filter(|line| line.contains("TOKEN=")).count(),
        1,
        "{shown}"
    );
    assert_eq!(
        commands
            .iter()
            .filter(|line| line.trim().starts_with("curl "))
            .count(),
        3,
        "{shown}"
    );
    assert!(!shown.contains('\x1b'), "no colours outside a terminal");
}

#[tokio::test]
async fn leaves_nothing_behind_unless_told_to() {
    let program = Program::new();
    let shown = program.run("demo --once").await.well();
    let file = shown
        .lines()
        .find_map(|line| {
            line.trim()
                .strip_prefix("Database")?
                .trim()
                .strip_suffix(" (gone at the end)")
        })
        .expect("the demo says where its database is");
    assert!(!std::path::Path::new(file).exists(), "{file}");
    for _ in 0..2 {
        program.run("demo --once --keep kept").await.well();
    }
    assert!(program.folder().join("kept/openklant.db").exists());
}

#[tokio::test]
async fn keeps_serving_until_it_is_told_to_stop() {
    let demo = Program::new().start("demo");
    demo.prints("ctrl-c stops").await;
    demo.terminate();
    demo.end().await.well();
}
