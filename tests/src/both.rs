//! Running one test on both databases.

use std::future::Future;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::runtime::Builder;

use crate::database::{Database, Kind};

/// Makes two tests of each function: `name::sqlite` and `name::postgres`. A function takes an [`crate::App`], which is
/// then started with the usual settings, or a [`Database`], with which it starts one itself.
///
/// ```text
/// on_both! {
///     async fn refuses_a_klant_without_klantnummer(app: App) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both {
    ($($(#[$note:meta])* async fn $name:ident($given:ident: $what:ty) $body:block)+) => {
        $(
            $(#[$note])*
            mod $name {
                #[allow(unused_imports, clippy::allow_attributes, reason = "a test may need nothing of its file")]
                use super::*;

                async fn case($given: $what) $body

                #[test]
                fn sqlite() {
                    $crate::both::run($crate::Kind::Sqlite, case);
                }

                #[test]
                fn postgres() {
                    $crate::both::run($crate::Kind::Postgres, case);
                }
            }
        )+
    };
}

/// What a test can be given: made of an empty database.
pub trait Given {
    /// Makes it.
    fn from_database(database: Database) -> impl Future<Output = Self>;
}

impl Given for Database {
    async fn from_database(database: Database) -> Self {
        database
    }
}

/// Makes a database, runs a test on it, and removes the database also when the test failed.
pub fn run<T: Given, F: Future<Output = ()>>(kind: Kind, case: impl FnOnce(T) -> F) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime for the test");
    let outcome = runtime.block_on(async {
        let database = Database::create(kind).await;
        let given = database.clone();
        let outcome = AssertUnwindSafe(async { case(T::from_database(given).await).await })
            .catch_unwind()
            .await;
        database.remove().await;
        outcome
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    if let Err(failure) = outcome {
        resume_unwind(failure);
    }
}
