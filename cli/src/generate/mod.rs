//! `openklant generate`: a register full of fictional klanten and contactmomenten, to try the product with as many as a
//! municipality has.
//!
//! What it stores is what the API would have stored, audit rows included: the rows are made by the code that makes them for
//! one klant, only many at a time. Nobody is told: there are no messages for others.

mod contactmomenten;
mod dice;
mod klanten;
mod store;
mod words;

use std::time::Instant;

use chrono::{DateTime, Months, NaiveDate, NaiveTime, Utc};
use openklant_shared::clock::Clock;
use openklant_shared::settings::Source;
use openklant_shared::storage::klant_filter::{Compare, KlantColumn, KlantFilter};
use openklant_shared::storage::{Db, klant, many};
use serde_json::json;

use self::dice::{Dice, NineDigits};
use self::store::{Made, Store};
use crate::exit::CannotStart;
use crate::output::{self, Format, FormatArg};
use crate::start::{self, Schema};

/// How long the register has been in use, as its dates say.
const MONTHS: Months = Months::new(8 * 12);
/// The beginning of time, for a register without room for that: never needed.
const EARLIEST: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  openklant generate --klanten 10000 --contactmomenten 50000 --seed 7\n\nAll of it is made \
                  up. The same seed, numbers and --until give the same register. For a database without klanten;\n\
                  --add puts them beside those that are there. Nobody is notified."
)]
pub struct Args {
    /// How many klanten
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=20_000_000))]
    klanten: u64,
    /// How many contactmomenten
    #[arg(long, value_name = "N", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(0..=200_000_000))]
    contactmomenten: u64,
    /// What chance begins with: another seed makes other klanten, of another bronorganisatie
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// The day the register has come to, in UTC; today when not given. It begins eight years before
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// Also in a database that has klanten
    #[arg(long)]
    add: bool,
    /// Without the audit rows that tell of the making: half the room and half the time
    #[arg(long)]
    without_audit: bool,
    #[command(flatten)]
    format: FormatArg,
}

/// The time that dates are from.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
}

impl Span {
    fn up_to(day: NaiveDate) -> Self {
        let until = day.and_time(NaiveTime::MIN).and_utc();
        Self {
            from: until.checked_sub_months(MONTHS).unwrap_or(EARLIEST),
            until,
        }
    }

    /// A moment at this part of it.
    fn moment(self, dice: &mut Dice, part: f64) -> DateTime<Utc> {
        dice.moment(self.from, self.until, part)
    }
}

/// Runs the command.
pub async fn run(args: Args, source: &Source) -> anyhow::Result<()> {
    let (settings, db) = start::ready(source, Schema::Require).await?;
    let bronorganisatie = NineDigits::new(&mut Dice::new(args.seed)).next();
    refuse_klanten(&db, args.add, &bronorganisatie).await?;
    let until = args.until.unwrap_or_else(|| Clock::System.now().date_naive());
    let span = Span::up_to(until);
    let began = Instant::now();
    many::prepare(&db).await?;
    // One source of chance for each kind, so that the klanten are the same however many contactmomenten there are.
    let dice = |nth: u64| Dice::new(args.seed.wrapping_mul(4).wrapping_add(nth));
    let mut store = Store::new(
        &db,
        &settings.server,
        (!args.without_audit).then(|| dice(3)),
        args.klanten + args.contactmomenten,
    );
    let klanten = klanten::Klanten::new(dice(1), bronorganisatie.clone(), span, args.klanten);
    let uuids = store.klanten(klanten).await?;
    let contactmomenten =
        contactmomenten::Contactmomenten::new(dice(2), bronorganisatie, span, uuids, args.contactmomenten);
    store.contactmomenten(contactmomenten).await?;
    let made = store.finish();
    many::finish(&db).await?;
    tell(&args, &made, began.elapsed().as_secs_f64())
}

/// Fictional klanten stand beside no others unless that was asked for, and those of a seed are there once.
async fn refuse_klanten(db: &Db, add: bool, bronorganisatie: &str) -> anyhow::Result<()> {
    let mut filter = KlantFilter::default();
    if add {
        filter.add(KlantColumn::Bronorganisatie, Compare::Equal, bronorganisatie);
    }
    let mut tx = db.snapshot().await?;
    let klanten = klant::count(&mut tx, &filter).await?.rows;
    tx.rollback().await?;
    match (klanten, add) {
        (0, _) => Ok(()),
        (_, true) => Err(CannotStart(format!(
            "the database holds {klanten} klanten of this seed: give another --seed"
        ))
        .into()),
        (_, false) => Err(CannotStart(format!(
            "the database holds {klanten} klanten: fictional ones do not belong among them. Give --add when these are \
             fictional too"
        ))
        .into()),
    }
}

fn tell(args: &Args, made: &Made, seconds: f64) -> anyhow::Result<()> {
    let objects = made.klanten + made.contactmomenten;
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate"
    )]
    let rate = (objects as f64 / seconds.max(0.001)) as u64;
    match args.format.format {
        Format::Json => output::json(&json!({
            "klanten": made.klanten,
            "contactmomenten": made.contactmomenten,
            "klantcontactmomenten": made.klantcontactmomenten,
            "objectcontactmomenten": made.objectcontactmomenten,
            "auditRows": made.audit_rows,
            "seed": args.seed,
            "seconds": seconds,
            "perSecond": rate,
        })),
        Format::Text => output::line(format_args!(
            "Made {} klanten and {} contactmomenten (with {} klanten and {} zaken), and {} audit rows, in {seconds:.1} s: \
             {rate} a second. All of it is fictional, of seed {}.",
            made.klanten,
            made.contactmomenten,
            made.klantcontactmomenten,
            made.objectcontactmomenten,
            made.audit_rows,
            args.seed,
        )),
    }
}
