//! `openklant beheerder`: local accounts of the management site, for when there is no identity provider, or it is down.

mod change;
mod look;

use clap::{Args, Subcommand};
use openklant_shared::domain::beheer::Role;
use openklant_shared::settings::{Secret, Source};

use crate::applicatie::text::fitting;
use crate::outbox::consent::OperatorArg;
use crate::output::FormatArg;
use crate::secret::in_file;
use crate::start::{self, Schema};

/// For the help of the command.
pub const EXAMPLE: &str = "Examples:\n  openklant beheerder add --login s.bakker --name \"S. Bakker\" --role operator\n  \
                           openklant beheerder list";

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Add an account; its password and the secret of its second factor are shown once
    #[command(
        after_help = "Examples:\n  openklant beheerder add --login s.bakker --name \"S. Bakker\" --role operator\n  \
                      openklant beheerder add --login f.devries --name \"F. de Vries\" --role lezer --role beheerder \\\n    \
                      --password-stdin < password.txt"
    )]
    Add(AddArgs),
    /// Give an account another password and another second factor, and let it in again
    #[command(after_help = "Examples:\n  openklant beheerder reset --login s.bakker")]
    Reset {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        password: PasswordArg,
        #[command(flatten)]
        operator: OperatorArg,
        #[command(flatten)]
        format: FormatArg,
    },
    /// Give an account these roles and no others
    #[command(
        after_help = "Examples:\n  openklant beheerder roles --login s.bakker --role operator --role lezer"
    )]
    Roles {
        #[command(flatten)]
        who: Who,
        /// A role: lezer, beheerder, operator or applicatiebeheerder; may be given more than once
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<Role>,
        #[command(flatten)]
        operator: OperatorArg,
    },
    /// Let an account in no more, and end its sessions
    #[command(after_help = "Examples:\n  openklant beheerder disable --login s.bakker")]
    Disable {
        #[command(flatten)]
        who: Who,
        #[command(flatten)]
        operator: OperatorArg,
    },
    /// List the accounts
    #[command(after_help = "Examples:\n  openklant beheerder list\n  openklant beheerder list --format json")]
    List {
        #[command(flatten)]
        format: FormatArg,
    },
}

/// Arguments of `add`.
#[derive(Args, Debug)]
pub struct AddArgs {
    #[command(flatten)]
    who: Who,
    /// Name of the person, as audit rows show it
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: String,
    /// E-mail address of the person
    #[arg(long, value_name = "ADDRESS", value_parser = name, default_value = "")]
    email: String,
    /// A role: lezer, beheerder, operator or applicatiebeheerder; may be given more than once
    #[arg(long = "role", value_name = "ROLE", required = true)]
    roles: Vec<Role>,
    #[command(flatten)]
    password: PasswordArg,
    #[command(flatten)]
    operator: OperatorArg,
    #[command(flatten)]
    format: FormatArg,
}

/// Which account.
#[derive(Args, Debug)]
pub struct Who {
    /// What the person types to log in; capitals do not matter
    #[arg(long, value_name = "LOGIN", value_parser = login)]
    login: String,
}

/// The password. Never an argument: those can be read by others on the machine.
#[derive(Args, Debug)]
#[group(multiple = false)]
pub struct PasswordArg {
    /// Read the password from stdin; without this and a file one is made and shown once
    #[arg(long)]
    password_stdin: bool,
    /// Read the password from this file
    #[arg(long, value_name = "FILE", value_parser = in_file)]
    password_file: Option<Secret>,
}

fn login(text: &str) -> Result<String, String> {
    let text = fitting(text, 100)?.to_lowercase();
    if text.chars().any(char::is_whitespace) {
        return Err("must have no spaces".to_owned());
    }
    Ok(text)
}

fn name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Ok(String::new());
    }
    fitting(text, 100)
}

/// Runs the command.
pub async fn run(command: Command, source: &Source) -> anyhow::Result<()> {
    let db = start::database(source, Schema::Require).await?;
    match command {
        Command::Add(args) => change::add(&db, args).await,
        Command::Reset {
            who,
            password,
            operator,
            format,
        } => change::reset(&db, &who.login, &password, &operator, format.format).await,
        Command::Roles { who, roles, operator } => change::roles(&db, &who.login, &roles, &operator).await,
        Command::Disable { who, operator } => change::disable(&db, &who.login, &operator).await,
        Command::List { format } => look::list(&db, format.format).await,
    }
}
