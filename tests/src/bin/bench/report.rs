//! The figures, for people and for programs.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

/// What a page should stay below.
const GOAL: Duration = Duration::from_millis(50);

/// What was measured of one thing.
pub struct Figures {
    name: &'static str,
    /// In order, the shortest first.
    took: Vec<Duration>,
    cpu: Duration,
}

impl Figures {
    /// Of these times, during which the server computed for `cpu` in all.
    pub fn new(name: &'static str, mut took: Vec<Duration>, cpu: Duration) -> Self {
        took.sort_unstable();
        Self { name, took, cpu }
    }

    /// The time within which this part of a hundred were answered.
    fn percentile(&self, percent: usize) -> Duration {
        let last = self.took.len().saturating_sub(1);
        self.took
            .get((self.took.len() * percent / 100).min(last))
            .copied()
            .unwrap_or_default()
    }

    fn cpu_each(&self) -> Duration {
        self.cpu / u32::try_from(self.took.len().max(1)).unwrap_or(u32::MAX)
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

/// Prints them.
pub fn table(figures: &[Figures]) {
    println!("| pagina | p50 ms | p99 ms | rekentijd server ms | |");
    println!("|---|---:|---:|---:|---|");
    for figure in figures {
        let verdict = if figure.percentile(50) <= GOAL { "" } else { "slow" };
        println!(
            "| {} | {} | {} | {} | {verdict} |",
            figure.name,
            ms(figure.percentile(50)),
            ms(figure.percentile(99)),
            ms(figure.cpu_each()),
        );
    }
}

/// Writes them.
pub fn json(figures: &[Figures], file: &Path) {
    let all: Vec<_> = figures
        .iter()
        .map(|figure| {
            json!({
                "name": figure.name,
                "times": figure.took.len(),
                "p50Ms": figure.percentile(50).as_secs_f64() * 1000.0,
                "p99Ms": figure.percentile(99).as_secs_f64() * 1000.0,
                "serverCpuMs": figure.cpu_each().as_secs_f64() * 1000.0,
            })
        })
        .collect();
    let text = serde_json::to_string_pretty(&all).expect("figures are JSON");
    std::fs::write(file, text + "\n").expect("the file can be written");
}
