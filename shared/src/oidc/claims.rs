//! What a provider says of a person, by the claims that the settings name.

use http::header::{ACCEPT, AUTHORIZATION};
use openidconnect::core::CoreIdToken;
use serde_json::{Map, Value};
use url::Url;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{LoginError, unreachable};
use crate::domain::beheer::Role;
use crate::http::ApiClient;
use crate::settings::{Oidc, Secret};

/// Most characters of what an account is known by, of a name and of an address.
const MAX_TEXT: usize = 255;
/// Most groups that are looked at; whoever is in more has a provider that sends too many.
const MAX_GROUPS: usize = 2000;
/// Most groups that are shown to who has no role.
const SHOWN: usize = 20;

/// The claims, by name.
pub type Claims = Map<String, Value>;

/// Who logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What the account is known by at this provider.
    pub username: String,
    /// The name of the person; that of the account when the provider tells none.
    pub name: String,
    /// Their address; may be empty.
    pub email: String,
    /// What their groups give.
    pub roles: Vec<Role>,
    /// The groups that gave it, or the first of those that gave nothing, with commas between.
    pub groups: String,
    /// The token, for logging out there.
    pub id_token: Secret,
}

/// The claims of a token that was checked.
pub fn of_token(token: &CoreIdToken) -> Result<Claims, LoginError> {
    let text = token.to_string();
    let payload = text.split('.').nth(1).unwrap_or_default();
    URL_SAFE_NO_PAD
        .decode(payload)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or(LoginError::Wrong("its claims cannot be read"))
}

/// Whether the token alone says everything that is wanted to know.
pub fn has_all(settings: &Oidc, claims: &Claims) -> bool {
    let names = settings.name_claims.iter().map(String::as_str);
    names
        .chain([
            settings.username_claim.as_str(),
            settings.email_claim.as_str(),
            settings.groups_claim.as_str(),
        ])
        .all(|name| find(claims, name).is_some())
}

/// Asks the provider for more. A provider that answers in another form than JSON told everything already.
pub async fn ask(client: &ApiClient, endpoint: &Url, access_token: &str) -> Result<Claims, LoginError> {
    let request = http::Request::get(endpoint.as_str())
        .header(ACCEPT, "application/json")
        .header(AUTHORIZATION, format!("Bearer {access_token}"))
        .body(Vec::new())
        .map_err(|_| LoginError::Wrong("its access token does not fit in a header"))?;
    let answer = client.send(request).await.map_err(|error| unreachable(&error))?;
    if !answer.status().is_success() {
        let status = answer.status().as_u16();
        return Err(LoginError::Unreachable(format!(
            "its userinfo endpoint: status {status}"
        )));
    }
    Ok(serde_json::from_slice(answer.body()).unwrap_or_default())
}

/// Adds what was asked for to what the token says; the token wins.
///
/// # Errors
/// It is of another person.
pub fn add(claims: &mut Claims, more: Claims) -> Result<(), LoginError> {
    if !more.is_empty() && more.get("sub") != claims.get("sub") {
        return Err(LoginError::Wrong("its userinfo is of another person"));
    }
    for (name, value) in more {
        claims.entry(name).or_insert(value);
    }
    Ok(())
}

/// Whether the person was checked as well as the settings ask.
pub fn check_strength(settings: &Oidc, claims: &Claims) -> Result<(), LoginError> {
    let meets = |wanted: &[String], name: &str| {
        wanted.is_empty() || texts(claims.get(name)).any(|text| wanted.iter().any(|wanted| wanted == text))
    };
    if meets(&settings.acr_values, "acr") && meets(&settings.amr_values, "amr") {
        Ok(())
    } else {
        Err(LoginError::Weak)
    }
}

/// Who it is.
pub fn identity(settings: &Oidc, claims: &Claims, id_token: Secret) -> Result<Identity, LoginError> {
    let text = |name: &str| plain(texts(find(claims, name)).next().unwrap_or_default());
    let username = text(&settings.username_claim);
    let whole = texts(find(claims, &settings.username_claim)).next();
    // One that was cut off or changed could be that of another.
    if username.is_empty() || whole != Some(username.as_str()) {
        return Err(LoginError::Wrong("it does not say whose account it is"));
    }
    let parts: Vec<String> = settings
        .name_claims
        .iter()
        .map(|name| text(name))
        .filter(|part| !part.is_empty())
        .collect();
    let name = match plain(&parts.join(" ")) {
        name if name.is_empty() => username.clone(),
        name => name,
    };
    let groups: Vec<String> = texts(find(claims, &settings.groups_claim))
        .take(MAX_GROUPS)
        .map(str::to_owned)
        .collect();
    let (roles, gave) = settings.roles_of(&groups);
    let shown: Vec<String> = if gave.is_empty() {
        groups.iter().take(SHOWN).map(|group| plain(group)).collect()
    } else {
        gave.into_iter().map(plain).collect()
    };
    Ok(Identity {
        email: text(&settings.email_claim),
        groups: shown.join(", "),
        username,
        name,
        roles,
        id_token,
    })
}

/// A claim by its name; a dot in it leads into the claim before it, unless a claim has that name as a whole.
fn find<'c>(claims: &'c Claims, name: &str) -> Option<&'c Value> {
    claims.get(name).or_else(|| {
        name.match_indices('.').find_map(|(dot, _)| {
            let (first, rest) = (&name[..dot], &name[dot + 1..]);
            find(claims.get(first)?.as_object()?, rest)
        })
    })
}

/// The texts of a claim: it is one, or a list of them.
fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let (one, several) = match value {
        Some(Value::String(text)) => (Some(text.as_str()), &[][..]),
        Some(Value::Array(items)) => (None, &items[..]),
        _ => (None, &[][..]),
    };
    one.into_iter().chain(several.iter().filter_map(Value::as_str))
}

/// On one line, and not too long.
fn plain(text: &str) -> String {
    let line: String = text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claims(value: Value) -> Claims {
        match value {
            Value::Object(map) => map,
            other => panic!("{other} is no object"),
        }
    }

    #[test]
    fn a_claim_is_found_by_its_name_or_its_path() {
        let claims = claims(json!({
            "groups": ["a"],
            "realm_access": {"roles": ["b"]},
            "https://x.nl/g": ["c"],
            "resource_access": {"my.client": {"roles": ["d"]}},
        }));
        for (name, expected) in [
            ("groups", Some("a")),
            ("realm_access.roles", Some("b")),
            ("https://x.nl/g", Some("c")),
            ("resource_access.my.client.roles", Some("d")),
            ("realm_access.", None),
            ("realm.access", None),
            ("", None),
        ] {
            assert_eq!(texts(find(&claims, name)).next(), expected, "{name}");
        }
    }

    #[test]
    fn more_is_of_the_same_person() {
        let mut token = claims(json!({"sub": "1", "name": "A"}));
        add(&mut token, claims(json!({"sub": "1", "name": "B", "email": "c"}))).unwrap();
        assert_eq!(
            Value::Object(token.clone()),
            json!({"sub": "1", "name": "A", "email": "c"})
        );
        assert!(add(&mut token, claims(json!({"sub": "2"}))).is_err());
        assert!(add(&mut token, claims(json!({"name": "x"}))).is_err());
    }
}
