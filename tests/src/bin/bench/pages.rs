//! How long the pages of the management site take.

use std::time::Instant;

use openklant_shared::beheer::totp;
use openklant_shared::clock::Clock;
use openklant_shared::settings::Secret;
use openklant_tests::beheer::between;
use openklant_tests::program::Process;
use openklant_tests::{Browser, Response};
use serde_json::Value;

use crate::register::Register;
use crate::report::Figures;

/// How far back the deep page of a timeline lies.
const DEEP: usize = 20;

/// What is asked for.
enum Page {
    /// A page by its address.
    At(String),
    /// A search by this text, and the page it leads to.
    Search(String),
}

/// Asks for each page so many times.
pub async fn run(register: &Register, times: usize) -> Vec<Figures> {
    let login = format!("bench-{}", Clock::System.now().timestamp());
    let add = format!(
        "beheerder add --login {login} --name Bench --role lezer --role beheerder --role operator --role \
         applicatiebeheerder --format json"
    );
    let account: Value = serde_json::from_str(&register.program().run(&add).await.well()).expect("JSON");
    let server = register.program().start("api");
    let mut browser = Browser::at(server.client(None).await);
    log_in(&mut browser, &login, &account).await;
    let csrf = browser.csrf().await;

    let mut figures = Vec::new();
    for (name, page) in pages(register, &mut browser).await {
        let mut took = Vec::with_capacity(times);
        if ask(&mut browser, &csrf, &page).await.status() == 404 {
            println!("{name}: there is no such page");
            continue;
        }
        let cpu = server.cpu();
        for _ in 0..times {
            let began = Instant::now();
            ask(&mut browser, &csrf, &page).await.is(200);
            took.push(began.elapsed());
        }
        figures.push(Figures::new(name, took, server.cpu().saturating_sub(cpu)));
    }
    end(server).await;
    figures
}

async fn end(server: Process) {
    server.terminate();
    server.end().await.well();
}

async fn log_in(browser: &mut Browser, login: &str, account: &Value) {
    let password = account["password"].as_str().expect("a password");
    let address = account["otpauth"].as_str().expect("an address");
    let secret = Secret::new(between(&format!("{address}&"), "secret=", "&").to_owned());
    let code = totp::code(&secret, Clock::System.now()).expect("a code");
    let csrf = browser.login_csrf().await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("gebruiker", login),
        ("wachtwoord", password),
        ("code", &code),
    ];
    browser.post_raw("/beheer/inloggen", &fields).await.is(303);
}

async fn ask(browser: &mut Browser, csrf: &str, page: &Page) -> Response {
    match page {
        Page::At(path) => browser.get(path).await,
        Page::Search(text) => {
            let fields = [("csrf", csrf), ("zoek", text.as_str())];
            let answer = browser.post_raw("/beheer/zoeken", &fields).await;
            browser.follow(&answer).await
        }
    }
}

/// The pages. The first klant of a generated register is the one that is heard of most, the last was heard of least.
async fn pages(register: &Register, browser: &mut Browser) -> Vec<(&'static str, Page)> {
    let last = |column: &str, more: &str| {
        format!("SELECT {column} FROM klant WHERE {more} ORDER BY id DESC LIMIT 1")
    };
    let bsn = register.text(&last("np_bsn", "np_bsn <> ''")).await;
    let klantnummer = register.text(&last("klantnummer", "1 = 1")).await;
    let email = register.text(&last("emailadres", "emailadres <> ''")).await;
    let rare = register
        .text(&last(
            "achternaam",
            "length(achternaam) > 11 AND achternaam NOT LIKE '%-%'",
        ))
        .await;
    let busy = register
        .text("SELECT CAST(uuid AS TEXT) FROM klant ORDER BY id LIMIT 1")
        .await;
    let busy = format!("/beheer/klanten/{busy}");
    let deep = deep(browser, &busy).await;
    let at = |path: &str| Page::At(format!("/beheer{path}"));
    let search = |text: &str| Page::Search(text.to_owned());
    vec![
        ("start", at("/")),
        ("zoeken: BSN", search(&bsn)),
        ("zoeken: klantnummer", search(&klantnummer)),
        ("zoeken: e-mail", search(&email)),
        ("zoeken: zeldzame naam", search(&rare)),
        ("zoeken: gewone naam (jansen)", search("jansen")),
        ("zoeken: twee letters (de)", search("de")),
        ("zoeken: gewoon + gewoon (jan jansen)", search("jan jansen")),
        (
            "zoeken: zeldzaam + gewoon (sjoukje jansen)",
            search("sjoukje jansen"),
        ),
        (
            "zoeken: onbekend + gewoon (xantippe jansen)",
            search("xantippe jansen"),
        ),
        ("zoeken: gewoon + zeldzaam (jan ørsted)", search("jan ørsted")),
        ("klant: de drukste", Page::At(busy)),
        ("klant: diep in de tijdlijn", Page::At(deep)),
        ("klanten", at("/klanten")),
        ("klanten: soort", at("/klanten?soort=vestiging")),
        ("contactmomenten", at("/contactmomenten")),
        ("contactmomenten: kanaal", at("/contactmomenten?kanaal=telefoon")),
        (
            "contactmomenten: onbekend kanaal",
            at("/contactmomenten?kanaal=rooksignaal"),
        ),
        (
            "contactmomenten: kanaal + medewerker",
            at("/contactmomenten?kanaal=sociale+media&medewerker=m016"),
        ),
        (
            "contactmomenten: initiatief + kanaal + maand",
            at("/contactmomenten?initiatiefnemer=gemeente&kanaal=brief&vanaf=2021-03-01&tot=2021-03-31"),
        ),
        (
            "contactmomenten: zeldzame medewerker, kanaal dat er niet is",
            at("/contactmomenten?medewerker=m016&kanaal=rooksignaal"),
        ),
        ("wachtrij", at("/wachtrij")),
        ("taken", at("/taken")),
        ("logboek", at("/logboek/wijzigingen")),
        (
            "logboek: klantnummer",
            at(&format!("/logboek/wijzigingen?klantnummer={klantnummer}")),
        ),
    ]
}

/// The address of an older page of a timeline, by following its links.
async fn deep(browser: &mut Browser, klant: &str) -> String {
    let mut path = klant.to_owned();
    for _ in 0..DEEP {
        let page = browser.get(&path).await;
        let Some((before, _)) = page.text().split_once("\">Ouder</a>") else {
            break;
        };
        let Some((_, link)) = before.rsplit_once("href=\"") else {
            break;
        };
        path = link.replace("&#38;", "&").replace("&amp;", "&");
    }
    path
}
