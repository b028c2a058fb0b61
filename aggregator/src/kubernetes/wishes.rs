//! Which nodes the agents' DaemonSets want, by the labels that they ask for. Taints are not looked
//! at: the agents tolerate all of them, unless somebody says otherwise.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{NodeSelectorRequirement, NodeSelectorTerm, PodSpec};

/// A Node's labels.
pub type Labels = BTreeMap<String, String>;

/// What the DaemonSets ask of a node. None of them: nothing is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes(Vec<Wish>);

/// What one DaemonSet asks of a node.
#[derive(Clone, Debug, PartialEq)]
struct Wish {
    node_selector: Labels,
    /// Any of these; absent where there is no such condition.
    terms: Option<Vec<NodeSelectorTerm>>,
}

impl Wishes {
    /// What these DaemonSets ask for.
    #[must_use]
    pub fn of(sets: &[DaemonSet]) -> Self {
        let specs = sets.iter().filter_map(|set| set.spec.as_ref()?.template.spec.as_ref());
        Self(specs.map(Wish::of).collect())
    }

    /// Whether one of them wants the node of this name and these labels.
    #[must_use]
    pub fn want(&self, name: &str, labels: &Labels) -> bool {
        self.0.iter().any(|wish| wish.wants(name, labels))
    }

    /// Whether there is no DaemonSet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Wish {
    fn of(spec: &PodSpec) -> Self {
        let affinity = spec.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
        let required = affinity
            .and_then(|node| node.required_during_scheduling_ignored_during_execution.as_ref());
        Self {
            node_selector: spec.node_selector.clone().unwrap_or_default(),
            terms: required.map(|selector| selector.node_selector_terms.clone()),
        }
    }

    fn wants(&self, name: &str, labels: &Labels) -> bool {
        let matches = |term: &NodeSelectorTerm| term_matches(term, name, labels);
        has_all(labels, &self.node_selector)
            && self.terms.as_ref().is_none_or(|terms| terms.iter().any(matches))
    }
}

/// Whether all of `wanted` are among `labels`.
#[must_use]
pub fn has_all(labels: &Labels, wanted: &Labels) -> bool {
    wanted.iter().all(|(key, value)| labels.get(key) == Some(value))
}

/// A term without any requirement matches nothing.
fn term_matches(term: &NodeSelectorTerm, name: &str, labels: &Labels) -> bool {
    let expressions = term.match_expressions.as_deref().unwrap_or_default();
    let fields = term.match_fields.as_deref().unwrap_or_default();
    let of_label = |key: &str| labels.get(key).map(String::as_str);
    let of_field = |key: &str| (key == "metadata.name").then_some(name);
    !(expressions.is_empty() && fields.is_empty())
        && expressions.iter().all(|requirement| holds(requirement, of_label(&requirement.key)))
        && fields.iter().all(|requirement| holds(requirement, of_field(&requirement.key)))
}

/// Whether the requirement holds for what is there under its key.
fn holds(requirement: &NodeSelectorRequirement, value: Option<&str>) -> bool {
    let values = requirement.values.as_deref().unwrap_or_default();
    let is_listed = value.is_some_and(|value| values.iter().any(|listed| listed == value));
    let numbers = || {
        let [bound] = values else { return None };
        Some((value?.parse::<i64>().ok()?, bound.parse::<i64>().ok()?))
    };
    match requirement.operator.as_str() {
        "In" => is_listed,
        "NotIn" => !is_listed,
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => numbers().is_some_and(|(value, bound)| value > bound),
        "Lt" => numbers().is_some_and(|(value, bound)| value < bound),
        _ => false,
    }
}
