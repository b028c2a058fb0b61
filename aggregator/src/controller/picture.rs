//! What a look begins with: the cluster at one time.

use std::collections::BTreeSet;

use inventory_common::cluster::{Measured, RawDocument, Totals};
use inventory_common::resource::ClusterOnboarding;

use super::view::View;
use crate::cluster::coverage::{self, Coverage};
use crate::cluster::difference::shares_no_node;
use crate::cluster::expected::{Expected, Roll};
use crate::cluster::state::Snapshot;

/// The cluster at one time.
#[derive(Clone, Debug)]
pub struct Picture {
    /// What a person says.
    pub onboarding: ClusterOnboarding,
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
    /// The cluster as it is seen; absent where nobody wants it onboarded.
    #[must_use]
    pub fn of(view: &View) -> Option<Self> {
        Some(Self::seen(view, view.cluster()?.clone()))
    }

    /// The same as it is seen by now: an inventory may have changed while AIOS was asked.
    #[must_use]
    pub fn anew(&self, view: &View) -> Self {
        Self::seen(view, self.onboarding.clone())
    }

    fn seen(view: &View, onboarding: ClusterOnboarding) -> Self {
        let expected = Expected::Nodes(view.roll());
        let coverage = coverage::judge(&view.state.snapshot(), &expected);
        let kept = covered(view, &coverage);
        let totals = kept.totals().ok();
        let whole = kept.without(|member| coverage.tentative_ids.contains(member.id()));
        let whole_totals = whole.totals().ok();
        let ids = view.ids().map(str::to_owned).collect();
        let roll = match expected {
            Expected::Nodes(roll) => roll,
            Expected::Unknown | Expected::Count(_) => Roll::default(),
        };
        Self { onboarding, roll, coverage, totals, whole_totals, ids }
    }

    /// Whether AIOS's copy is another cluster's, by all that its nodes say.
    #[must_use]
    pub fn is_foreign_to(&self, stored: &RawDocument) -> bool {
        shares_no_node(stored, !self.ids.is_empty(), |id| self.ids.contains(id))
    }
}

/// What the nodes are that can be told apart, with their sums; absent where they overflow.
pub fn measured(view: &View, coverage: &Coverage) -> Option<Measured> {
    covered(view, coverage).measured().ok()
}

fn covered<'a>(view: &'a View, coverage: &Coverage) -> Snapshot<'a> {
    view.state.snapshot().without(|member| coverage.left_out.contains(member.name))
}
