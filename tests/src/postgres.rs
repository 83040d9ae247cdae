//! Databases on the PostgreSQL server of the tests: a template that is migrated once, and a copy of it per test.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Duration;

use openklant_shared::clock::Ids;
use openklant_shared::storage::Db;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;

use crate::wait;

/// The variable that names the server, with a role that may make databases.
const SERVER: &str = "OPENKLANT_TEST_POSTGRES_URL";

/// Any number, as long as nothing else takes it: who holds this lock makes the template.
const TEMPLATE_LOCK: i64 = 0x6f70_656e_6b6c;

/// Makes a database with the schema of this program and gives its URL.
pub async fn create() -> Url {
    let server = server();
    let mut admin = connect(&server).await;
    let template = template(&mut admin, &server).await;
    let name = format!("openklant_test_{}", Ids::Random.next().simple());
    run(&mut admin, format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
    let _closing_is_a_courtesy = admin.close().await;
    with_database(&server, &name)
}

/// Removes a database that [`create`] made, and whoever is still connected to it.
pub async fn remove(database: &Url) {
    let mut admin = connect(&server()).await;
    let name = database.path().trim_start_matches('/');
    run(&mut admin, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    let _closing_is_a_courtesy = admin.close().await;
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server of the tests is no setting of the product"
)]
fn server() -> Url {
    let text = std::env::var(SERVER).unwrap_or_else(|_| {
        panic!("this test needs a PostgreSQL server: run `cargo xtask ci`, or set {SERVER} to the URL of one")
    });
    Url::parse(&text).unwrap_or_else(|error| panic!("{SERVER} is not a URL: {error}"))
}

fn with_database(server: &Url, name: &str) -> Url {
    let mut url = server.clone();
    url.set_path(name);
    url
}

async fn connect(url: &Url) -> PgConnection {
    PgConnection::connect(url.as_str())
        .await
        .unwrap_or_else(|error| panic!("the PostgreSQL server of {SERVER} does not answer: {error}"))
}

async fn run(admin: &mut PgConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement.clone()))
        .execute(admin)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The name of the migrated template. Many test processes may ask at once: the first makes it, and it gets its name
/// only when it is complete.
async fn template(admin: &mut PgConnection, server: &Url) -> String {
    let name = format!("openklant_template_{:016x}", hash_of_migrations());
    if exists(admin, &name).await {
        return name;
    }
    lock(admin, "SELECT pg_advisory_lock($1)").await;
    if !exists(admin, &name).await {
        let building = format!("{name}_building");
        run(admin, format!("DROP DATABASE IF EXISTS {building} WITH (FORCE)")).await;
        run(admin, format!("CREATE DATABASE {building}")).await;
        let url = with_database(server, &building);
        let db = Db::open_postgres(url.as_str(), 1, Duration::from_secs(30))
            .await
            .expect("the template can be opened");
        db.migrate().await.expect("the migrations run on PostgreSQL");
        db.close().await;
        wait_until_unused(admin, &building).await;
        run(admin, format!("ALTER DATABASE {building} RENAME TO {name}")).await;
    }
    lock(admin, "SELECT pg_advisory_unlock($1)").await;
    name
}

async fn lock(admin: &mut PgConnection, statement: &'static str) {
    sqlx::query(statement)
        .bind(TEMPLATE_LOCK)
        .execute(admin)
        .await
        .unwrap_or_else(|error| panic!("{statement}: {error}"));
}

async fn exists(admin: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(admin)
        .await
        .expect("the list of databases can be read")
}

/// A closed connection lives on for a moment on the server, and a database in use cannot be renamed.
async fn wait_until_unused(admin: &mut PgConnection, name: &str) {
    wait::until("the template is not in use", async || {
        let sessions: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE datname = $1")
            .bind(name)
            .fetch_one(&mut *admin)
            .await
            .expect("the list of sessions can be read");
        (sessions == 0).then_some(())
    })
    .await;
}

fn hash_of_migrations() -> u64 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/postgres");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of migrations is there")
        .map(|entry| entry.expect("the folder of migrations can be read").path())
        .collect();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.file_name().hash(&mut hasher);
        std::fs::read(&file)
            .expect("a migration can be read")
            .hash(&mut hasher);
    }
    hasher.finish()
}
