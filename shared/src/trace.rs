//! Which request, here or elsewhere, something is done for: W3C Trace Context. A request comes with a `traceparent` or
//! gets one; what is done for it finds it with [`current`], puts it in the outbox and sends it on. `tracestate` is not
//! passed on: it is free text of others, and nobody here reads it.

use std::fmt;
use std::future::Future;

use crate::clock::Ids;

/// The header, in and out.
pub const HEADER: &str = "traceparent";

/// Flag of a trace that is recorded.
const SAMPLED: u8 = 1;

tokio::task_local! {
    static CURRENT: TraceParent;
}

/// One step in a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceParent {
    trace_id: u128,
    span_id: u64,
    flags: u8,
}

impl TraceParent {
    /// Reads the value of a header; `None` when it is none that we may follow.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().split('-');
        let [version, trace_id, span_id, flags] =
            [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let version = hex(version, 2)?;
        // Later versions may add parts, this one may not.
        if version == 0xff || (version == 0 && parts.next().is_some()) {
            return None;
        }
        let (trace_id, span_id) = (hex(trace_id, 32)?, hex(span_id, 16)?);
        if trace_id == 0 || span_id == 0 {
            return None;
        }
        Some(Self {
            trace_id,
            span_id: u64::try_from(span_id).ok()?,
            flags: u8::try_from(hex(flags, 2)?).ok()? & SAMPLED,
        })
    }

    /// The first step of a new trace.
    pub fn new(ids: &Ids) -> Self {
        Self {
            trace_id: ids.next().as_u128(),
            span_id: new_span_id(ids),
            flags: SAMPLED,
        }
    }

    /// A step that this one leads to.
    #[must_use]
    pub fn child(self, ids: &Ids) -> Self {
        Self {
            span_id: new_span_id(ids),
            ..self
        }
    }

    /// The identity of the whole trace.
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace_id)
    }

    /// The same as bytes.
    pub fn trace_id_bytes(self) -> [u8; 16] {
        self.trace_id.to_be_bytes()
    }

    /// The identity of this step, as bytes.
    pub fn span_id_bytes(self) -> [u8; 8] {
        self.span_id.to_be_bytes()
    }

    /// Whether the one who began the trace records it.
    pub fn is_sampled(self) -> bool {
        self.flags & SAMPLED == SAMPLED
    }

    /// Does something as this step: [`current`] finds it.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }
}

impl fmt::Display for TraceParent {
    /// As in a header.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "00-{:032x}-{:016x}-{:02x}",
            self.trace_id, self.span_id, self.flags
        )
    }
}

/// The step that is being done; `None` outside of requests and deliveries.
pub fn current() -> Option<TraceParent> {
    CURRENT.try_with(|current| *current).ok()
}

/// Half of a random uuid holds its version; folded, every bit counts.
fn new_span_id(ids: &Ids) -> u64 {
    let (high, low) = ids.next().as_u64_pair();
    (high ^ low).max(1)
}

/// Lower-case hexadecimal digits, exactly so many.
fn hex(text: &str, digits: usize) -> Option<u128> {
    let right = text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    right.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn what_is_no_traceparent_is_not_followed() {
        let with =
            |version: &str, trace: &str, span: &str, flags: &str| format!("{version}-{trace}-{span}-{flags}");
        let span = "00f067aa0ba902b7";
        let zeros = "0".repeat(32);
        let upper = TRACE.to_uppercase();
        for (text, good) in [
            (with("00", TRACE, span, "01"), true),
            (with("00", TRACE, span, "00"), true),
            (with(" 00", TRACE, span, "01 "), true),
            (with("cc", TRACE, span, "01-later"), true),
            (with("00", TRACE, span, "01-later"), false),
            (with("ff", TRACE, span, "01"), false),
            (with("0", TRACE, span, "01"), false),
            (with("00", &zeros, span, "01"), false),
            (with("00", TRACE, "0000000000000000", "01"), false),
            (with("00", &upper, span, "01"), false),
            (with("00", &TRACE[1..], span, "01"), false),
            (with("00", TRACE, &span[1..], "01"), false),
            (with("00", TRACE, span, "+1"), false),
            (with("00", TRACE, span, ""), false),
            (String::new(), false),
            ("999993653".to_owned(), false),
        ] {
            assert_eq!(TraceParent::parse(&text).is_some(), good, "{text:?}");
        }
    }

    #[test]
    fn a_child_stays_in_the_trace_and_is_a_step_of_its_own() {
        let ids = Ids::counting();
        let text = format!("00-{TRACE}-00f067aa0ba902b7-01");
        let given = TraceParent::parse(&text).expect("a traceparent");
        assert_eq!(given.to_string(), text);
        let child = given.child(&ids);
        assert_eq!(child.trace_id(), TRACE);
        assert!(child.is_sampled() && child.span_id_bytes() != given.span_id_bytes());
        assert_eq!(TraceParent::parse(&child.to_string()), Some(child));
        let new = TraceParent::new(&Ids::Random);
        assert_eq!(TraceParent::parse(&new.to_string()), Some(new));
    }

    #[tokio::test]
    async fn it_is_known_inside_its_scope_only() {
        let step = TraceParent::new(&Ids::counting());
        assert_eq!(current(), None);
        assert_eq!(step.scope(async { current() }).await, Some(step));
        assert_eq!(current(), None);
    }
}
