//! Settings of logging in to the management site through a provider of OpenID Connect.

use std::time::Duration;

use super::Secret;
use super::address::api_root;
use super::error::Warning;
use super::names;
use super::names::Setting;
use super::reader::Reader;
use super::value::{ValueError, duration, line, list, word};
use crate::domain::beheer::Role;

/// What an operator may copy along with the address of a provider.
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A provider, our credentials there, and what its claims mean.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// The issuer, without a slash at its end.
    pub issuer: String,
    /// Our client id.
    pub client_id: String,
    /// The secret of that client id.
    pub client_secret: Secret,
    /// Scopes that are asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that says whose account it is.
    pub username_claim: String,
    /// The claims that make up the name of the person.
    pub name_claims: Vec<String>,
    /// The claim with the e-mail address.
    pub email_claim: String,
    /// The claim with the groups; a dot leads into it.
    pub groups_claim: String,
    /// What a group gives; a group may stand here more than once.
    pub roles: Vec<(String, Role)>,
    /// Groups that give every role.
    pub every_role_groups: Vec<String>,
    /// Of these a login has one in `acr`; empty: any will do.
    pub acr_values: Vec<String>,
    /// Of these a login has one in `amr`; empty: any will do.
    pub amr_values: Vec<String>,
    /// Longest that what is asked of the provider for one page may take.
    pub timeout: Duration,
}

impl Oidc {
    /// The roles that these groups give, each once and in order, and which groups gave one.
    pub fn roles_of<'g>(&self, groups: &'g [String]) -> (Vec<Role>, Vec<&'g str>) {
        let mut roles = Vec::new();
        let mut gave = Vec::new();
        for group in groups {
            let before = roles.len();
            if self.every_role_groups.contains(group) {
                roles.extend(Role::ALL);
            }
            let named = self.roles.iter().filter(|(name, _)| name == group);
            roles.extend(named.map(|(_, role)| *role));
            if roles.len() > before {
                gave.push(group.as_str());
            }
        }
        roles.sort_unstable();
        roles.dedup();
        (roles, gave)
    }
}

/// Settings that mean nothing without an issuer, and are not there unless somebody set them.
const WITH_ISSUER: [&Setting; 6] = [
    &names::OIDC_CLIENT_ID,
    &names::OIDC_CLIENT_SECRET,
    &names::OIDC_ROLES,
    &names::OIDC_EVERY_ROLE_GROUPS,
    &names::OIDC_ACR_VALUES,
    &names::OIDC_AMR_VALUES,
];

/// Reads them together; `None`: nobody logs in through a provider, or there was a fault.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Oidc> {
    let before = reader.faults.len();
    let issuer = reader.get(&names::OIDC_ISSUER, issuer);
    let client_id = reader.get(&names::OIDC_CLIENT_ID, word);
    let client_secret = reader.get(&names::OIDC_CLIENT_SECRET, |text| Ok(Secret::new(text)));
    let scopes = reader.get(&names::OIDC_SCOPES, list(word));
    let username_claim = reader.get(&names::OIDC_USERNAME_CLAIM, line);
    let name_claims = reader.get(&names::OIDC_NAME_CLAIMS, list(line));
    let email_claim = reader.get(&names::OIDC_EMAIL_CLAIM, line);
    let groups_claim = reader.get(&names::OIDC_GROUPS_CLAIM, line);
    let roles = reader.get(&names::OIDC_ROLES, list(role_of_group));
    let every_role_groups = reader.get(&names::OIDC_EVERY_ROLE_GROUPS, list(line));
    let sure = reader.get(&names::OIDC_ACR_VALUES, list(word));
    let ways = reader.get(&names::OIDC_AMR_VALUES, list(word));
    let timeout = reader.get(&names::OIDC_TIMEOUT, duration("1s", "60s"));
    if reader.faults.len() > before {
        return None;
    }
    let Some(issuer) = issuer else {
        if WITH_ISSUER.iter().any(|setting| reader.is_set(setting)) {
            let problem = ValueError::Missing("another setting of the provider is set");
            reader.at_odds(&names::OIDC_ISSUER, problem, names::OIDC_ISSUER.example);
        }
        return None;
    };
    for (setting, given) in [
        (&names::OIDC_CLIENT_ID, client_id.is_some()),
        (&names::OIDC_CLIENT_SECRET, client_secret.is_some()),
    ] {
        if !given {
            let problem = ValueError::Missing("OPENKLANT_BEHEER_OIDC_ISSUER is set");
            reader.at_odds(setting, problem, setting.example);
        }
    }
    let (roles, every_role_groups) = (roles.unwrap_or_default(), every_role_groups.unwrap_or_default());
    if roles.is_empty() && every_role_groups.is_empty() {
        reader.warnings.push(Warning::Doubtful(
            "whoever logs in through OPENKLANT_BEHEER_OIDC_ISSUER has no role: no group gives one, see \
             OPENKLANT_BEHEER_OIDC_ROLES",
        ));
    }
    Some(Oidc {
        issuer,
        client_id: client_id?,
        client_secret: client_secret?,
        scopes: scopes.unwrap_or_default(),
        username_claim: username_claim?,
        name_claims: name_claims.unwrap_or_default(),
        email_claim: email_claim?,
        groups_claim: groups_claim?,
        roles,
        every_role_groups,
        acr_values: sure.unwrap_or_default(),
        amr_values: ways.unwrap_or_default(),
        timeout: timeout?,
    })
}

/// An issuer in one form: without a slash at its end, and without the path of the document that describes it.
///
/// # Errors
/// No absolute http(s) URL, or one with credentials, query or fragment.
pub fn issuer(text: &str) -> Result<String, ValueError> {
    let url = api_root(text)?;
    let text = url.as_str().trim_end_matches('/');
    let text = text.strip_suffix(DISCOVERY).unwrap_or(text);
    Ok(text.trim_end_matches('/').to_owned())
}

/// `group=role`; a group may have `=` in it.
fn role_of_group(text: &str) -> Result<(String, Role), ValueError> {
    let (group, role) = text.rsplit_once('=').ok_or(ValueError::Pairs)?;
    let role = role
        .trim()
        .parse()
        .map_err(|_| ValueError::Choice("lezer, beheerder, operator, applicatiebeheerder"))?;
    let group = line(group.trim())?;
    if group.is_empty() {
        return Err(ValueError::Pairs);
    }
    Ok((group, role))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_one_form() {
        for text in [
            "https://id.example.nl/realms/x",
            "https://id.example.nl/realms/x/",
            "https://ID.example.nl/realms/x/.well-known/openid-configuration",
        ] {
            assert_eq!(issuer(text).unwrap(), "https://id.example.nl/realms/x", "{text}");
        }
        assert_eq!(issuer("https://id.example.nl").unwrap(), "https://id.example.nl");
        assert!(issuer("id.example.nl").is_err() && issuer("https://id.example.nl/?a=b").is_err());
    }

    #[test]
    fn a_group_gives_a_role() {
        assert_eq!(
            role_of_group("CN=Balie=lezer").unwrap(),
            ("CN=Balie".to_owned(), Role::Lezer)
        );
        for wrong in ["balie", "=lezer", "balie=baas"] {
            assert!(role_of_group(wrong).is_err(), "{wrong}");
        }
    }
}
