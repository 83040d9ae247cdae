//! Who a request says it is: its identity in the network, its place in a trace, the address it came from. All of it is
//! text of others, so all of it is bounded and cleaned before it reaches a log or a row.

use std::net::{IpAddr, SocketAddr};

use openklant_shared::clock::Ids;
use openklant_shared::domain::audittrail::cut;
use openklant_shared::domain::identifiers::without_bsn;
use openklant_shared::trace::{self, TraceParent};
use poem::Request;
use poem::http::HeaderMap;

/// Headers in which networks hand over the identity of a request, the first that is there wins: FSC, NLX, proxies.
const REQUEST_ID_HEADERS: [&str; 4] = [
    "Fsc-Transaction-Id",
    "X-NLX-Logrecord-ID",
    "X-NLX-Request-Id",
    REQUEST_ID,
];

/// The header in which we tell the identity of a request.
pub const REQUEST_ID: &str = "X-Request-ID";

/// The longest identity that is taken over, in characters.
const REQUEST_ID_MAX_LENGTH: usize = 255;

/// The identity of a request: the network's, or a new one. Only visible ASCII of it is kept, and no BSN: it is shown in
/// logs and answers.
pub fn request_id(request: &Request, ids: &Ids) -> String {
    REQUEST_ID_HEADERS
        .iter()
        .filter_map(|name| request.headers().get(*name))
        .map(|value| {
            let visible = value.as_bytes().iter().filter(|byte| byte.is_ascii_graphic());
            let kept: String = visible.copied().map(char::from).collect();
            cut(&without_bsn(&kept), REQUEST_ID_MAX_LENGTH).to_owned()
        })
        .find(|value| !value.is_empty())
        .unwrap_or_else(|| ids.next().to_string())
}

/// What the request says it is part of; `None` when it does not say, or more than once.
pub fn parent(request: &Request) -> Option<TraceParent> {
    let mut given = request.headers().get_all(trace::HEADER).iter();
    let only = given.next().filter(|_| given.next().is_none())?;
    TraceParent::parse(only.to_str().ok()?)
}

/// Where the request came from: the nearest address that is none of our proxies. What stands before it in the header is
/// the word of whoever called.
pub fn origin(request: &Request, is_trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let peer = request.remote_addr().as_socket_addr().map(SocketAddr::ip)?;
    Some(nearest_stranger(peer, request.headers(), is_trusted))
}

fn nearest_stranger(peer: IpAddr, headers: &HeaderMap, is_trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    if !is_trusted(peer) {
        return peer;
    }
    let passed_on: Vec<IpAddr> = headers
        .get_all("X-Forwarded-For")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|address| address.trim().parse().ok())
        .collect();
    passed_on
        .into_iter()
        .rfind(|address| !is_trusted(*address))
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_header_of_a_network_counts() {
        let ids = Ids::counting();
        let names = REQUEST_ID_HEADERS;
        for (given, expected) in [
            (
                &[(names[3], "d"), (names[2], "c"), (names[1], "b"), (names[0], "a")][..],
                "a",
            ),
            (&[(names[3], "d"), (names[2], "c"), (names[1], "b")], "b"),
            (&[(names[3], "d"), (names[2], "c")], "c"),
            (&[(names[3], "d"), (names[2], " ")], "d"),
            (&[(names[3], " een twee\t")], "eentwee"),
            (&[(names[3], "zaak-999993653")], "zaak-*******53"),
            (&[], "00000000-0000-0000-0000-000000000001"),
        ] {
            let mut request = Request::builder();
            for (name, value) in given {
                request = request.header(*name, *value);
            }
            assert_eq!(request_id(&request.finish(), &ids), expected);
        }
        let long = Request::builder().header(REQUEST_ID, "x".repeat(1000)).finish();
        assert_eq!(request_id(&long, &ids).len(), REQUEST_ID_MAX_LENGTH);
    }

    #[test]
    fn two_parents_are_none() {
        let one = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let request = |values: &[&str]| {
            let builder = values.iter().fold(Request::builder(), |builder, value| {
                builder.header(trace::HEADER, *value)
            });
            parent(&builder.finish()).map(|parent| parent.to_string())
        };
        assert_eq!(request(&[one]).as_deref(), Some(one));
        assert_eq!(request(&[one, one]), None);
        assert_eq!(request(&["rubbish"]), None);
        assert_eq!(request(&[]), None);
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_about_the_address() {
        let request = Request::builder()
            .header("X-Forwarded-For", "203.0.113.9, 198.51.100.7, 999993653")
            .header("X-Forwarded-For", "10.0.0.2")
            .finish();
        let peer = IpAddr::from([10, 0, 0, 1]);
        let told = |is_trusted: fn(IpAddr) -> bool| {
            nearest_stranger(peer, request.headers(), is_trusted).to_string()
        };
        assert_eq!(
            told(|address| address.to_string().starts_with("10.")),
            "198.51.100.7"
        );
        assert_eq!(told(|_| true), "10.0.0.1");
        assert_eq!(told(|_| false), "10.0.0.1");
    }
}
