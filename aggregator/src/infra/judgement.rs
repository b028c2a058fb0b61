//! What the cluster shows, in one word: AIOS's own word is no proof of anything.

use super::traces::{Fate, Found, Kind, Seen};

/// How much of the infrastructure is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it, and ready.
    Whole,
    /// Some of it, or not ready, or it cannot be told.
    Partly,
    /// Nothing at all.
    Nothing,
}

/// How much of the infrastructure is there.
#[must_use]
pub fn extent(found: &[Found]) -> Extent {
    if found.iter().all(|found| found.seen == Seen::There) {
        Extent::Whole
    } else if found.iter().all(|found| matches!(found.seen, Seen::Absent | Seen::Foreign(_))) {
        Extent::Nothing
    } else {
        Extent::Partly
    }
}

/// Whether AIOS has begun to create it; absent where that cannot be told. Namespaces of these names may be
/// anybody's, and tell nothing.
#[must_use]
pub fn is_begun(found: &[Found]) -> Option<bool> {
    let mut silent = false;
    for Found { seen, .. } in found.iter().filter(|found| found.kind != Kind::Namespace) {
        match seen {
            Seen::There | Seen::NotReady(_) | Seen::Ending => return Some(true),
            Seen::Unreadable(_) | Seen::Silent(_) => silent = true,
            Seen::Foreign(_) | Seen::Absent => {}
        }
    }
    (!silent).then_some(false)
}

/// What of that which AIOS deletes is still there, or may be.
#[must_use]
pub fn not_removed(found: &[Found]) -> Vec<&Found> {
    let is_left = |found: &&Found| found.fate == Fate::Removed && found.seen != Seen::Absent;
    found.iter().filter(is_left).collect()
}

/// What is not as it should be, and is not there or not ready.
#[must_use]
pub fn lacking(found: &[Found]) -> Vec<&Found> {
    found.iter().filter(|found| found.seen != Seen::There).collect()
}

/// What AIOS leaves behind and is there.
#[must_use]
pub fn left_behind(found: &[Found]) -> Vec<&Found> {
    let is_there = |seen: &Seen| matches!(seen, Seen::There | Seen::NotReady(_));
    found.iter().filter(|found| found.fate == Fate::Left && is_there(&found.seen)).collect()
}

/// What AIOS leaves behind and may be there: it cannot be read.
#[must_use]
pub fn perhaps_left(found: &[Found]) -> Vec<&Found> {
    let is_unread = |seen: &Seen| matches!(seen, Seen::Unreadable(_) | Seen::Silent(_));
    found.iter().filter(|found| found.fate == Fate::Left && is_unread(&found.seen)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::infra::traces::TRACES;

    fn all(seen: &Seen) -> Vec<Found> {
        let id = "c".parse().unwrap();
        let found = |trace: &crate::infra::traces::Trace| Found {
            kind: trace.kind,
            namespace: trace.namespace,
            name: trace.name(&id),
            fate: trace.fate,
            seen: seen.clone(),
        };
        TRACES.iter().map(found).collect()
    }

    #[test]
    fn what_cannot_be_read_is_neither_there_nor_absent() {
        assert_eq!(extent(&all(&Seen::There)), Extent::Whole);
        assert_eq!(extent(&all(&Seen::Absent)), Extent::Nothing);
        for seen in [
            Seen::Ending,
            Seen::NotReady(String::new()),
            Seen::Unreadable(String::new()),
            Seen::Silent(String::new()),
        ] {
            assert_eq!(extent(&all(&seen)), Extent::Partly);
            let mut one = all(&Seen::There);
            one[3].seen = seen.clone();
            assert_eq!((extent(&one), lacking(&one).len()), (Extent::Partly, 1));
            let mut one = all(&Seen::Absent);
            one[9].seen = seen;
            assert_eq!((extent(&one), not_removed(&one).len()), (Extent::Partly, 1));
        }
    }

    #[test]
    fn what_aios_leaves_is_told_from_what_it_should_have_removed() {
        let found = all(&Seen::There);
        let (left, not_removed) = (left_behind(&found), not_removed(&found));
        assert_eq!(left.len() + not_removed.len(), found.len());
        let has = |list: &[&Found], name: &str| list.iter().any(|found| found.name == name);
        assert!(has(&left, "default-ns") && has(&left, "controllers") && !has(&left, "metrics"));
        assert!(has(&not_removed, "c-controller"));
    }
}
