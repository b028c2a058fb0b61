//! What was found of a cluster, and what the page shows of it.

use std::collections::BTreeMap;

use inventory_common::cluster::{Document, Measured, Profile, flaws};
use inventory_common::resource::ClusterOnboarding;
use inventory_common::telling::visible_json;
use k8s_openapi::jiff::Timestamp;
use serde_json::{Map, Value};

use super::build::{Known, nodes, onboarding, totals};
use super::detail::Detail;
use super::figures::Figures;
use super::model::{Cluster, Entry, Report, State};
use super::said::Said;
use crate::cluster::coverage::{Coverage, judge};
use crate::cluster::difference::without_secrets;
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
    /// What a person says of the cluster; absent where nobody does.
    pub profile: Option<Profile>,
    /// How far AIOS has been told; absent where the source does not say.
    pub onboarding: Option<ClusterOnboarding>,
    /// What a reader should know beside.
    pub notes: Vec<String>,
    /// What it was made from, for a reader.
    pub source: String,
}

impl Found {
    /// What the page shows of it, where it was found at `made`.
    #[must_use]
    pub fn report(self, made: Timestamp) -> Report {
        let Self { state, expected, details, profile, onboarding: object, notes, source } = self;
        let snapshot = state.snapshot();
        let coverage = judge(&snapshot, &expected);
        let known = Known {
            snapshot: &snapshot,
            expected: &expected,
            coverage: &coverage,
            details: &details,
        };
        let nodes = nodes(&known);
        let cluster = profile.as_ref().map(|profile| Cluster {
            id: Said::from(&profile.id),
            region: Said::from(&profile.region_id),
        });
        let is_left_out = |name: &str| coverage.left_out.contains(name);
        let measured = snapshot.clone().without(|member| is_left_out(member.name)).measured();
        let (sums, document) = match measured {
            Ok(measured) => {
                let sums = totals(&measured.totals, &nodes, &coverage);
                (sums, document(profile, measured, &coverage))
            }
            Err(overflow) => (Figures::UNKNOWN, Entry::Absent(overflow.to_string())),
        };
        Report {
            made,
            source,
            cluster,
            totals: sums,
            summed: coverage.kept,
            whole: coverage.whole,
            expected: coverage.expected,
            obstacles: coverage.general().iter().map(|line| Said::from(*line)).collect(),
            notes: coverage.notes.iter().chain(&notes).map(Said::from).collect(),
            nodes,
            onboarding: object.as_ref().map(onboarding),
            document,
        }
    }
}

impl Report {
    /// Whether every node is there and known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let is_fine = |state| matches!(state, State::Whole | State::NotCounted);
        self.obstacles.is_empty() && self.nodes.iter().all(|node| is_fine(node.state))
    }
}

/// The document, as anybody may see it.
fn document(profile: Option<Profile>, measured: Measured, coverage: &Coverage) -> Entry {
    let Some(mut profile) = profile else {
        let why = "Nobody said what cluster this is, so there is no document: give a profile with --profile (inventory-aggregator document --init prints one).";
        return Entry::Absent(why.to_owned());
    };
    if let Err(no_place) = coverage.note_in(&mut profile.cluster_metadata) {
        return Entry::Absent(no_place.to_string());
    }
    let mut document = Document::new(profile, measured);
    let flaws = flaws(&document).iter().map(|flaw| Said::new(&flaw.to_string())).collect();
    document.config = hidden(&document.config);
    document.cluster_metadata = hidden(&document.cluster_metadata);
    match serde_json::to_string_pretty(&document) {
        Ok(text) => Entry::Document { text: visible_json(&text).into_owned(), flaws },
        Err(error) => Entry::Absent(error.to_string()),
    }
}

/// Keys whose values are credentials, wherever somebody may have put them.
const SECRET: [&str; 8] = [
    "token",
    "password",
    "secret",
    "kubeconfig",
    "client-key-data",
    "client-certificate-data",
    "proxy-url",
    "authorization",
];

/// What a person wrote, without the command by which a node joins, and without credentials.
fn hidden(said: &Map<String, Value>) -> Map<String, Value> {
    match without_credentials(without_secrets(&Value::Object(said.clone()))) {
        Value::Object(said) => said,
        _ => Map::new(),
    }
}

fn without_credentials(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let hide = |(key, value): (String, Value)| {
                let is_secret = SECRET.contains(&key.to_lowercase().as_str());
                let value =
                    if is_secret { "(not shown)".into() } else { without_credentials(value) };
                (key, value)
            };
            Value::Object(object.into_iter().map(hide).collect())
        }
        Value::Array(list) => list.into_iter().map(without_credentials).collect(),
        value => value,
    }
}
