//! The receiver and its moods: everything that a Notificaties API, or what stands before it, was ever seen to do.

use std::time::Duration;

use openklant_tests::listener::Reply;
use openklant_tests::notificaties::Notificaties;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tokio::time::{Instant, sleep_until};

/// Longer than a worker waits for an answer.
const TOO_LONG: Duration = Duration::from_millis(2500);

/// What can be wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    Slow,
    TooSlow,
    Hangs,
    Closes,
    /// Accepts, and the connection breaks before the answer.
    CutsOff,
    TooMany,
    Gateway,
    Unavailable,
    /// Finds the message ahead of its clock.
    Clock,
    Kanaal,
    /// Refuses for good: the message is parked until an operator asks for it again.
    Refuses,
}

impl Habit {
    const ALL: [Self; 11] = [
        Self::Slow,
        Self::TooSlow,
        Self::Hangs,
        Self::Closes,
        Self::CutsOff,
        Self::TooMany,
        Self::Gateway,
        Self::Unavailable,
        Self::Clock,
        Self::Kanaal,
        Self::Refuses,
    ];

    fn reply(self, whims: &mut StdRng) -> Reply {
        let accepted = || Reply::json(201, &json!({}));
        let field = |name: &str| Reply::json(400, &json!({name: ["zo niet"]}));
        match self {
            Self::Slow => accepted().after(Duration::from_millis(whims.random_range(20..800))),
            Self::TooSlow => accepted().after(TOO_LONG),
            Self::Hangs => Reply::hang(),
            Self::Closes => Reply::close(),
            Self::CutsOff => accepted().cut_off(),
            Self::TooMany => Reply::json(429, &json!({})).header("Retry-After", "1"),
            Self::Gateway => Reply::html(502),
            Self::Unavailable => Reply::json(503, &json!({})),
            Self::Clock => field("aanmaakdatum"),
            Self::Kanaal => field("kanaal"),
            Self::Refuses => field("actie"),
        }
    }
}

/// Goes from mood to mood until `end`, and is itself again afterwards. Answers how often it was gone.
pub async fn rage(notificaties: &Notificaties, mut whims: StdRng, end: Instant) -> usize {
    let mut vanished = 0;
    while Instant::now() < end {
        let milliseconds = match whims.random_range(0..10) {
            0..4 => {
                notificaties.in_mood(|| None);
                whims.random_range(500..4000)
            }
            4..7 => {
                notificaties.in_mood(mixed(StdRng::seed_from_u64(whims.random())));
                whims.random_range(500..5000)
            }
            7..9 => {
                let habit = Habit::ALL[whims.random_range(0..Habit::ALL.len())];
                let mut own = StdRng::seed_from_u64(whims.random());
                notificaties.in_mood(move || Some(habit.reply(&mut own)));
                // What is parked keeps an operator busy, and is exempt from the order.
                let longest = if habit == Habit::Refuses { 200 } else { 3000 };
                whims.random_range(50..longest)
            }
            _ => {
                notificaties.vanish();
                vanished += 1;
                whims.random_range(200..6000)
            }
        };
        sleep_until(end.min(Instant::now() + Duration::from_millis(milliseconds))).await;
        notificaties.come_back();
    }
    notificaties.in_mood(|| None);
    vanished
}

/// Mostly fine; otherwise any habit, rarely the one that refuses for good.
fn mixed(mut whims: StdRng) -> impl FnMut() -> Option<Reply> {
    move || {
        if whims.random_ratio(3, 5) {
            return None;
        }
        let habit = Habit::ALL[whims.random_range(0..Habit::ALL.len())];
        if habit == Habit::Refuses && !whims.random_ratio(1, 10) {
            return None;
        }
        Some(habit.reply(&mut whims))
    }
}
