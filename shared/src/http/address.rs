//! Which addresses a URL made up by a client may lead to. Pure: resolving names is done elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;
use url::{Host, Url};

use super::{OutgoingError, Refusal};

/// Hosts and networks that may be reached although their addresses are not public.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    hosts: Vec<String>,
    hosts_with_port: Vec<String>,
    networks: Vec<IpNet>,
}

/// How a URL is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Its host is allowed wherever it is.
    Listed,
    /// The addresses its host resolves to must be checked.
    Checked,
}

impl Allowed {
    /// Reads a list of hosts, `host:port` (IPv6 in brackets), addresses and networks.
    pub(super) fn read(entries: &[String]) -> Result<Self, OutgoingError> {
        let mut allowed = Self::default();
        for entry in entries {
            if let Some(network) = network(entry) {
                allowed.networks.push(network);
                continue;
            }
            let url = Url::parse(&format!("http://{entry}/")).ok();
            match url.as_ref().and_then(Url::host_str) {
                Some(host) if host.eq_ignore_ascii_case(entry) => allowed.hosts.push(host.to_owned()),
                // The port is read from the text: the URL parser drops the one that is usual for its scheme.
                Some(host) if is_host_and_port(entry, host) => {
                    allowed.hosts_with_port.push(entry.to_ascii_lowercase());
                }
                _ => {
                    return Err(OutgoingError::AllowedHost { entry: entry.clone() });
                }
            }
        }
        Ok(allowed)
    }

    /// Decides about a URL before it is called. A host given as an address is decided here and now, since nothing
    /// resolves it later.
    pub(super) fn check(&self, url: &Url) -> Result<Way, Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme);
        }
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err(Refusal::Scheme);
        };
        let with_port = format!("{host}:{port}");
        if self.hosts.iter().any(|entry| entry == host) || self.hosts_with_port.contains(&with_port) {
            return Ok(Way::Listed);
        }
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            _ => return Ok(Way::Checked),
        };
        if self.permits(address) {
            Ok(Way::Checked)
        } else {
            Err(Refusal::Address {
                host: host.to_owned(),
            })
        }
    }

    /// Whether a host that is not listed may be at this address.
    pub(super) fn permits(&self, address: IpAddr) -> bool {
        let canonical = address.to_canonical();
        is_public(canonical) || self.networks.iter().any(|network| network.contains(&canonical))
    }

    /// The addresses of a host that may be called.
    pub(super) fn permitted(
        &self,
        host: &str,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, Refusal> {
        let permitted: Vec<_> = found.filter(|address| self.permits(address.ip())).collect();
        if permitted.is_empty() {
            Err(Refusal::Address {
                host: host.to_owned(),
            })
        } else {
            Ok(permitted)
        }
    }
}

fn network(entry: &str) -> Option<IpNet> {
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(entry);
    entry
        .parse()
        .ok()
        .or_else(|| bare.parse::<IpAddr>().ok().map(IpNet::from))
}

fn is_host_and_port(entry: &str, host: &str) -> bool {
    entry
        .rsplit_once(':')
        .is_some_and(|(name, port)| name.eq_ignore_ascii_case(host) && port.parse::<u16>().is_ok())
}

