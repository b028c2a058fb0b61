//! What was found of a cluster, and what the page shows of it.

use std::collections::BTreeMap;

use inventory_common::cluster::{Measured, Profile};
use inventory_common::resource::ClusterOnboarding;
use k8s_openapi::jiff::Timestamp;

use super::build::{Known, node, nodes, onboarding, totals};
use super::comparison::Comparison;
use super::detail::Detail;
use super::document::Shown;
use super::figures::Figures;
use super::model::{Cluster, Entry, Form, Node, Report, State};
use super::said::Said;
use crate::cluster::coverage::{Coverage, judge};
use crate::cluster::expected::Expected;
use crate::cluster::state::ClusterState;

/// What was found of a cluster.
#[derive(Clone, Debug)]
pub struct Found {
    /// What its nodes report.
    pub state: ClusterState,
    /// Which nodes there should be.
    pub expected: Expected,
    /// What the source says beside, by the names of the state.
    pub details: BTreeMap<String, Detail>,
    /// What a person says of the cluster, or for a reader why nobody does.
    pub profile: Result<Profile, &'static str>,
    /// How far AIOS has been told; absent where the source does not say.
    pub onboarding: Option<ClusterOnboarding>,
    /// What a reader should know beside.
    pub notes: Vec<String>,
    /// What it was made from, for a reader.
    pub source: String,
}

impl Found {
    /// What is shown of it, where it was found at `made`.
    #[must_use]
    pub fn report(self, form: Form, made: Timestamp) -> Report {
        let snapshot = self.state.snapshot();
        let coverage = judge(&snapshot, &self.expected);
        let known = Known {
            snapshot: &snapshot,
            expected: &self.expected,
            coverage: &coverage,
            details: &self.details,
            form,
        };
        let nodes = nodes(&known);
        let cluster = self.profile.as_ref().ok().map(|profile| Cluster {
            id: Said::from(&profile.id),
            region: Said::from(&profile.region_id),
        });
        let is_left_out = |name: &str| coverage.left_out.contains(name);
        let measured = snapshot.clone().without(|member| is_left_out(member.name)).measured();
        let (sums, document) = match measured {
            Ok(measured) => {
                let sums = totals(&measured.totals, &nodes, &coverage);
                (sums, document(form, self.profile, measured, &coverage))
            }
            Err(overflow) => (Figures::UNKNOWN, Entry::Absent(overflow.to_string())),
        };
        Report {
            made,
            source: self.source,
            cluster,
            totals: sums,
            summed: coverage.kept,
            whole: coverage.whole,
            expected: coverage.expected,
            obstacles: coverage.general().iter().map(|line| Said::from(*line)).collect(),
            notes: coverage.notes.iter().chain(&self.notes).map(Said::from).collect(),
            nodes,
            onboarding: self.onboarding.as_ref().map(onboarding),
            comparison: None,
            document,
        }
    }
}

impl Report {
    /// The same with what AIOS stores against what is true.
    #[must_use]
    pub fn with(self, comparison: Comparison) -> Self {
        Self { comparison: Some(comparison), ..self }
    }

    /// Whether every node is there and known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let is_fine = |state| matches!(state, State::Whole | State::NotCounted);
        self.obstacles.is_empty() && self.nodes.iter().all(|node| is_fine(node.state))
    }
}

fn document(
    form: Form,
    profile: Result<Profile, &'static str>,
    measured: Measured,
    coverage: &Coverage,
) -> Entry {
    let shown = profile.map_err(str::to_owned);
    let shown = shown.and_then(|profile| Shown::of(profile, measured, coverage));
    let entry = match form {
        Form::Whole => shown.and_then(Shown::here),
        Form::Live => shown.map(Shown::elsewhere),
    };
    entry.unwrap_or_else(Entry::Absent)
}

/// What was found of one node of a cluster.
#[derive(Clone, Debug)]
pub struct FoundNode<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it reports; without it where nothing is known of that.
    pub state: &'a ClusterState,
    /// What its object says beside.
    pub detail: Detail,
    /// Which nodes there should be.
    pub expected: &'a Expected,
    /// How far all nodes of the cluster are known.
    pub coverage: &'a Coverage,
}

impl FoundNode<'_> {
    /// What is shown of it; absent where it neither is there nor should be.
    #[must_use]
    pub fn node(self) -> Option<Node> {
        let details = BTreeMap::from([(self.name.to_owned(), self.detail)]);
        let known = Known {
            snapshot: &self.state.snapshot(),
            expected: self.expected,
            coverage: self.coverage,
            details: &details,
            form: Form::Whole,
        };
        node(&known, self.name)
    }
}
