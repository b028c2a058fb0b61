//! How often something was put back: whoever changes it as often is waited for longer each time.

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

/// What is put back: a node's entry by its id, or the cluster's own figures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The figures of the whole cluster.
    Cluster,
    /// The entry of the node with this id.
    Node(String),
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cluster => f.write_str("the cluster's sums"),
            Self::Node(id) => write!(f, "node '{id}'"),
        }
    }
}

/// The pause after the second time; after each further one it is twice as long.
const SHORTEST: Duration = Duration::from_mins(5);

/// The longest pause.
const LONGEST: Duration = Duration::from_hours(1);

/// What stays for so long as it was put is forgotten.
const FORGOTTEN: Duration = Duration::from_hours(2);

/// How often something is put back before it is called contested.
const CONTESTED: u32 = 3;

#[derive(Clone, Copy, Debug)]
struct PutBack {
    times: u32,
    last: Instant,
}

impl PutBack {
    /// The first time may be a mishap, and the second follows at once.
    fn pause(self) -> Duration {
        let doublings = self.times.checked_sub(2);
        doublings.map_or(Duration::ZERO, |n| (SHORTEST * 2_u32.pow(n.min(8))).min(LONGEST))
    }
}

/// What was put back, and when.
#[derive(Clone, Debug, Default)]
pub struct PutBacks(BTreeMap<Part, PutBack>);

impl PutBacks {
    /// Until when this is left as others want it; absent where it may be put back.
    #[must_use]
    pub fn waits(&self, part: &Part, now: Instant) -> Option<Instant> {
        let put = self.0.get(part)?;
        Some(put.last + put.pause()).filter(|until| now < *until)
    }

    /// This was put back.
    pub fn done(&mut self, part: Part, now: Instant) {
        let put = self.0.entry(part).or_insert(PutBack { times: 0, last: now });
        *put = PutBack { times: put.times + 1, last: now };
    }

    /// Forgets what has stayed as it was put.
    pub fn forget(&mut self, now: Instant) {
        self.0.retain(|_, put| now.saturating_duration_since(put.last) < FORGOTTEN);
    }

    /// What others change again and again.
    pub fn contested(&self) -> impl Iterator<Item = &Part> {
        self.0.iter().filter(|(_, put)| put.times >= CONTESTED).map(|(part, _)| part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node() -> Part {
        Part::Node("a".to_owned())
    }

    #[test]
    fn who_changes_it_again_is_waited_for_longer_each_time_up_to_an_hour() {
        let (mut puts, mut now, mut pauses) = (PutBacks::default(), Instant::now(), Vec::new());
        for _ in 0..8 {
            puts.done(node(), now);
            let until = puts.waits(&node(), now).unwrap_or(now);
            pauses.push((until - now).as_secs() / 60);
            now = until;
        }
        assert_eq!(pauses, [0, 5, 10, 20, 40, 60, 60, 60]);
    }

    #[test]
    fn the_third_time_makes_it_contested_and_two_quiet_hours_forgive() {
        let (mut puts, now) = (PutBacks::default(), Instant::now());
        for times in 1..=3 {
            assert_eq!(puts.contested().count(), 0, "{times}");
            puts.done(node(), now);
        }
        assert!(puts.contested().map(ToString::to_string).eq(["node 'a'"]));
        assert_eq!(Part::Cluster.to_string(), "the cluster's sums");
        assert_eq!(puts.waits(&Part::Cluster, now), None);
        puts.forget(now + FORGOTTEN / 2);
        assert_eq!(puts.contested().count(), 1);
        puts.forget(now + FORGOTTEN);
        assert_eq!(puts.contested().count(), 0);
    }
}
