//! From where an API server's address can be reached.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// From where an address can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From this machine alone.
    Machine,
    /// From within some network.
    Network,
    /// From everywhere, for all that the address tells.
    World,
}

/// From where the host of this URL can be reached; absent where it is no URL with a host, or has a user
/// name or a password in it.
#[must_use]
pub fn reach(server: &str) -> Option<Reach> {
    let url = Url::parse(server).ok()?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let host = url.host_str()?;
    let host = host.trim_start_matches('[').trim_end_matches(']');
    Some(host.parse().map_or_else(|_| of_name(host), Reach::of))
}

impl Reach {
    /// From where this address can be reached.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            IpAddr::V6(address) => of_v6(address),
        }
    }
}

fn of_v4(address: Ipv4Addr) -> Reach {
    // Carriers' own, which VPNs use too.
    let is_shared = address.octets().first() == Some(&100)
        && address.octets().get(1).is_some_and(|second| (64..128).contains(second));
    if address.is_loopback() || address.is_unspecified() {
        Reach::Machine
    } else if address.is_private() || address.is_link_local() || is_shared {
        Reach::Network
    } else {
        Reach::World
    }
}

fn of_v6(address: Ipv6Addr) -> Reach {
    if let Some(address) = address.to_ipv4_mapped() {
        of_v4(address)
    } else if address.is_loopback() || address.is_unspecified() {
        Reach::Machine
    } else if address.is_unique_local() || address.is_unicast_link_local() {
        Reach::Network
    } else {
        Reach::World
    }
}

/// Ends of names that no public name server knows.
const LOCAL_ENDS: [&str; 6] = [".local", ".internal", ".lan", ".home", ".svc", ".home.arpa"];

fn of_name(name: &str) -> Reach {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name == "localhost" || name.ends_with(".localhost") {
        Reach::Machine
    } else if !name.contains('.') || LOCAL_ENDS.iter().any(|end| name.ends_with(end)) {
        Reach::Network
    } else {
        Reach::World
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_from_where_it_can_be_reached() {
        for (host, expected) in [
            ("127.0.0.1", Reach::Machine),
            ("127.8.0.1", Reach::Machine),
            ("0.0.0.0", Reach::Machine),
            ("localhost", Reach::Machine),
            ("kind.localhost", Reach::Machine),
            ("[::1]", Reach::Machine),
            ("[::ffff:127.0.0.1]", Reach::Machine),
            ("10.0.0.1", Reach::Network),
            ("192.168.1.1", Reach::Network),
            ("172.16.0.1", Reach::Network),
            ("169.254.0.1", Reach::Network),
            ("100.64.0.1", Reach::Network),
            ("[fd00::1]", Reach::Network),
            ("[fe80::1]", Reach::Network),
            ("master", Reach::Network),
            ("api.cluster.local", Reach::Network),
            ("kubernetes.default.svc", Reach::Network),
            ("100.128.0.1", Reach::World),
            ("172.32.0.1", Reach::World),
            ("8.8.8.8", Reach::World),
            ("[2001:db8::1]", Reach::World),
            ("api.example.com.", Reach::World),
        ] {
            assert_eq!(reach(&format!("https://{host}:6443")), Some(expected), "{host}");
        }
        for none in
            ["", "10.0.0.1:6443", "unix:/run/x", "https://", "https://u:p@a.b", "https://u@a.b"]
        {
            assert_eq!(reach(none), None, "{none}");
        }
    }
}
