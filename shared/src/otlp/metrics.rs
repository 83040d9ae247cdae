//! From the page for Prometheus to the messages of OTLP: one set of metrics, told in two ways.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics,
    ScopeMetrics, Sum,
};
use opentelemetry_proto::tonic::resource::v1::Resource;

use super::Attribute;
use super::spans::{attribute, nanos, scope};

/// A request that brings what a page says.
pub(super) fn request(
    resource: &Resource,
    page: &str,
    begun: DateTime<Utc>,
    now: DateTime<Utc>,
) -> ExportMetricsServiceRequest {
    let between = Between {
        begun: nanos(begun),
        now: nanos(now),
    };
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(resource.clone()),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(scope()),
                metrics: read(page)
                    .iter()
                    .filter_map(|family| family.message(between))
                    .collect(),
                schema_url: String::new(),
            }],
            schema_url: String::new(),
        }],
    }
}

/// The time that counts are of.
#[derive(Clone, Copy)]
struct Between {
    begun: u64,
    now: u64,
}

/// A metric with all its series.
#[derive(Debug, Default)]
struct Family<'p> {
    name: &'p str,
    about: &'p str,
    kind: &'p str,
    series: Vec<Series<'p>>,
}

/// A line of the page.
#[derive(Debug)]
struct Series<'p> {
    name: &'p str,
    labels: Vec<(&'p str, &'p str)>,
    value: f64,
}

/// Takes the page apart. Our labels hold no quotes and no commas: their values are words of ours and declared paths.
fn read(page: &str) -> Vec<Family<'_>> {
    let mut families: Vec<Family<'_>> = Vec::new();
    let mut about = BTreeMap::new();
    for line in page.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            if let Some((name, text)) = help.split_once(' ') {
                about.insert(name, text);
            }
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            if let Some((name, kind)) = kind.split_once(' ') {
                families.push(Family {
                    name,
                    about: about.get(name).copied().unwrap_or_default(),
                    kind,
                    series: Vec::new(),
                });
            }
        } else if let (Some(series), Some(family)) = (read_series(line), families.last_mut()) {
            family.series.push(series);
        }
    }
    families
}

fn read_series(line: &str) -> Option<Series<'_>> {
    let (series, value) = line.rsplit_once(' ')?;
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels = labels
        .trim_end_matches('}')
        .split("\",")
        .filter_map(|label| label.split_once("=\""))
        .map(|(key, value)| (key, value.trim_end_matches('"')))
        .collect();
    Some(Series {
        name,
        labels,
        value: value.parse().ok()?,
    })
}

impl Family<'_> {
    fn message(&self, between: Between) -> Option<Metric> {
        let cumulative = AggregationTemporality::Cumulative.into();
        let data = match self.kind {
            "counter" => Data::Sum(Sum {
                data_points: self.numbers(between),
                aggregation_temporality: cumulative,
                is_monotonic: true,
            }),
            "gauge" => Data::Gauge(Gauge {
                data_points: self.numbers(between),
            }),
            "histogram" => Data::Histogram(Histogram {
                data_points: self.histograms(between),
                aggregation_temporality: cumulative,
            }),
            _ => return None,
        };
        Some(Metric {
            name: self.name.to_owned(),
            description: self.about.to_owned(),
            data: Some(data),
            ..Metric::default()
        })
    }

    fn numbers(&self, between: Between) -> Vec<NumberDataPoint> {
        self.series
            .iter()
            .map(|series| NumberDataPoint {
                attributes: attributes(&series.labels),
                start_time_unix_nano: between.begun,
                time_unix_nano: between.now,
                value: Some(Value::AsDouble(series.value)),
                ..NumberDataPoint::default()
            })
            .collect()
    }

    /// One point per set of labels, of its buckets, its sum and its count.
    fn histograms(&self, between: Between) -> Vec<HistogramDataPoint> {
        let mut points: BTreeMap<Vec<(&str, &str)>, HistogramDataPoint> = BTreeMap::new();
        let mut below: BTreeMap<Vec<(&str, &str)>, u64> = BTreeMap::new();
        for series in &self.series {
            let bound = series.labels.iter().find(|(key, _)| *key == "le");
            let labels: Vec<_> = series
                .labels
                .iter()
                .copied()
                .filter(|(key, _)| *key != "le")
                .collect();
            let point = points
                .entry(labels.clone())
                .or_insert_with(|| HistogramDataPoint {
                    attributes: attributes(&labels),
                    start_time_unix_nano: between.begun,
                    time_unix_nano: between.now,
                    ..HistogramDataPoint::default()
                });
            if let Some((_, bound)) = bound {
                // The page counts what is below a bound, OTLP what is between two.
                let count = as_count(series.value);
                let before = below.insert(labels, count).unwrap_or_default();
                point.bucket_counts.push(count.saturating_sub(before));
                if let Ok(bound) = bound.parse::<f64>()
                    && bound.is_finite()
                {
                    point.explicit_bounds.push(bound);
                }
            } else if series.name.ends_with("_sum") {
                point.sum = Some(series.value);
            } else if series.name.ends_with("_count") {
                point.count = as_count(series.value);
            }
        }
        points.into_values().collect()
    }
}

fn attributes(labels: &[(&str, &str)]) -> Vec<KeyValue> {
    labels
        .iter()
        .map(|(key, value)| attribute(key, Attribute::from(*value)))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count on the page is a whole number, not below zero"
)]
fn as_count(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# HELP a_total What a is\n# TYPE a_total counter\na_total{class=\"x\",route=\"/k/{uuid}\"} 3\n\n\
        # TYPE b gauge\nb 1.5\n\n\
        # TYPE c_seconds histogram\nc_seconds_bucket{le=\"0.5\"} 1\nc_seconds_bucket{le=\"1\"} 4\n\
        c_seconds_bucket{le=\"+Inf\"} 6\nc_seconds_sum 7.25\nc_seconds_count 6\n\
        # TYPE d summary\nd{quantile=\"0.5\"} 1\n";

    #[test]
    fn a_page_says_the_same_in_both_ways() {
        let families = read(PAGE);
        let between = Between { begun: 1, now: 2 };
        let messages: Vec<Metric> = families
            .iter()
            .filter_map(|family| family.message(between))
            .collect();
        let [a, b, c] = &messages[..] else {
            panic!("three metrics: {messages:?}")
        };
        assert_eq!(
            (a.name.as_str(), a.description.as_str()),
            ("a_total", "What a is")
        );
        let Some(Data::Sum(sum)) = &a.data else {
            panic!("{a:?}")
        };
        assert!(sum.is_monotonic && sum.data_points[0].value == Some(Value::AsDouble(3.0)));
        let labels: Vec<&str> = sum.data_points[0]
            .attributes
            .iter()
            .map(|one| one.key.as_str())
            .collect();
        assert_eq!(labels, ["class", "route"]);
        assert_eq!(
            sum.data_points[0].attributes[1],
            attribute("route", Attribute::from("/k/{uuid}"))
        );
        let Some(Data::Gauge(gauge)) = &b.data else {
            panic!("{b:?}")
        };
        assert_eq!(gauge.data_points[0].value, Some(Value::AsDouble(1.5)));
        let Some(Data::Histogram(histogram)) = &c.data else {
            panic!("{c:?}")
        };
        let point = &histogram.data_points[0];
        assert_eq!(point.explicit_bounds, [0.5, 1.0]);
        assert_eq!(point.bucket_counts, [1, 3, 2]);
        assert_eq!((point.count, point.sum), (6, Some(7.25)));
    }
}
