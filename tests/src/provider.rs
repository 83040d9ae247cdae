//! A real OpenID Connect provider beside the product: the program in `tests/provider/`, in a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::app::{App, Setup};
use crate::beheer::Browser;
use crate::client::Client;
use crate::database::Database;
use crate::response::Response;

/// Longest it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// Most pages between the way there and the way back.
const MOST_PAGES: usize = 10;

/// A running provider; it ends with the test.
#[derive(Debug)]
pub struct Provider {
    _process: Child,
    address: SocketAddr,
}

impl Provider {
    /// Starts one in which `sub` is at the keyboard, whose claims are these.
    ///
    /// # Panics
    /// When its packages are not there; says which command gets them.
    pub async fn start(sub: &str, claims: Value) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("provider");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "the packages of the provider are not there: run `npm ci` in tests/provider"
        );
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .arg("0")
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It warns that it is not fit for production.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node is there: the tests of the login need it");
        let output = process.stdout.take().expect("its output");
        let mut lines = BufReader::new(output).lines();
        let port = timeout(PATIENCE, lines.next_line())
            .await
            .expect("the provider starts in time")
            .expect("its output can be read")
            .expect("it says its port");
        let port = port.parse().expect("a port");
        let provider = Self {
            _process: process,
            address: (Ipv4Addr::LOCALHOST, port).into(),
        };
        provider.be(json!({"account": sub, "claims": claims})).await;
        provider
    }

    /// The issuer.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The settings of a product that logs people in here.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        [
            ("OPENKLANT_BEHEER_ORGANISATION", "Gemeente Voorbeeld"),
            ("OPENKLANT_BEHEER_OIDC_ISSUER", &self.issuer()),
            ("OPENKLANT_BEHEER_OIDC_CLIENT_ID", "openklant"),
            (
                "OPENKLANT_BEHEER_OIDC_CLIENT_SECRET",
                "geheim van openklant bij de inlogdienst",
            ),
            (
                "OPENKLANT_BEHEER_OIDC_ROLES",
                "balie=lezer,beheer=beheerder,techniek=operator",
            ),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
    }

    /// A product that logs people in here, and that this provider knows.
    pub async fn app(&self, database: &Database, more: &[(&str, &str)]) -> App {
        let setup = Setup::new().in_real_time().with(self.settings());
        let app = setup.with(more.iter().copied()).start(database).await;
        self.know(&app).await;
        app
    }

    /// Lets it send browsers to this product.
    pub async fn know(&self, app: &App) {
        let site = format!("{}/beheer/inloggen/oidc", app.base());
        self.be(json!({"redirect": format!("{site}/terug"), "out": format!("{site}/uit")}))
            .await;
    }

    /// Changes how it is; `provider.mjs` says what there is to change.
    pub async fn be(&self, how: Value) {
        self.client().post("/test/be", &how).await.is(200);
    }

    /// What came to it.
    pub async fn seen(&self) -> Value {
        self.client().get("/test/seen").await.expect(200).json()
    }

    fn client(&self) -> Client {
        Client::new(self.address, None)
    }

    /// A browser that was never here.
    pub fn browser(&self) -> Browser {
        Browser::at(self.client())
    }

    /// Follows the pages here from `url` on; answers the address elsewhere to which they lead.
    pub async fn walk(&self, there: &mut Browser, url: &str) -> String {
        let mut url = url.to_owned();
        for _ in 0..MOST_PAGES {
            let page = there.get(&url).await;
            let to = page
                .header("location")
                .unwrap_or_else(|| panic!("{url} leads on: {} {}", page.status(), page.text()));
            if !to.starts_with('/') && !to.starts_with(&format!("{}/", self.issuer())) {
                return to.to_owned();
            }
            url = to.to_owned();
        }
        panic!("the provider sends a browser back after {MOST_PAGES} pages")
    }

    /// Follows the link of the login page, as far as the address back.
    pub async fn log_in_as_far_as_back(&self, browser: &mut Browser, wanted: &str) -> String {
        let away = browser
            .get(&format!("/beheer/inloggen/oidc?verder={wanted}"))
            .await
            .expect(303);
        let to = away.header("location").expect("a way there").to_owned();
        assert!(to.starts_with(&self.issuer()), "{to}");
        self.walk(&mut self.browser(), &to).await
    }

    /// The same, and comes back.
    pub async fn log_in(&self, browser: &mut Browser, wanted: &str) -> Response {
        let back = self.log_in_as_far_as_back(browser, wanted).await;
        browser.get(&back).await
    }
}
