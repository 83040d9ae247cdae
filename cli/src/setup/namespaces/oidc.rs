//! Logging in to the management site through a provider: `oidc_db_config_admin_auth`, with its `providers` beside its
//! `items` or with everything in the item. Of the endpoints only the one that tells of the others is used: without an
//! issuer nothing says whose token it is.

use openklant_shared::settings::{oidc_issuer, stored};

use crate::applicatie::text::fitting;
use crate::setup::document::{Entry, Node, Value};
use crate::setup::namespaces::access::secret;
use crate::setup::reader::{Fields, Given, Keys, Reader, switch};
use crate::setup::wanted::{Setting, StoredSecret, Wanted};

/// The provider.
pub const ADMIN_AUTH: &str = "oidc_db_config_admin_auth";

/// The one item that is about administrators.
const ADMIN: &str = "admin-oidc";
/// Most characters of a name, a claim or a scope.
const MAX_LENGTH: usize = 255;

const ROOT: Keys = Keys {
    read: &["providers", "items"],
    unused: &[],
};
const PROVIDER: Keys = Keys {
    read: &["identifier", "endpoint_config"],
    unused: &[
        "oidc_token_use_basic_auth",
        "oidc_use_nonce",
        "oidc_use_pkce",
        "oidc_nonce_size",
        "oidc_state_size",
    ],
};
const ENDPOINTS: Keys = Keys {
    read: &["oidc_op_discovery_endpoint"],
    unused: &[
        "oidc_op_authorization_endpoint",
        "oidc_op_token_endpoint",
        "oidc_op_user_endpoint",
        "oidc_op_jwks_endpoint",
        "oidc_op_logout_endpoint",
    ],
};
const ITEM: Keys = Keys {
    read: &[
        "identifier",
        "enabled",
        "oidc_provider_identifier",
        "endpoint_config",
        "oidc_rp_client_id",
        "oidc_rp_client_secret",
        "oidc_rp_scopes_list",
        "username_claim",
        "groups_claim",
        "claim_mapping",
        "superuser_group_names",
        "options",
    ],
    unused: &[
        "oidc_rp_sign_algo",
        "oidc_rp_idp_sign_key",
        "oidc_token_use_basic_auth",
        "oidc_use_nonce",
        "oidc_use_pkce",
        "oidc_nonce_size",
        "oidc_state_size",
        "oidc_keycloak_idp_hint",
        "userinfo_claims_source",
        "sync_groups",
        "sync_groups_glob_pattern",
        "default_groups",
        "make_users_staff",
    ],
};
const OPTIONS: Keys = Keys {
    read: &["user_settings", "groups_settings"],
    unused: &[],
};
const USER_SETTINGS: Keys = Keys {
    read: &["claim_mappings"],
    unused: &["username_case_sensitive", "sensitive_claims"],
};
const MAPPINGS: Keys = Keys {
    read: &["username", "first_name", "last_name", "email"],
    unused: &[],
};
const GROUPS_SETTINGS: Keys = Keys {
    read: &["claim_mapping", "superuser_group_names"],
    unused: &["sync", "sync_pattern", "default_groups", "make_users_staff"],
};

/// Reads the provider.
pub fn admin_auth(reader: &mut Reader<'_>, entry: &Entry, wanted: &mut Wanted) {
    let Some(fields) = reader.fields(&entry.node, &ROOT) else {
        return;
    };
    let mut providers = Vec::new();
    if let Some(entry) = fields.get("providers") {
        for node in reader.list(entry) {
            if let Some(fields) = reader.fields(node, &PROVIDER) {
                let identifier = reader.require(fields, "identifier", text);
                let issuer = issuer(reader, fields);
                providers.extend(identifier.map(|identifier| (identifier.value, issuer)));
            }
        }
    }
    let mut is_read = false;
    for node in reader.items(fields, "items") {
        let Some(fields) = reader.fields(node, &ITEM) else {
            continue;
        };
        let identifier = reader.get(fields, "identifier", text);
        if is_read || identifier.is_some_and(|identifier| identifier.value != ADMIN) {
            reader.note(node.place, format!("left out: only one item counts, {ADMIN}"));
            continue;
        }
        is_read = true;
        item(reader, fields, &providers, wanted);
    }
}

type Providers = [(String, Option<Given<String>>)];

