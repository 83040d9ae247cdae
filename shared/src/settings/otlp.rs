//! Settings of the export to an OpenTelemetry collector, by the names that OpenTelemetry gave them.

use std::time::Duration;

use url::Url;

use super::address::http_url;
use super::reader::Reader;
use super::value::{ValueError, number, switch, word};
use super::{Secret, names};

/// Settings of the export.
#[derive(Debug, Clone)]
pub struct Otlp {
    /// Where the collector is, without `/v1/…`; `None`: nothing is exported.
    pub endpoint: Option<Url>,
    /// Headers of every call: names and values.
    pub headers: Vec<(String, Secret)>,
    /// Name of this service.
    pub service_name: String,
    /// What else is told of this service.
    pub resource_attributes: Vec<(String, String)>,
    /// How often metrics are sent.
    pub metric_interval: Duration,
}

pub(super) fn read(reader: &mut Reader<'_>) -> Option<Otlp> {
    let disabled = reader.get(&names::OTEL_SDK_DISABLED, switch);
    let endpoint = reader.get(&names::OTEL_EXPORTER_OTLP_ENDPOINT, http_url);
    let protocol = reader.get(&names::OTEL_EXPORTER_OTLP_PROTOCOL, |text| Ok(text.to_owned()));
    let headers = reader.get(&names::OTEL_EXPORTER_OTLP_HEADERS, pairs);
    let service_name = reader.get(&names::OTEL_SERVICE_NAME, word);
    let resource_attributes = reader.get(&names::OTEL_RESOURCE_ATTRIBUTES, pairs);
    let millis = reader.get(&names::OTEL_METRIC_EXPORT_INTERVAL, number(1_000, 3_600_000));
    let endpoint = endpoint.filter(|_| disabled == Some(false));
    if endpoint.is_some() && protocol.as_deref() != Some("http/protobuf") {
        let problem = ValueError::Combination(
            "is another protocol than this program speaks: name the collector's endpoint for OTLP over HTTP, usually \
             at port 4318",
        );
        let setting = &names::OTEL_EXPORTER_OTLP_PROTOCOL;
        reader.at_odds(setting, problem, setting.example);
    }
    Some(Otlp {
        endpoint,
        headers: headers
            .unwrap_or_default()
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect(),
        service_name: service_name?,
        resource_attributes: resource_attributes.unwrap_or_default(),
        metric_interval: Duration::from_millis(millis?),
    })
}

/// `name=value,name=value`; a value may be percent-encoded, as OpenTelemetry has it.
fn pairs(text: &str) -> Result<Vec<(String, String)>, ValueError> {
    let texts = text.split(',').map(str::trim).filter(|pair| !pair.is_empty());
    texts
        .map(|pair| {
            let (name, value) = pair.split_once('=').ok_or(ValueError::Pairs)?;
            let name = word(name.trim())?;
            let value = percent_decoded(value.trim()).ok_or(ValueError::Pairs)?;
            if name.is_empty() || value.chars().any(char::is_control) {
                return Err(ValueError::Pairs);
            }
            Ok((name, value))
        })
        .collect()
}

/// `%20` and the like as what they mean; `None` when that is no text.
fn percent_decoded(text: &str) -> Option<String> {
    // The library that decodes forms also takes a plus for a blank, which it is not here.
    let pair = format!("x={}", text.replace('+', "%2B"));
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
    (!value.contains(char::REPLACEMENT_CHARACTER)).then(|| value.into_owned())
}
