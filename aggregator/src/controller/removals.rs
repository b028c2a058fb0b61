//! Which entries of AIOS's copy are to go because their Nodes are gone: not at once, and not many at
//! once without a person's word.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// The part of the entries that may go at once: one in so many, and one of few.
const ONE_IN: usize = 10;

/// What may go, and when.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How long a Node must be gone.
    pub after: Duration,
    /// How many entries may go at once beyond one in ten.
    pub allowed: u64,
}

/// Since when Nodes are gone that AIOS's copy has, by their ids.
#[derive(Clone, Debug, Default)]
pub struct Removals(BTreeMap<String, Instant>);

/// What is to become of the entries without a Node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// The entries that are to go now.
    pub due: BTreeSet<String>,
    /// When the next will be due; absent where none is waited for.
    pub next: Option<Instant>,
    /// Why none goes, although some are gone; absent where nothing is held.
    pub held: Option<Held>,
}

/// More is gone than may go at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// How many entries have no Node.
    pub gone: usize,
    /// How many there are.
    pub of: usize,
    /// How many a person would have to allow.
    pub to_allow: usize,
}

impl Removals {
    /// These ids are there, and count as never gone.
    pub fn saw(&mut self, present: &BTreeSet<String>) {
        self.0.retain(|id, _| !present.contains(id));
    }

    /// Judges AIOS's entries (by id) against the ids that the cluster's Nodes have now.
    pub fn judge(
        &mut self,
        stored: &BTreeSet<&str>,
        present: &BTreeSet<&str>,
        bounds: Bounds,
        now: Instant,
    ) -> Verdict {
        let gone = stored.difference(present).map(|id| (*id).to_owned());
        self.0 = gone
            .map(|id| {
                let since = self.0.get(&id).copied().unwrap_or(now);
                (id, since)
            })
            .collect();
        let free = (stored.len() / ONE_IN).max(1);
        let allowed = usize::try_from(bounds.allowed).unwrap_or(usize::MAX);
        if self.0.len() > free.saturating_add(allowed) {
            let gone = self.0.len();
            let held = Held { gone, of: stored.len(), to_allow: gone - free };
            return Verdict { held: Some(held), ..Verdict::default() };
        }
        let due = |since: &Instant| *since + bounds.after;
        let is_due = |(_, since): &(&String, &Instant)| due(since) <= now;
        Verdict {
            due: self.0.iter().filter(is_due).map(|(id, _)| id.clone()).collect(),
            next: self.0.values().map(due).filter(|due| now < *due).min(),
            held: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_mins(10);

    fn ids(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("n{n:03}")).collect()
    }

    /// What is judged of 100 entries of which so many have a Node, this long after it was seen.
    fn judged(present: usize, allowed: u64, later: Duration) -> Verdict {
        let (all, now) = (ids(100), Instant::now());
        let stored: BTreeSet<&str> = all.iter().map(String::as_str).collect();
        let present = stored.iter().take(present).copied().collect();
        let (mut removals, bounds) = (Removals::default(), Bounds { after: AFTER, allowed });
        removals.judge(&stored, &present, bounds, now);
        removals.judge(&stored, &present, bounds, now + later)
    }

    #[test]
    fn an_entry_goes_once_its_node_is_gone_for_long_enough_and_not_before() {
        let early = judged(99, 0, AFTER / 2);
        assert!(early.due.is_empty() && early.next.is_some(), "{early:?}");
        let late = judged(99, 0, AFTER);
        assert!(late.due.iter().eq(["n099"]) && late.next.is_none(), "{late:?}");
    }

    #[test]
    fn a_node_that_is_back_is_forgotten() {
        let (mut removals, now) = (Removals::default(), Instant::now());
        let bounds = Bounds { after: AFTER, allowed: 0 };
        let (one, none) = (BTreeSet::from(["a"]), BTreeSet::new());
        removals.judge(&one, &none, bounds, now);
        removals.judge(&one, &one, bounds, now + AFTER / 2);
        assert!(removals.judge(&one, &none, bounds, now + AFTER).due.is_empty());
        // Also where it was back only while AIOS could not be asked.
        removals.saw(&BTreeSet::from(["a".to_owned()]));
        assert!(removals.judge(&one, &none, bounds, now + AFTER * 3).due.is_empty());
    }

    #[test]
    fn more_than_a_tenth_goes_only_with_a_person_s_word() {
        assert_eq!(judged(90, 0, AFTER).due.len(), 10);
        let held = judged(89, 0, AFTER);
        assert_eq!(held.held, Some(Held { gone: 11, of: 100, to_allow: 1 }));
        assert!(held.due.is_empty());
        assert_eq!(judged(89, 1, AFTER).due.len(), 11);
        assert_eq!(judged(10, 79, AFTER).held, Some(Held { gone: 90, of: 100, to_allow: 80 }));
        assert_eq!(judged(10, 80, AFTER).due.len(), 90);
    }

    #[test]
    fn of_a_few_nodes_one_may_go() {
        let (mut removals, now) = (Removals::default(), Instant::now());
        let bounds = Bounds { after: Duration::ZERO, allowed: 0 };
        let stored = BTreeSet::from(["a", "b"]);
        assert_eq!(removals.judge(&stored, &BTreeSet::from(["a"]), bounds, now).due.len(), 1);
        assert!(removals.judge(&stored, &BTreeSet::new(), bounds, now).held.is_some());
    }
}
