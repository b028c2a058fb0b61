//! What is to be done about AIOS's copy.

use inventory_common::resource::SubmitPolicy;

/// What is known when a course is chosen.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    /// What a person wants.
    pub submit: SubmitPolicy,
    /// What AIOS has under the id.
    pub stored: Stored,
    /// Whether a submission was finished before.
    pub was_submitted: bool,
    /// Whether every expected node is there and fully known.
    pub is_covered: bool,
}

/// What AIOS has under the cluster's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Nothing.
    Absent,
    /// This cluster.
    Ours,
    /// A cluster that shares no node with this one.
    Foreign,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The cluster is created.
    Create,
    /// A creation that was begun is finished: AIOS's copy gets every node.
    Finish,
    /// Each node is judged alone, and AIOS's copy is kept true.
    Keep,
    /// AIOS's copy is only looked at.
    Compare,
    /// Nothing.
    Wait(Wait),
}

/// Why nothing is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A person submits.
    Manual,
    /// Not all nodes are there and known.
    NotCovered,
    /// AIOS has another cluster of this id.
    Taken,
    /// AIOS had the cluster, and somebody has deleted it there.
    Withdrawn,
}

/// Chooses.
#[must_use]
pub fn choose(known: Known) -> Course {
    let Known { submit, stored, was_submitted, is_covered } = known;
    let is_manual = submit == SubmitPolicy::Manual;
    match (stored, was_submitted) {
        (Stored::Foreign, _) => Course::Wait(Wait::Taken),
        (Stored::Ours, _) if is_manual => Course::Compare,
        (Stored::Ours, true) => Course::Keep,
        (Stored::Absent, true) => Course::Wait(Wait::Withdrawn),
        (Stored::Absent, false) if is_manual => Course::Wait(Wait::Manual),
        (_, false) if !is_covered => Course::Wait(Wait::NotCovered),
        (Stored::Ours, false) => Course::Finish,
        (Stored::Absent, false) => Course::Create,
    }
}

#[cfg(test)]
mod tests {
    use SubmitPolicy::{Manual, WhenComplete};

    use super::*;

    const NEW: Known = Known {
        submit: WhenComplete,
        stored: Stored::Absent,
        was_submitted: false,
        is_covered: true,
    };
    const OLD: Known = Known { stored: Stored::Ours, was_submitted: true, ..NEW };

    #[test]
    fn a_cluster_is_created_once_it_is_covered_and_somebody_wants_it() {
        assert_eq!(choose(NEW), Course::Create);
        assert_eq!(choose(Known { is_covered: false, ..NEW }), Course::Wait(Wait::NotCovered));
        assert_eq!(choose(Known { submit: Manual, ..NEW }), Course::Wait(Wait::Manual));
    }

    #[test]
    fn what_was_begun_is_finished_and_then_kept_whether_or_not_it_is_covered() {
        assert_eq!(choose(Known { stored: Stored::Ours, ..NEW }), Course::Finish);
        assert_eq!(choose(OLD), Course::Keep);
        assert_eq!(choose(Known { is_covered: false, ..OLD }), Course::Keep);
    }

    #[test]
    fn another_s_cluster_is_left_alone() {
        for known in [OLD, Known { stored: Stored::Ours, ..NEW }, Known { submit: Manual, ..OLD }] {
            let known = Known { stored: Stored::Foreign, ..known };
            assert_eq!(choose(known), Course::Wait(Wait::Taken));
        }
    }

    #[test]
    fn what_somebody_deleted_is_not_created_again() {
        assert_eq!(choose(Known { stored: Stored::Absent, ..OLD }), Course::Wait(Wait::Withdrawn));
    }

    #[test]
    fn without_a_person_s_word_aios_is_only_looked_at() {
        assert_eq!(choose(Known { submit: Manual, ..OLD }), Course::Compare);
    }
}
