//! Laws of reading and writing, checked with many generated bodies: the words to generate them, and the loop.

use std::future::Future;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Strategy, any};
use proptest::sample::select;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Map, Value, json};
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// How many bodies each law is tried with, on each database.
const CASES: u32 = 32;

/// Text that survives trimming, at most this long.
pub fn text(longest: usize) -> impl Strategy<Value = Value> {
    vec(
        any::<char>().prop_filter("no U+0000", |letter| *letter != '\0'),
        0..=longest,
    )
    .prop_map(|letters| json!(letters.into_iter().collect::<String>().trim()))
}

/// A key with its value, or neither.
pub type Field = BoxedStrategy<Option<(String, Value)>>;

/// A key that may be given, with a value of this kind.
pub fn field(name: &'static str, value: impl Strategy<Value = Value> + 'static) -> Field {
    option::of(value)
        .prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        .boxed()
}

/// An object of which each key may be left out.
pub fn some_of(fields: Vec<Field>) -> impl Strategy<Value = Value> {
    fields.prop_map(|fields| Value::Object(fields.into_iter().flatten().collect::<Map<_, _>>()))
}

/// One of these texts.
pub fn one_of(choices: &'static [&'static str]) -> impl Strategy<Value = Value> {
    select(choices).prop_map(|choice| json!(choice))
}

/// Tries a law with many generated values, and fails with the smallest that breaks it. For tests on both databases,
/// whose runtime has threads to spare.
pub fn law<S: Strategy>(values: &S, check: impl AsyncFn(S::Value) -> Result<(), TestCaseError>)
where
    S::Value: Clone,
{
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 200,
        ..Config::default()
    });
    let outcome = block_in_place(|| runner.run(values, |value| wait(check(value))));
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    Handle::current().block_on(future)
}
