//! The charts of the queue: coordinates in a box of 240 by 100, computed here, so that a template only writes them down.

use std::time::Duration;

use openklant_shared::domain::delivery_hour::Hour;

/// Width of the box.
const WIDTH: f64 = 240.0;

/// Height of the box; 0 is above.
const HEIGHT: f64 = 100.0;

/// The part of the height that the highest bar takes.
const ROOM: f64 = 92.0;

/// Between what was accepted and what failed, so that colour is not the only difference.
const GAP: f64 = 2.0;

/// Something that happened is never invisible.
const LEAST: f64 = 1.2;

/// The shortest time on the axis of times.
const SHORTEST_MS: f64 = 10.0;

/// A bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rect {
    /// `bar` or `bad`.
    pub class: &'static str,
    /// Its left side.
    pub x: String,
    /// Its top.
    pub y: String,
    /// Its width.
    pub width: String,
    /// Its height.
    pub height: String,
}

/// Bars per hour: accepted, with what failed on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// The bars.
    pub rects: Vec<Rect>,
    /// Heights of two lines.
    pub lines: [String; 2],
    /// What the lines stand for.
    pub values: [i64; 2],
}

/// A line of times on a logarithmic axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The path; it breaks off where nothing was accepted.
    pub path: String,
    /// Height of the line of the limit.
    pub limit: String,
}

fn written(number: f64) -> String {
    format!("{number:.1}")
}

#[expect(clippy::cast_precision_loss, reason = "a pixel is coarser")]
fn real(number: i64) -> f64 {
    number as f64
}

/// The smallest 1, 2 or 5 with zeros that is twice something whole and not less than `most`.
fn round_up(most: i64) -> i64 {
    let mut step = 1_i64;
    loop {
        for factor in [2, 4, 10] {
            let value = step.saturating_mul(factor);
            if value >= most || value == i64::MAX {
                return value;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The bars of these hours.
pub fn bars(hours: &[Hour]) -> Bars {
    let most = hours
        .iter()
        .map(|hour| hour.accepted + hour.failed)
        .max()
        .unwrap_or(0);
    let top = round_up(most);
    let height = |count: i64| {
        if count == 0 {
            0.0
        } else {
            (real(count) / real(top) * ROOM).max(LEAST)
        }
    };
    let step = WIDTH / real(i64::try_from(hours.len()).unwrap_or(1).max(1));
    let mut rects = Vec::new();
    let mut left = step * 0.1;
    for hour in hours {
        let mut floor = HEIGHT;
        for (class, count) in [("bar", hour.accepted), ("bad", hour.failed)] {
            let tall = height(count);
            if tall > 0.0 {
                rects.push(Rect {
                    class,
                    x: written(left),
                    y: written((floor - tall).max(0.0)),
                    width: written(step * 0.8),
                    height: written(tall),
                });
                floor -= tall + GAP;
            }
        }
        left += step;
    }
    Bars {
        rects,
        lines: [top / 2, top].map(|count| written(HEIGHT - real(count) / real(top) * ROOM)),
        values: [top / 2, top],
    }
}

/// The line of the medians of these hours, with the limit of an alert.
pub fn times(hours: &[Hour], limit: Duration) -> Times {
    let ms = |time: Duration| (time.as_secs_f64() * 1000.0).max(SHORTEST_MS);
    let longest = hours
        .iter()
        .filter_map(|hour| hour.median)
        .map(ms)
        .fold(ms(limit) * 2.0, f64::max);
    let scale = (longest / SHORTEST_MS).ln().max(1.0);
    let y = |time: Duration| written(HEIGHT - (ms(time) / SHORTEST_MS).ln() / scale * ROOM - 2.0);
    let step = WIDTH / real(i64::try_from(hours.len().saturating_sub(1)).unwrap_or(1).max(1));
    let mut path = String::new();
    let mut x = 0.0;
    let mut drawing = false;
    for hour in hours {
        match hour.median {
            Some(median) => {
                if !path.is_empty() {
                    path.push(' ');
                }
                path.push(if drawing { 'L' } else { 'M' });
                path.push_str(&written(x));
                path.push(',');
                path.push_str(&y(median));
                if !drawing {
                    // A lone hour is a dot, not nothing.
                    path.push_str(" h0.1");
                }
                drawing = true;
            }
            None => drawing = false,
        }
        x += step;
    }
    Times {
        path,
        limit: y(limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(accepted: i64, failed: i64, median_ms: Option<u64>) -> Hour {
        Hour {
            accepted,
            failed,
            median: median_ms.map(Duration::from_millis),
            ..Hour::default()
        }
    }

    #[test]
    fn the_highest_bar_fits_and_the_lowest_is_seen() {
        let mut hours = vec![hour(0, 0, None); 22];
        hours.push(hour(1000, 0, None));
        hours.push(hour(500, 1, None));
        let bars = bars(&hours);
        assert_eq!(bars.values, [500, 1000]);
        assert_eq!(bars.lines, ["54.0", "8.0"]);
        let of = |at: usize| {
            let Rect {
                class, x, y, height, ..
            } = &bars.rects[at];
            (*class, x.as_str(), y.as_str(), height.as_str())
        };
        assert_eq!(bars.rects.len(), 3, "an hour without anything has no bar");
        assert_eq!(of(0), ("bar", "221.0", "8.0", "92.0"));
        assert_eq!(of(1), ("bar", "231.0", "54.0", "46.0"));
        assert_eq!(of(2), ("bad", "231.0", "50.8", "1.2"));
        assert_eq!(bars.rects[0].width, "8.0");
    }

    #[test]
    fn nothing_at_all_is_drawn_as_nothing() {
        let none = bars(&[hour(0, 0, None); 24]);
        assert!(none.rects.is_empty());
        assert_eq!(none.values, [1, 2]);
        assert!(bars(&[]).rects.is_empty());
        assert_eq!(times(&[hour(0, 0, None); 24], Duration::from_mins(10)).path, "");
        assert_eq!(times(&[], Duration::from_mins(10)).path, "");
    }

    #[test]
    fn tops_are_round() {
        for (most, expected) in [
            (0, 2),
            (2, 2),
            (3, 4),
            (5, 10),
            (11, 20),
            (999, 1000),
            (1180, 2000),
        ] {
            assert_eq!(round_up(most), expected, "{most}");
        }
        assert_eq!(round_up(i64::MAX), i64::MAX);
    }

    #[test]
    fn ten_times_as_long_is_a_step_of_the_same_height() {
        let limit = Duration::from_secs(50);
        let of = |ms| times(&[hour(1, 0, Some(ms))], limit).path;
        // From 10 ms to twice the limit are four powers of ten.
        assert_eq!(of(10), "M0.0,98.0 h0.1");
        assert_eq!(of(100), "M0.0,75.0 h0.1");
        assert_eq!(of(1_000), "M0.0,52.0 h0.1");
        assert_eq!(of(1), of(10), "shorter than the axis");
        assert_eq!(of(1_000_000), "M0.0,6.0 h0.1", "longer stretches it");
    }

    #[test]
    fn the_line_breaks_off_where_nothing_was_accepted() {
        let hours = [
            hour(1, 0, Some(10)),
            hour(1, 0, Some(10)),
            hour(0, 0, None),
            hour(1, 0, Some(10)),
        ];
        assert_eq!(
            times(&hours, Duration::from_mins(10)).path,
            "M0.0,98.0 h0.1 L80.0,98.0 M240.0,98.0 h0.1"
        );
    }
}
