//! Reading a page of metrics.

/// The value of a series, named with its labels as on the page; `None`: it is not there.
pub fn value(page: &str, series: &str) -> Option<f64> {
    page.lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
        .map(|value| value.parse().expect("the value of a series is a number"))
}
