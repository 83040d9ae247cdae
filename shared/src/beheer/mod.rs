//! What logging in to the management site stands on, for the server and for the commands: tokens, passwords and the
//! second factor.

pub mod password;
pub mod token;
pub mod totp;
