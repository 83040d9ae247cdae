//! `openklant demo`: the whole product in one process, with stand-ins for the Notificaties API and a Zaken
//! API, to see it work.
//!
//! It goes the ways that clients go: klanten and a phone call travel over HTTP, messages through the outbox and the
//! worker. Settings of the environment do not count, so that a demo never touches a real database.

mod calls;
mod contactmoment;
mod klanten;
mod screen;
mod setting;
mod stand_in;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use openklant_shared::clock::Clock;
use openklant_shared::domain::notificatie::KANALEN;
use openklant_shared::jwt;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use self::calls::Calls;
use self::screen::Screen;
use self::setting::{Folder, application, free_port, source, zaken_api};
use self::stand_in::StandIns;
use self::stand_in::notificaties::News;
use crate::applicatie::create::Credential;
use crate::serve::Process;
use crate::start::{self, Schema};
use crate::stop::Stop;

/// How long the demo waits for what should take a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  openklant demo --port 8000\n\nReads no settings and touches nothing but its own folder. Stop it \
                  with ctrl-c."
)]
pub struct Args {
    /// Port of the API on 127.0.0.1; without it a free one
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Keep the database in this folder; without it everything is gone at the end
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// End once every notification has arrived
    #[arg(long)]
    once: bool,
}

/// Runs the command.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let screen = Screen::new();
    let folder = Folder::new(args.keep)?;
    let (stand_ins, mut news) = StandIns::bind()?;
    let port = match args.port {
        None | Some(0) => free_port()?,
        Some(port) => port,
    };
    let source = source(&folder, port, stand_ins.notificaties_root())?;
    let (settings, db) = start::ready(&source, Schema::Migrate).await?;
    let stop = Stop::on_signals()?;
    let process = Process::new(settings, db.clone(), stop.clone()).await?;
    let credential = application(&db).await?;
    zaken_api(&db, stand_ins.zaken_root()).await?;
    let server = process.bind()?;
    let base = process.address(&server);

    screen.heading("Open Klant demo")?;
    screen::row("Klanten API", format_args!("{base}/klanten/api/v1"))?;
    screen::row(
        "Contactmomenten API",
        format_args!("{base}/contactmomenten/api/v1"),
    )?;
    for (name, root) in [
        ("Notificaties API", stand_ins.notificaties_root()),
        ("Zaken API", stand_ins.zaken_root()),
    ] {
        screen::row(name, format_args!("{root} (a stand-in)"))?;
    }
    screen::row("Database", folder.describe())?;

    let zaak = stand_ins.zaak();
    let stand_ins = stand_ins.run(&process);
    let parts = [process.run_api(server), process.run_worker(), stand_ins];
    let asked = stop.asked();
    let shown = tokio::select! {
        shown = show(&screen, &base, &credential, &zaak, &mut news, args.once) => shown,
        () = asked => Ok(()),
    };
    stop.ask();
    let finished = process.finish(parts).await;
    shown.and(finished)
}

/// Goes through the demo, and stays with it unless it is to end by itself.
async fn show(
    screen: &Screen,
    base: &str,
    credential: &Credential,
    zaak: &str,
    news: &mut Receiver<News>,
    once: bool,
) -> anyhow::Result<()> {
    screen.heading("Kanalen, as the worker registers them")?;
    for _ in KANALEN {
        screen.news(&next(news).await.context("while waiting for a kanaal")?)?;
    }

    let now = Clock::System.now();
    let Credential { client_id, secret } = credential;
    let token = jwt::sign(client_id, secret, "demo", "De demo", now)?;
    let calls = Calls::new(base, &token)?;
    screen.heading("Klanten, through the API")?;
    let (klant, changes) = klanten::go_through(screen, &calls).await?;
    screen.heading("A phone call, through the API")?;
    contactmoment::go_through(screen, &calls, &klant, zaak).await?;

    screen.heading("Notifications, as the Notificaties API receives them")?;
    let mut missing = changes + contactmoment::MESSAGES;
    while missing > 0 {
        let heard = next(news).await.context("while waiting for a notification")?;
        screen.news(&heard)?;
        missing -= usize::from(matches!(heard, News::Notificatie { .. }));
    }

    screen.heading("Try it")?;
    screen::command(format_args!("TOKEN={token}"))?;
    for command in klanten::commands(base, &klant) {
        screen::command(command)?;
    }
    screen::command(contactmoment::command(base, &klant))?;
    if once {
        return Ok(());
    }
    screen.heading("Serving; notifications appear here, ctrl-c stops")?;
    while let Some(heard) = news.recv().await {
        screen.news(&heard)?;
    }
    Ok(())
}

async fn next(news: &mut Receiver<News>) -> anyhow::Result<News> {
    match timeout(PATIENCE, news.recv()).await {
        Ok(Some(heard)) => Ok(heard),
        Ok(None) => bail!("the stand-in has stopped"),
        Err(_) => bail!(
            "nothing reached the stand-in within {} seconds",
            PATIENCE.as_secs()
        ),
    }
}
