//! The command line: which commands there are. What a command takes stands in its own file.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::{
    api, applicatie, autorisaties, backup, beheerder, config, demo, doctor, externe_api, generate, health,
    jobs, kanalen, log, migrate, openapi, outbox, read_log, secrets, setup, token, up, worker,
};

const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  the command failed
  2  it could not start: wrong usage or settings, an address that is taken, or a database that
     cannot be reached or written, is full, or of which a newer version took something away

Settings come from the environment, a file .env in the working directory and --config FILE, in this
order of precedence. `openklant config show` lists them.";

/// Open Klant: the register behind the Klanten API and the Contactmomenten API.
#[derive(Debug, Parser)]
#[command(name = "openklant", version, after_help = AFTER_HELP)]
pub struct Cli {
    /// A TOML file with settings; the environment wins from it
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try everything: API, worker and a stand-in Notificaties API in one process
    Demo(demo::Args),
    /// Run API and worker in one process
    Up(up::Args),
    /// Run the API
    Api(api::Args),
    /// Run the worker, which delivers the messages
    Worker(worker::Args),
    /// Bring the database up to date
    Migrate(migrate::Args),
    /// Bring the installation to what a file says, or write such a file
    Setup(setup::Args),
    /// Copy the embedded database while it is in use
    Backup(backup::Args),
    /// Fill a database with fictional klanten and contactmomenten
    Generate(generate::Args),
    /// Look for what is wrong with the installation, and say what to do
    Doctor(doctor::Args),
    /// Applications, their secrets and their rights
    #[command(after_help = applicatie::EXAMPLE)]
    Applicatie {
        /// What to do.
        #[command(subcommand)]
        command: applicatie::Command,
    },
    /// Rights that are kept in an Autorisaties API, such as that of Open Zaak
    #[command(after_help = autorisaties::EXAMPLE)]
    Autorisaties {
        /// What to do.
        #[command(subcommand)]
        command: autorisaties::Command,
    },
    /// Local accounts of the management site, the emergency door when there is an identity provider
    #[command(after_help = beheerder::EXAMPLE)]
    Beheerder {
        /// What to do.
        #[command(subcommand)]
        command: beheerder::Command,
    },
    /// Our credentials at the APIs of others, such as a Zaken API
    #[command(after_help = externe_api::EXAMPLE)]
    ExterneApi {
        /// What to do.
        #[command(subcommand)]
        command: externe_api::Command,
    },
    /// The keys that secrets in the database are sealed with
    #[command(after_help = secrets::EXAMPLE)]
    Secrets {
        /// What to do.
        #[command(subcommand)]
        command: secrets::Command,
    },
    /// Print a token of an application
    Token(token::Args),
    /// The kanalen at the Notificaties API
    #[command(after_help = kanalen::EXAMPLE)]
    Kanalen {
        /// What to do.
        #[command(subcommand)]
        command: kanalen::Command,
    },
    /// The messages that wait to be delivered
    #[command(after_help = outbox::EXAMPLE)]
    Outbox {
        /// What to do.
        #[command(subcommand)]
        command: outbox::Command,
    },
    /// The scheduled jobs of the worker
    #[command(after_help = jobs::EXAMPLE)]
    Jobs {
        /// What to do.
        #[command(subcommand)]
        command: jobs::Command,
    },
    /// Who read which object, or searched with which filters, when that is recorded
    #[command(after_help = read_log::EXAMPLE)]
    ReadLog {
        /// What to do.
        #[command(subcommand)]
        command: read_log::Command,
    },
    /// What operators did by command: who, when, to what
    Log(log::Args),
    /// Ask a running process on this machine how it is
    Health(health::Args),
    /// Print the OpenAPI document of an API
    Openapi(openapi::Args),
    /// Check or show the settings
    #[command(after_help = config::EXAMPLE)]
    Config {
        /// What to do.
        #[command(subcommand)]
        command: config::Command,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        fn look(command: &clap::Command, path: &str) {
            for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
                let path = format!("{path} {}", sub.get_name());
                let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(help.contains(&path), "`{path}` has no example: {help:?}");
                look(sub, &path);
            }
        }
        look(&Cli::command(), "openklant");
    }

    #[test]
    fn accepts_and_refuses() {
        let cases = [
            ("", false),
            ("unknown", false),
            ("demo", true),
            ("demo --port 8123 --keep data/demo --once", true),
            ("demo --port 70000", false),
            ("up", true),
            ("up now", false),
            ("api", true),
            ("worker", true),
            ("worker --drain --format json", true),
            ("kanalen", false),
            ("kanalen register", true),
            ("kanalen show --format json", true),
            ("health", true),
            ("health --worker", true),
            ("health --live --worker", false),
            ("openapi", false),
            ("openapi klanten", true),
            ("openapi zaken", false),
            ("migrate", true),
            ("migrate --dry-run --format json", true),
            ("migrate --format yaml", false),
            ("setup", true),
            ("setup --file setup.yaml --dry-run --format json", true),
            ("setup --export", true),
            ("setup --export --file setup.yaml", false),
            ("setup --export --dry-run", false),
            ("backup", false),
            ("doctor --format json", true),
            ("doctor now", false),
            ("backup --to a.db --format json", true),
            ("--config a.toml config check", true),
            ("config show --config a.toml --format json", true),
            ("applicatie", false),
            ("applicatie list", true),
            ("applicatie add --label L --client-id c --alle-autorisaties", true),
            ("applicatie add --label L --client-id c", false),
            ("applicatie add --client-id c --alle-autorisaties", false),
            (
                "applicatie add --label L --client-id c --scope kc:klanten.lezen --scope kc:klanten.aanmaken",
                true,
            ),
            (
                "applicatie add --label L --client-id c --scope klanten.lezen",
                false,
            ),
            (
                "applicatie add --label L --client-id c --scope zrc:zaken.lezen",
                false,
            ),
            (
                "applicatie add --label L --client-id c --alle-autorisaties --scope kc:klanten.lezen",
                false,
            ),
            ("applicatie show", false),
            ("applicatie remove --client-id c", true),
            ("applicatie secret", false),
            ("applicatie secret rotate --client-id c --secret-stdin", true),
            ("applicatie secret rotate --client-id c --secret s", false),
            ("applicatie secret rotate --client-id c --overlap 24h", true),
            ("applicatie secret rotate --client-id c --overlap soon", false),
            ("applicatie secret rotate --client-id c --overlap 91d", false),
            ("applicatie secret revoke --client-id c --previous", true),
            ("applicatie secret revoke", false),
            ("secrets", false),
            ("secrets new-key", true),
            ("secrets rotate --operator piet", true),
            ("secrets status --format json", true),
            ("externe-api", false),
            ("externe-api list --format json", true),
            ("externe-api remove --api-root https://z.example", true),
            ("externe-api remove", false),
            (
                "externe-api add --label L --api-root https://z.example --client-id c --secret-stdin --user-id u",
                true,
            ),
            (
                "externe-api add --label L --api-root https://z.example --client-id c",
                false,
            ),
            (
                "externe-api add --label L --api-root https://z.example --client-id c --secret s",
                false,
            ),
            (
                "externe-api add --label L --api-root https://z.example --client-id c --secret-file no-such-file",
                false,
            ),
            (
                "externe-api add --label L --api-root z.example --client-id c --secret-stdin",
                false,
            ),
            ("token", false),
            ("token --client-id c --user-id u --user-representation U", true),
        ];
        expect(&cases);
    }

    #[test]
    fn accepts_and_refuses_about_fictional_data() {
        expect(&[
            ("generate", true),
            (
                "generate --klanten 10 --contactmomenten 0 --seed 7 --until 2026-11-25 --add --without-audit --format json",
                true,
            ),
            ("generate --klanten 0", false),
            ("generate --until today", false),
        ]);
    }

    #[test]
    fn accepts_and_refuses_about_fetched_rights() {
        expect(&[
            ("applicatie secret add --client-id c --secret-stdin", true),
            ("applicatie secret add", false),
            ("autorisaties", false),
            ("autorisaties check loket --format json", true),
            ("autorisaties check", false),
            ("autorisaties subscribe --dry-run", true),
        ]);
    }

    #[test]
    fn accepts_and_refuses_about_accounts() {
        expect(&[
            ("beheerder", false),
            ("beheerder list --format json", true),
            (
                "beheerder add --login a --name A --role lezer --role operator",
                true,
            ),
            ("beheerder add --login a --name A", false),
            ("beheerder add --login a --name A --role baas", false),
            (
                "beheerder add --login a --name A --role lezer --password p",
                false,
            ),
            (
                "beheerder add --login a --name A --role lezer --password-stdin --password-file /dev/null",
                false,
            ),
            ("beheerder reset --login a --password-stdin", true),
            ("beheerder roles --login a --role operator", true),
            ("beheerder disable", false),
        ]);
    }

    #[test]
    fn accepts_and_refuses_about_the_queue() {
        expect(&[
            ("outbox", false),
            ("outbox status --format json", true),
            (
                "outbox list --state parked --state pending --kanaal klanten --since 2h --class denied",
                true,
            ),
            ("outbox list --state gone", false),
            ("outbox list --kanaal zaken", false),
            ("outbox list --since yesterday", false),
            ("outbox list --object nothing", false),
            ("outbox list --class none", false),
            ("outbox list --limit 0", false),
            ("outbox show", false),
            ("outbox show 12", true),
            ("outbox show twelve", false),
            ("outbox retry 1 2 3 --yes", true),
            ("outbox retry 1 --all", false),
            ("outbox retry --all --state delivered", false),
            ("outbox cancel --all --dry-run --yes", false),
            ("outbox replay --since 2026-11-25 --operator piet", true),
            ("outbox reemit", false),
            ("outbox reemit --kanaal contactmomenten --yes", true),
            ("outbox pause --operator piet", true),
            ("outbox resume", true),
            ("read-log", false),
            ("read-log export", true),
            (
                "read-log export --since 30d --until 2026-11-25 --format json --operator piet",
                true,
            ),
            ("read-log export --object nothing", false),
            ("read-log export --format text", false),
            ("jobs", false),
            ("jobs list --format json", true),
            ("jobs run", false),
            ("jobs run nothing", false),
            ("jobs run messages --yes", true),
            ("log", true),
            ("log --since 7d --limit 10 --format json", true),
            ("log --since yesterday", false),
            ("log --limit 0", false),
        ]);
    }

    /// Whether each line is a command.
    fn expect(cases: &[(&str, bool)]) {
        for (line, expected) in cases {
            let words = std::iter::once("openklant").chain(line.split_whitespace());
            let outcome = Cli::try_parse_from(words);
            assert_eq!(outcome.is_ok(), *expected, "{line}: {outcome:?}");
            if let Err(error) = outcome {
                assert_eq!(error.exit_code(), 2, "{line}");
            }
        }
    }

    #[test]
    fn refuses_texts_that_do_not_fit() {
        let add = |label: &str, client_id: &str| {
            let line = ["openklant", "applicatie", "add", "--alle-autorisaties"];
            let values = ["--label", label, "--client-id", client_id];
            Cli::try_parse_from(line.into_iter().chain(values)).is_ok()
        };
        let text = |length| "é".repeat(length);
        assert!(add(&text(100), &text(50)));
        assert!(!add(&text(101), "c"));
        assert!(!add("L", &text(51)));
        assert!(!add("", "c"));
        assert!(!add("L", " "));
        assert!(!add("L", "a\nb"));
    }
}
