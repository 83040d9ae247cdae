//! Asking before something is changed, and who is asked.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::exit::CannotStart;

/// Arguments of commands that change much.
#[derive(Debug, clap::Args)]
pub struct ConsentArgs {
    /// Only count
    #[arg(long, conflicts_with = "yes")]
    pub dry_run: bool,
    /// Do it without asking
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    pub operator: OperatorArg,
}

/// Who the operators' log names.
#[derive(Debug, Default, clap::Args)]
pub struct OperatorArg {
    /// Who does this, for the operators' log; the user of the system when not given
    #[arg(long, value_name = "NAME", value_parser = operator)]
    operator: Option<String>,
}

impl OperatorArg {
    /// The name for the log.
    pub fn name(&self) -> String {
        match &self.operator {
            Some(name) => name.clone(),
            None => whoami::username().unwrap_or_else(|_| "unknown".to_owned()),
        }
    }
}

fn operator(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) || text.chars().count() > 100 {
        return Err("must be 1 to 100 characters on one line".to_owned());
    }
    Ok(text.trim().to_owned())
}

impl ConsentArgs {
    /// Whether to go on: by `--yes`, or by the answer of the person at the terminal.
    ///
    /// # Errors
    /// When there is nobody to ask.
    pub fn agrees(&self, question: &str) -> anyhow::Result<bool> {
        if self.yes {
            return Ok(true);
        }
        if !io::stdin().is_terminal() {
            return Err(CannotStart(format!(
                "{question} Nobody is there to ask: add --yes, or --dry-run to count"
            ))
            .into());
        }
        let mut stderr = io::stderr().lock();
        write!(stderr, "{question} [y/N] ")?;
        stderr.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(matches!(
            answer.trim().to_lowercase().as_str(),
            "y" | "yes" | "j" | "ja"
        ))
    }
}