fn item(reader: &mut Reader<'_>, fields: Fields<'_>, providers: &Providers, wanted: &mut Wanted) {
    let enabled = reader.get(fields, "enabled", switch);
    let own = issuer(reader, fields);
    let named = reader.get(fields, "oidc_provider_identifier", text);
    let client_id = reader.get(fields, "oidc_rp_client_id", text);
    let client_secret = reader.get(fields, "oidc_rp_client_secret", secret);
    let scopes = list(reader, fields, "oidc_rp_scopes_list");
    let claims = Claims::read(reader, fields);
    let of_provider = match &named {
        Some(named) => {
            let found = providers
                .iter()
                .find(|(identifier, _)| *identifier == named.value);
            if found.is_none() {
                let text = format!("there is no provider {}", named.value);
                reader.mistake(named.place, text);
            }
            found
        }
        None => providers.first().filter(|_| providers.len() == 1),
    };
    let issuer = own.or_else(|| of_provider.and_then(|(_, issuer)| issuer.clone()));
    if enabled.is_some_and(|enabled| !enabled.value) {
        reader.note(fields.place, format!("{ADMIN} is left out: it is not enabled"));
        return;
    }
    let Some(issuer) = issuer else {
        let text = format!(
            "{ADMIN} is left out: it has no oidc_op_discovery_endpoint, and endpoints that are given by hand say nothing of \
             the issuer"
        );
        reader.note(fields.place, text);
        return;
    };
    let scopes = scopes.map(|scopes| Given {
        place: scopes.place,
        value: scopes
            .value
            .into_iter()
            .filter(|scope| scope != "openid")
            .collect::<Vec<_>>()
            .join(","),
    });
    for (key, given) in [
        ("oidc.issuer", Some(issuer)),
        ("oidc.client_id", client_id),
        ("oidc.scopes", scopes),
        ("oidc.username_claim", claims.username),
        ("oidc.name_claims", claims.names),
        ("oidc.email_claim", claims.email),
        ("oidc.groups_claim", claims.groups),
        ("oidc.every_role_groups", claims.superusers),
    ] {
        wanted.settings.extend(given.map(|given| Setting {
            key: key.to_owned(),
            value: Some(given.value).filter(|value| !value.is_empty()),
            place: given.place,
        }));
    }
    wanted.secrets.extend(client_secret.map(|given| StoredSecret {
        key: stored::OIDC_SECRET,
        place: given.place,
        value: Some(given.value),
    }));
}

/// What the file says of claims and groups, in either of its forms.
#[derive(Default)]
struct Claims {
    username: Option<Given<String>>,
    names: Option<Given<String>>,
    email: Option<Given<String>>,
    groups: Option<Given<String>>,
    superusers: Option<Given<String>>,
}

impl Claims {
    fn read(reader: &mut Reader<'_>, fields: Fields<'_>) -> Self {
        let mut claims = Self {
            username: path(reader, fields, "username_claim"),
            groups: path(reader, fields, "groups_claim"),
            superusers: joined(list(reader, fields, "superuser_group_names")),
            ..Self::default()
        };
        if let Some(mapping) = within(reader, fields, "claim_mapping", &MAPPINGS) {
            claims.map(reader, mapping);
        }
        let Some(options) = within(reader, fields, "options", &OPTIONS) else {
            return claims;
        };
        let user = within(reader, options, "user_settings", &USER_SETTINGS);
        let mapping = user.and_then(|user| within(reader, user, "claim_mappings", &MAPPINGS));
        if let Some(mapping) = mapping {
            claims.map(reader, mapping);
        }
        if let Some(groups) = within(reader, options, "groups_settings", &GROUPS_SETTINGS) {
            claims.groups = path(reader, groups, "claim_mapping").or(claims.groups);
            claims.superusers = joined(list(reader, groups, "superuser_group_names")).or(claims.superusers);
        }
        claims
    }

    fn map(&mut self, reader: &mut Reader<'_>, mapping: Fields<'_>) {
        let mut read = |key| path(reader, mapping, key);
        let (username, email) = (read("username"), read("email"));
        let (first, last) = (read("first_name"), read("last_name"));
        self.username = username.or(self.username.take());
        self.email = email.or(self.email.take());
        let place = first.as_ref().or(last.as_ref()).map(|given| given.place);
        let parts: Vec<String> = [first, last]
            .into_iter()
            .flatten()
            .map(|given| given.value)
            .collect();
        if let Some(place) = place {
            self.names = Some(Given {
                place,
                value: parts.join(","),
            });
        }
    }
}

/// The issuer that the endpoints tell of.
fn issuer(reader: &mut Reader<'_>, fields: Fields<'_>) -> Option<Given<String>> {
    let endpoints = within(reader, fields, "endpoint_config", &ENDPOINTS)?;
    reader.get(endpoints, "oidc_op_discovery_endpoint", oidc_issuer)
}

/// The map under a key.
fn within<'n>(reader: &mut Reader<'_>, fields: Fields<'n>, key: &str, keys: &Keys) -> Option<Fields<'n>> {
    let entry = fields.get(key)?;
    match &entry.node.value {
        Value::Nothing => None,
        _ => reader.fields(&entry.node, keys),
    }
}

/// The texts under a key: a list of them, or one.
fn list(reader: &mut Reader<'_>, fields: Fields<'_>, key: &str) -> Option<Given<Vec<String>>> {
    let entry = fields.get(key)?;
    let place = entry.node.place;
    let one: &[Node] = std::slice::from_ref(&entry.node);
    let nodes = match &entry.node.value {
        Value::Nothing => return None,
        Value::List(items) => &items[..],
        _ => one,
    };
    let before = reader.mistakes.len();
    let value = nodes
        .iter()
        .filter_map(|node| reader.item(node, key, item_text))
        .map(|given| given.value)
        .collect();
    (reader.mistakes.len() == before).then_some(Given { place, value })
}

/// A claim: its name, or the way to it.
fn path(reader: &mut Reader<'_>, fields: Fields<'_>, key: &str) -> Option<Given<String>> {
    list(reader, fields, key).map(|given| Given {
        place: given.place,
        value: given.value.join("."),
    })
}

fn joined(given: Option<Given<Vec<String>>>) -> Option<Given<String>> {
    given.map(|given| Given {
        place: given.place,
        value: given.value.join(","),
    })
}

fn text(text: &str) -> Result<String, String> {
    fitting(text, MAX_LENGTH)
}

/// A text in a list that is kept with commas between.
fn item_text(text: &str) -> Result<String, String> {
    if text.contains(',') {
        return Err("it may not have a comma in it".to_owned());
    }
    fitting(text, MAX_LENGTH)
}