/// Whether an address is one of the public internet (IANA's registries of special addresses).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224.., _, _) // this network, private, loopback, multicast and reserved
            | (100, 64..=127, _)     // shared between provider and customers
            | (169, 254, _)          // link-local, where clouds keep their metadata
            | (172, 16..=31, _)      // private
            | (192, 0, 0 | 2)        // protocol assignments, documentation
            | (192, 88, 99)          // relay of 6to4
            | (192, 168, _)          // private
            | (198, 18 | 19, _)      // measurements
            | (198, 51, 100)         // documentation
            | (203, 0, 113) // documentation
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Forms that hold an IPv4 address are as public as that address: mapped, NAT64 and 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // Teredo and other protocol assignments, documentation (twice).
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // All that is left of the global unicast block; everything outside it is special.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from(u32::from(high) << 16 | u32::from(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(entries: &[&str]) -> Allowed {
        let entries: Vec<_> = entries.iter().map(|&entry| entry.to_owned()).collect();
        Allowed::read(&entries).expect("entries are right")
    }

    #[test]
    fn knows_public_addresses() {
        let table = [
            ("8.8.8.8", true),
            ("1.1.1.1", true),
            ("100.63.255.255", true),
            ("100.64.0.1", false),
            ("100.128.0.0", true),
            ("0.0.0.0", false),
            ("0.1.2.3", false),
            ("10.0.0.1", false),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("169.254.169.254", false),
            ("172.15.255.255", true),
            ("172.16.0.1", false),
            ("172.31.255.255", false),
            ("172.32.0.0", true),
            ("192.0.0.8", false),
            ("192.0.1.1", true),
            ("192.0.2.1", false),
            ("192.88.99.1", false),
            ("192.168.1.1", false),
            ("198.17.0.1", true),
            ("198.19.255.255", false),
            ("198.51.100.7", false),
            ("203.0.113.7", false),
            ("223.255.255.255", true),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2a00:1450::1", true),
            ("2001:200::1", true),
            ("2001::1", false),
            ("2001:db8::1", false),
            ("3fff::1", false),
            ("::", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.1.2.3", false),
            ("::ffff:8.8.8.8", true),
            ("::127.0.0.1", false),
            ("::ffff:0:127.0.0.1", false),
            ("64:ff9b::10.0.0.1", false),
            ("64:ff9b::8.8.8.8", true),
            ("64:ff9b:1::8.8.8.8", false),
            ("2002:0a00:0001::", false),
            ("2002:7f00:0001::1", false),
            ("2002:0808:0808::1", true),
            ("fc00::1", false),
            ("fd12:3456::1", false),
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
            ("100::1", false),
            ("4000::1", false),
        ];
        for (text, public) in table {
            let address = text.parse().expect("an address");
            assert_eq!(Allowed::default().permits(address), public, "{text}");
        }
    }

    #[test]
    fn decides_before_calling() {
        let allowed = allowed(&[
            "zaken.intern",
            "Brp:8000",
            "web:80",
            "10.1.0.0/16",
            "192.168.7.7",
            "[fd00::5]",
            "127.0.0.1:9000",
            "[::1]:9001",
        ]);
        let refused = |host: &str| {
            Err(Refusal::Address {
                host: host.to_owned(),
            })
        };
        let table = [
            ("http://zaken.intern/x", Ok(Way::Listed)),
            ("https://zaken.intern:8443/x", Ok(Way::Listed)),
            ("http://brp:8000/x", Ok(Way::Listed)),
            ("http://brp/x", Ok(Way::Checked)),
            ("http://web/x", Ok(Way::Listed)),
            ("https://web/x", Ok(Way::Checked)),
            ("http://openklant/x", Ok(Way::Checked)),
            ("http://example.org/x", Ok(Way::Checked)),
            ("http://10.1.2.3/x", Ok(Way::Checked)),
            ("http://10.2.2.3/x", refused("10.2.2.3")),
            ("http://192.168.7.7/x", Ok(Way::Checked)),
            ("http://[::ffff:10.1.2.3]/x", Ok(Way::Checked)),
            ("http://[fd00::5]/x", Ok(Way::Checked)),
            ("http://[fd00::6]/x", refused("[fd00::6]")),
            ("http://127.0.0.1:9000/x", Ok(Way::Listed)),
            ("http://127.0.0.1:9002/x", refused("127.0.0.1")),
            ("http://[::1]:9001/x", Ok(Way::Listed)),
            // Every spelling of an address is the same address.
            ("http://2130706433/x", refused("127.0.0.1")),
            ("http://0x7f.1/x", refused("127.0.0.1")),
            ("http://0177.0.0.1/x", refused("127.0.0.1")),
            ("http://127.0.0.1./x", refused("127.0.0.1")),
            ("http://8.8.8.8/x", Ok(Way::Checked)),
            ("ftp://example.org/x", Err(Refusal::Scheme)),
            ("urn:x:y", Err(Refusal::Scheme)),
            ("file:///etc/passwd", Err(Refusal::Scheme)),
        ];
        for (text, expected) in table {
            let url = Url::parse(text).expect("a URL");
            assert_eq!(allowed.check(&url), expected, "{text}");
        }
    }

    #[test]
    fn keeps_only_permitted_addresses() {
        let found = ["10.0.0.1:0", "8.8.8.8:0"].map(|text| text.parse().expect("an address"));
        assert_eq!(
            Allowed::default().permitted("x", found.into_iter()),
            Ok(vec![found[1]])
        );
        assert!(
            Allowed::default()
                .permitted("x", found.into_iter().take(1))
                .is_err()
        );
    }

    #[test]
    fn refuses_entries_that_are_no_host() {
        for entry in [
            "",
            "http://x",
            "x/y",
            "x:y",
            "x:99999",
            "a b",
            "10.0.0.0/99",
            "user@x",
        ] {
            assert!(Allowed::read(&[entry.to_owned()]).is_err(), "{entry:?}");
        }
    }
}
