//! Which addresses of the web may be asked: public ones, by name, at the usual ports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Why an address is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("is no web address")]
    Scheme,
    #[error("is at a port that is not the web's")]
    Port,
    #[error("carries a name or a password")]
    Credentials,
    #[error("names a machine by its number")]
    Number,
    #[error("is not on the public internet")]
    Private,
}

/// Whether an address may be asked at all, as it is written. What its name resolves to is [`is_public`]'s to say.
///
/// # Errors
/// With what is wrong with it.
pub fn check(url: &Url) -> Result<(), Refused> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refused::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    if !matches!(url.port_or_known_default(), Some(80 | 443)) {
        return Err(Refused::Port);
    }
    let host = host(url);
    // what looks like an address is one, however it was written: the parser has turned 0x7f.1 into 127.0.0.1
    if host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok() {
        return Err(Refused::Number);
    }
    if is_local_name(&host) { Err(Refused::Private) } else { Ok(()) }
}

/// The host of an address, in lower case and without the dot that may end it.
pub fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase()
}

/// Names that never are a public site's: without a dot, or reserved for a machine or a network of one's own.
fn is_local_name(host: &str) -> bool {
    const OWN: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "localdomain"];
    !host.contains('.') || OWN.iter().any(|own| host.strip_suffix(own).is_some_and(|rest| rest.ends_with('.')))
}

/// Whether a machine at this number is on the public internet, and not one of ours or our provider's.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Blocks of IPv4 that are not the public internet's (IANA's registry of special purposes), with their prefix lengths.
const NOT_PUBLIC_V4: [(Ipv4Addr, u32); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network, unspecified
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // carriers' own, and a cloud's metadata
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // a cloud's host agent, at a public number
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, and clouds' metadata
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments, and a cloud's metadata
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 31, 196, 0), 24),  // name servers' sink
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarking
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 3),      // multicast, reserved, broadcast
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|(net, length)| (ip.to_bits() ^ net.to_bits()) >> (32 - length) == 0)
}

/// Blocks inside the public 2000::/3 that are not the public internet's, with their prefix lengths.
const NOT_PUBLIC_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, among them Teredo and benchmarking
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: an IPv4 address in disguise
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Only 2000::/3 is given out. Everything else is refused with it: loopback, mapped IPv4, NAT64, unique-local, link-local,
/// site-local, multicast.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let within = |net: &Ipv6Addr, length: &u32| (ip.to_bits() ^ net.to_bits()) >> (128 - length) == 0;
    within(&Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), &3) && !NOT_PUBLIC_V6.iter().any(|(net, length)| within(net, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_numbers_are_asked() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "168.63.129.16",
            "169.254.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.7",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:2::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.3.1", "223.255.255.1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for public in ["2606:4700:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888", "2003::1"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_address_is_refused_for_how_it_is_written() {
        for (address, why) in [
            ("ftp://konex.example/", Refused::Scheme),
            ("file:///etc/passwd", Refused::Scheme),
            ("javascript:alert(1)", Refused::Scheme),
            ("http://konex.example:8080/", Refused::Port),
            ("http://konex.example:22/", Refused::Port),
            ("https://me@konex.example/", Refused::Credentials),
            ("https://me:secret@konex.example/", Refused::Credentials),
            ("http://127.0.0.1/", Refused::Number),
            ("http://8.8.8.8/", Refused::Number),
            ("http://0x7f.1/", Refused::Number),
            ("http://2130706433/", Refused::Number),
            ("http://127.1./", Refused::Number),
            ("http://[::1]/", Refused::Number),
            ("http://[::ffff:127.0.0.1]/", Refused::Number),
            ("http://localhost/", Refused::Private),
            ("http://LOCALHOST./", Refused::Private),
            ("http://a.localhost/", Refused::Private),
            ("http://intranet/", Refused::Private),
            ("http://metadata.google.internal/", Refused::Private),
            ("http://printer.local/", Refused::Private),
        ] {
            assert_eq!(check(&Url::parse(address).unwrap()), Err(why), "{address}");
        }
        for good in ["http://konex.example/", "https://konex.example:443/a", "http://konex.example:443/", "https://mylocal.example/"] {
            assert_eq!(check(&Url::parse(good).unwrap()), Ok(()), "{good}");
        }
    }
}
