//! What a look begins with: the cluster at one time.

use std::collections::BTreeSet;

use inventory_common::cluster::{Measured, RawDocument, Totals};
use inventory_common::resource::ClusterOnboarding;

use super::view::Sight;
use crate::cluster::coverage::{self, Coverage};
use crate::cluster::difference::shares_no_node;
use crate::cluster::expected::{Expected, Roll};
use crate::cluster::state::{ClusterState, Member};

/// The cluster at one time.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What a person says.
    pub onboarding: ClusterOnboarding,
    /// What the nodes report.
    pub state: ClusterState,
    /// Who is there, and who should be.
    pub roll: Roll,
    /// How far the nodes are known.
    pub coverage: Coverage,
    /// What the nodes that can be told apart have together; absent where it cannot be summed.
    pub totals: Option<Totals>,
    /// The same of the nodes of which all is known.
    pub whole_totals: Option<Totals>,
    /// Every id that a Node has.
    pub ids: BTreeSet<String>,
}

impl Picture {
    /// The cluster as it was seen.
    #[must_use]
    pub fn of(onboarding: ClusterOnboarding, sight: Sight) -> Self {
        let Sight { state, roll, ids } = sight;
        let expected = Expected::Nodes(roll);
        let snapshot = state.snapshot();
        let coverage = coverage::judge(&snapshot, &expected);
        let kept = snapshot.without(|member| coverage.left_out.contains(member.name));
        let totals = kept.totals().ok();
        let whole = kept.without(|member| coverage.tentative_ids.contains(member.id()));
        let whole_totals = whole.totals().ok();
        let roll = match expected {
            Expected::Nodes(roll) => roll,
            Expected::Unknown | Expected::Count(_) => Roll::default(),
        };
        Self { onboarding, state, roll, coverage, totals, whole_totals, ids }
    }

    /// The same as it was seen later: an inventory may have changed while AIOS was asked.
    #[must_use]
    pub fn anew(&self, sight: Sight) -> Self {
        Self::of(self.onboarding.clone(), sight)
    }

    /// What the nodes are that can be told apart, with their sums; absent where they overflow.
    #[must_use]
    pub fn measured(&self) -> Option<Measured> {
        let is_left_out = |member: &Member| self.coverage.left_out.contains(member.name);
        self.state.snapshot().without(is_left_out).measured().ok()
    }

    /// Whether AIOS's copy is another cluster's, by all that its nodes say.
    #[must_use]
    pub fn is_foreign_to(&self, stored: &RawDocument) -> bool {
        shares_no_node(stored, !self.ids.is_empty(), |id| self.ids.contains(id))
    }
}
