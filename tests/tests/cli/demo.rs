//! The demo: every part of it, to its end.

use openklant_tests::program::Program;

/// The lines under a heading.
fn block<'a>(shown: &'a str, heading: &str) -> Vec<&'a str> {
    let (_, rest) = shown
        .split_once(heading)
        .unwrap_or_else(|| panic!("no {heading} in {shown}"));
    rest.lines().skip(1).take_while(|line| !line.is_empty()).collect()
}

/// Seconds after which the first notification must have arrived.
const FIRST_WITHIN: f64 = 3.0;

#[tokio::test]
async fn shows_the_whole_product_at_work() {
    let program = Program::new().with([("OPENKLANT_DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")]);
    let shown = program.run("demo --once").await.well();
    let of = |heading| block(&shown, heading);
    let kanalen = of("Kanalen,");
    assert!(
        matches!(kanalen[..], [klanten, contactmomenten] if klanten.contains("klanten, filters: subject_type")
            && contactmomenten.contains("contactmomenten, filters: bronorganisatie, kanaal")),
        "{shown}"
    );
    assert_eq!(of("Klanten, through the API").len(), 6, "{shown}");

    let notifications = of("Notifications,");
    assert_eq!(notifications.len(), 7, "{shown}");
    for (word, times) in [("create", 5), ("partial_update", 1), ("destroy", 1)] {
        let found = notifications.iter().filter(|line| line.contains(word)).count();
        assert_eq!(found, times, "{word} in {shown}");
    }
    for part in [
        "=natuurlijk_persoon",
        "=niet_natuurlijk_persoon",
        "=vestiging",
        "bronorganisatie=517439943 kanaal=telefoon",
    ] {
        assert!(
            notifications.iter().any(|line| line.contains(part)),
            "{part} in {shown}"
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
        4,
        "{shown}"
    );
    assert!(commands.iter().any(|line| line.contains("&expand=")), "{shown}");
    assert!(!shown.contains('\x1b'), "no colours outside a terminal");
}

#[tokio::test]
async fn shows_a_phone_call_with_its_klant_and_zaak() {
    let shown = Program::new().run("demo --once").await.well();
    let call = block(&shown, "A phone call,");
    let statuses: Vec<_> = call
        .iter()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?, words.next()?.parse::<u16>().ok()?))
        })
        .collect();
    assert_eq!(
        statuses,
        [("POST", 201), ("POST", 201), ("POST", 201), ("GET", 200)],
        "{shown}"
    );
    let value = |name: &str| {
        call.iter()
            .find_map(|line| line.trim().strip_prefix(name))
            .unwrap_or_else(|| panic!("no {name} in {shown}"))
            .trim()
    };
    assert_eq!(value("kanaal"), "telefoon, by the klant");
    assert_eq!(value("medewerker"), "S. Visser");
    let id = |line: &str| line.rsplit([' ', '/']).next().unwrap_or_default().to_owned();
    let fenna = id(block(&shown, "Klanten, through")[0]);
    assert_eq!(id(value("gesprekspartner")), fenna, "{shown}");
    assert!(value("zaak").contains("/zaken/api/v1/zaken/"), "{shown}");
    let told = block(&shown, "Notifications,");
    let contactmoment = id(call[0]);
    assert!(
        told.iter()
            .any(|line| line.contains("contactmomenten ") && line.ends_with(&contactmoment)),
        "{shown}"
    );
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
    let program = program.with([("OPENKLANT_DATABASE_URL", "sqlite://kept/openklant.db")]);
    let apis = program.run("externe-api list --format json").await.well();
    assert_eq!(
        apis.matches("apiRoot").count(),
        1,
        "of the last time only: {apis}"
    );
}

#[tokio::test]
async fn keeps_serving_until_it_is_told_to_stop() {
    let demo = Program::new().start("demo");
    demo.prints("ctrl-c stops").await;
    demo.terminate();
    demo.end().await.well();
}
