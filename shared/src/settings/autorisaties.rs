//! Settings of the Autorisaties API: where rights are asked that are not kept here, and how long an answer counts.

use std::time::Duration;

use super::api_access::{self, ApiAccess, ApiSettings};
use super::reader::Reader;
use super::server::secret_text;
use super::value::{ValueError, duration};
use super::{Secret, names};

/// Settings of the Autorisaties API.
#[derive(Debug, Clone)]
pub struct Autorisaties {
    /// Who is asked; `None`: nobody, and the rights are those kept here.
    pub api: Option<ApiAccess>,
    /// How long an answer holds.
    pub fresh_for: Duration,
    /// How old an answer may be to count while there is no newer one; not less than `fresh_for`.
    pub last_known_for: Duration,
    /// Longest an answer may take, connecting included; less than the request time-out.
    pub timeout: Duration,
    /// What a message about changed rights must come with; `None`: such messages are not taken.
    pub callback_secret: Option<Secret>,
}

/// The settings that name the API.
const API: ApiSettings = ApiSettings {
    root: &names::AUTORISATIES_API_ROOT,
    client_id: &names::AUTORISATIES_CLIENT_ID,
    secret: &names::AUTORISATIES_SECRET,
    without_root: "OPENKLANT_AUTORISATIES_API_ROOT is not set, so no Autorisaties API is asked",
    with_root: "OPENKLANT_AUTORISATIES_API_ROOT is set",
};

/// Reads them; `request_timeout` is how long a request to us may take.
pub(super) fn read(reader: &mut Reader<'_>, request_timeout: Option<Duration>) -> Option<Autorisaties> {
    let api = api_access::read(reader, &API);
    let fresh_for = reader.get(&names::AUTORISATIES_FRESH_FOR, duration("1s", "1d"));
    let last_known_for = reader.get(&names::AUTORISATIES_LAST_KNOWN_FOR, duration("1s", "30d"));
    let timeout = reader.get(&names::AUTORISATIES_TIMEOUT, duration("100ms", "60s"));
    let callback_secret = reader.get(&names::AUTORISATIES_CALLBACK_SECRET, secret_text);
    if let (Some(fresh), Some(last_known)) = (fresh_for, last_known_for)
        && last_known < fresh
    {
        let problem = ValueError::Combination(
            "must not be less than OPENKLANT_AUTORISATIES_FRESH_FOR: an answer that holds is one that counts",
        );
        let enough = format!("{}s", fresh.as_secs());
        reader.at_odds(&names::AUTORISATIES_LAST_KNOWN_FOR, problem, &enough);
    }
    if let (Some(timeout), Some(request), true) = (timeout, request_timeout, api.is_some())
        && timeout >= request
    {
        let problem = ValueError::Combination(
            "must be less than OPENKLANT_REQUEST_TIMEOUT: a request that waits for the Autorisaties API must be able \
             to go on without it",
        );
        reader.at_odds(
            &names::AUTORISATIES_TIMEOUT,
            problem,
            &format!("{}ms", request.as_millis() / 3),
        );
    }
    if callback_secret.is_some() && !reader.is_set(&names::AUTORISATIES_API_ROOT) {
        reader.no_effect(names::AUTORISATIES_CALLBACK_SECRET.name, API.without_root);
    }
    Some(Autorisaties {
        api,
        fresh_for: fresh_for?,
        last_known_for: last_known_for?,
        timeout: timeout?,
        callback_secret,
    })
}
