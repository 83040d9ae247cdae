//! The second factor of local accounts: codes of six digits from an authenticator app (RFC 6238), with the parameters
//! that every app knows.

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};
use thiserror::Error;
use totp_rs::{Algorithm, Builder, Totp};

use crate::settings::Secret;

/// Seconds that a code is shown.
const STEP: u64 = 30;

/// Why there is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TotpError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Randomness,
    /// The stored text is no secret.
    #[error("the secret of the second factor cannot be read")]
    NoSecret,
}

/// A new secret, in base32 as apps take it.
///
/// # Errors
/// The system gives no random bytes.
pub fn new_secret() -> Result<Secret, TotpError> {
    let mut bytes = [0; 20];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| TotpError::Randomness)?;
    Ok(Secret::new(totp_rs::Secret::from(bytes.to_vec()).to_base32()))
}

/// The address that an app takes the secret from, often as a picture of it.
///
/// # Errors
/// The text is no secret, or the name does not fit into such an address.
pub fn address(secret: &Secret, login: &str) -> Result<Secret, TotpError> {
    let totp = read(secret, login)?;
    totp.to_url().map(Secret::new).map_err(|_| TotpError::NoSecret)
}

/// The code at a moment.
///
/// # Errors
/// The text is no secret.
pub fn code(secret: &Secret, at: DateTime<Utc>) -> Result<String, TotpError> {
    Ok(read(secret, "-")?.generate(seconds(at)).to_string())
}

/// The step whose code this is, at a moment or one step beside it: clocks differ. A step may be used once, which the
/// caller sees to.
///
/// # Errors
/// The text is no secret.
pub fn step_of(secret: &Secret, code: &str, at: DateTime<Utc>) -> Result<Option<i64>, TotpError> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = read(secret, "-")?.check(&digits, seconds(at));
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn seconds(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp()).unwrap_or_default()
}

fn read(secret: &Secret, login: &str) -> Result<Totp, TotpError> {
    let bytes = totp_rs::Secret::try_from_base32(secret.expose()).map_err(|_| TotpError::NoSecret)?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(STEP)
        .with_secret(bytes)
        .with_account_name(login)
        .with_issuer(Some("Open Klant beheer"))
        .build()
        .map_err(|_| TotpError::NoSecret)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // The secret "12345678901234567890" of RFC 6238, appendix B; of its eight digits the last six.
        let secret = Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        for (at, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            let at = DateTime::from_timestamp(at, 0).unwrap();
            assert_eq!(code(&secret, at).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_or_late() {
        let (secret, now) = (new_secret().unwrap(), DateTime::from_timestamp(3000, 0).unwrap());
        let code = code(&secret, now).unwrap();
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        let at = |seconds| step_of(&secret, &spaced, now + TimeDelta::seconds(seconds)).unwrap();
        assert_eq!([at(-30), at(0), at(30)], [Some(100); 3]);
        assert_eq!([at(-60), at(60)], [None, None]);
        assert_eq!(step_of(&secret, "geen code", now), Ok(None));
        assert!(step_of(&Secret::new("geen geheim"), "123456", now).is_err());
        assert!(
            address(&secret, "s.bakker")
                .unwrap()
                .expose()
                .starts_with("otpauth://totp/")
        );
    }
}
