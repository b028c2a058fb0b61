//! A port with its figure: what its link says, and what a person says of it.

use inventory_common::{Medium, Port, PortState, Stated, Verdict};

/// What a port's link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// There is none: no cable, no partner, or administratively down.
    Down,
    /// There is one, or the kernel has no word for it; with its speed in Mbit/s, where that is known.
    Up(Option<u64>),
    /// What tells whether there is one cannot be read. A port without a link says some speed, too.
    Untold,
}

/// What a file says of a link's speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speed {
    /// In Mbit/s.
    Mbps(u64),
    /// That nobody knows it.
    Unknown,
}

impl Speed {
    /// The speed in Mbit/s, where it is known.
    pub(super) fn mbps(self) -> Option<u64> {
        match self {
            Self::Mbps(mbps) => Some(mbps),
            Self::Unknown => None,
        }
    }
}

/// The port called `name`. Its link is asked for only where it counts and nobody stated its speed;
/// `by_person` says whether a person gave the verdict.
pub(super) fn port(
    name: &str,
    medium: Medium,
    (verdict, by_person): (Verdict, bool),
    stated: &Stated,
    link: impl FnOnce() -> Link,
) -> Port {
    let figure =
        if verdict.is_counted() { Figure::of(name, stated, link) } else { Figure::default() };
    Port {
        name: name.to_owned(),
        medium,
        verdict,
        speed_mbps: figure.speed_mbps,
        state: figure.state,
        stated: by_person || figure.by_person,
    }
}

/// What a counted port adds, and why.
#[derive(Debug, Default, PartialEq, Eq)]
struct Figure {
    speed_mbps: Option<u64>,
    state: Option<PortState>,
    by_person: bool,
}

impl Figure {
    fn of(name: &str, stated: &Stated, link: impl FnOnce() -> Link) -> Self {
        if let Some(&speed_mbps) = stated.link_speeds_mbps.get(name) {
            return Self { speed_mbps: Some(speed_mbps), state: None, by_person: true };
        }
        match link() {
            Link::Down => {
                Self { speed_mbps: Some(0), state: Some(PortState::NoLink), by_person: false }
            }
            Link::Up(None) => {
                let speed_mbps = stated.default_link_speed_mbps;
                Self { speed_mbps, state: None, by_person: speed_mbps.is_some() }
            }
            Link::Up(speed_mbps) => Self { speed_mbps, state: None, by_person: false },
            Link::Untold => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(name: Option<&str>, default: Option<u64>) -> Stated {
        let link_speeds_mbps = name.map(|name| (name.to_owned(), 25_000)).into_iter().collect();
        Stated { link_speeds_mbps, default_link_speed_mbps: default, ..Stated::default() }
    }

    fn figure(stated: &Stated, link: Link) -> (Option<u64>, bool) {
        let figure = Figure::of("eth0", stated, || link);
        (figure.speed_mbps, figure.by_person)
    }

    #[test]
    fn a_port_s_own_stated_speed_overrules_its_link() {
        let stated = stated(Some("eth0"), Some(10_000));
        for link in [Link::Down, Link::Up(None), Link::Up(Some(1000))] {
            assert_eq!(figure(&stated, link), (Some(25_000), true));
        }
    }

    #[test]
    fn the_default_speed_fills_only_links_without_one() {
        let stated = stated(Some("eth1"), Some(10_000));
        assert_eq!(figure(&stated, Link::Up(None)), (Some(10_000), true));
        assert_eq!(figure(&stated, Link::Up(Some(1000))), (Some(1000), false));
        assert_eq!(figure(&stated, Link::Down), (Some(0), false));
        assert_eq!(figure(&stated, Link::Untold), (None, false));
    }

    #[test]
    fn no_link_adds_nothing_and_is_not_unknown() {
        let nothing = stated(None, None);
        assert_eq!(Figure::of("eth0", &nothing, || Link::Down).state, Some(PortState::NoLink));
        assert_eq!(figure(&nothing, Link::Up(None)), (None, false));
    }

    #[test]
    fn the_link_of_a_port_that_does_not_count_is_left_alone() {
        let verdict = Verdict::NotCounted(inventory_common::Rule::Vf);
        let stated = stated(Some("eth0"), None);
        let port = port("eth0", Medium::Net, (verdict, false), &stated, || unreachable!());
        assert_eq!((port.speed_mbps, port.stated), (None, false));
    }
}
