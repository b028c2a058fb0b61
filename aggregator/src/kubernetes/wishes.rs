//! Which nodes the agents' `DaemonSet`s want, by the labels that they ask for. Taints are not looked
//! at: the agents tolerate all of them, unless somebody says otherwise.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{NodeSelectorRequirement, NodeSelectorTerm, PodSpec};

/// A Node's labels.
pub type Labels = BTreeMap<String, String>;

/// What the `DaemonSet`s ask of a node. None of them: nothing is wanted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wishes(Vec<Wish>);

/// What one `DaemonSet` asks of a node.
#[derive(Clone, Debug, PartialEq)]
struct Wish {
    node_selector: Labels,
    /// Any of these; absent where there is no such condition.
    terms: Option<Vec<NodeSelectorTerm>>,
}

impl Wishes {
    /// What these `DaemonSet`s ask for.
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

    /// Whether there is no `DaemonSet`.
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn labels(labels: &[(&str, &str)]) -> Labels {
        labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    /// What `DaemonSet`s with these pods want.
    fn wishes(pods: &[Value]) -> Wishes {
        let set = |pod: &Value| {
            let spec = json!({ "selector": {}, "template": { "spec": pod } });
            serde_json::from_value(json!({ "metadata": {}, "spec": spec })).unwrap()
        };
        Wishes::of(&pods.iter().map(set).collect::<Vec<DaemonSet>>())
    }

    /// A pod with one such term for each of these.
    fn with_terms(terms: &Value) -> Value {
        let required = json!({ "nodeSelectorTerms": terms });
        let affinity = json!({ "requiredDuringSchedulingIgnoredDuringExecution": required });
        json!({ "containers": [], "affinity": { "nodeAffinity": affinity } })
    }

    fn requirement(key: &str, operator: &str, values: &[&str]) -> Value {
        json!({ "key": key, "operator": operator, "values": values })
    }

    /// Whether a node that is called `name` is wanted by one term with this expression.
    fn wants(operator: &str, values: &[&str], node: &[(&str, &str)]) -> bool {
        let term = json!([{ "matchExpressions": [requirement("k", operator, values)] }]);
        wishes(&[with_terms(&term)]).want("name", &labels(node))
    }

    #[test]
    fn operators_are_those_of_the_scheduler() {
        for (operator, values, with_7, with_x, without) in [
            ("In", &["7", "8"][..], true, false, false),
            ("NotIn", &["7", "8"], false, true, true),
            ("Exists", &[], true, true, false),
            ("DoesNotExist", &[], false, false, true),
            ("Gt", &["6"], true, false, false),
            ("Gt", &["7"], false, false, false),
            ("Gt", &["6", "5"], false, false, false),
            ("Lt", &["10"], true, false, false),
            ("Lt", &["7"], false, false, false),
            ("Like", &["7"], false, false, false),
        ] {
            let got =
                [&[("k", "7")][..], &[("k", "x")], &[]].map(|node| wants(operator, values, node));
            assert_eq!(got, [with_7, with_x, without], "{operator} {values:?}");
        }
    }

    #[test]
    fn one_term_is_enough_and_all_of_it_must_hold() {
        let (a, b) = (requirement("a", "Exists", &[]), requirement("b", "Exists", &[]));
        let name = requirement("metadata.name", "In", &["x"]);
        let terms = json!([
            { "matchExpressions": [a, b] },
            { "matchExpressions": [a], "matchFields": [name] },
            {},
        ]);
        let wishes = wishes(&[with_terms(&terms)]);
        assert!(wishes.want("y", &labels(&[("a", ""), ("b", "")])));
        assert!(wishes.want("x", &labels(&[("a", "")])));
        assert!(!wishes.want("y", &labels(&[("a", "")])));
        assert!(!wishes.want("x", &labels(&[("b", "")])));
    }

    #[test]
    fn without_a_term_nothing_matches_and_without_an_affinity_everything() {
        assert!(!wishes(&[with_terms(&json!([]))]).want("x", &Labels::new()));
        assert!(!wishes(&[with_terms(&json!([{}]))]).want("x", &Labels::new()));
        assert!(wishes(&[json!({ "containers": [] })]).want("x", &Labels::new()));
        assert!(!wishes(&[]).want("x", &Labels::new()));
    }

    #[test]
    fn the_node_selector_and_the_affinity_must_both_hold_and_one_set_is_enough() {
        let mut selecting =
            with_terms(&json!([{ "matchExpressions": [requirement("gpu", "In", &["true"])] }]));
        selecting["nodeSelector"] = json!({ "kubernetes.io/os": "linux" });
        let other = json!({ "containers": [], "nodeSelector": { "role": "infra" } });
        let wishes = wishes(&[selecting, other]);
        for (node, is_wanted) in [
            (&[("kubernetes.io/os", "linux"), ("gpu", "true")][..], true),
            (&[("kubernetes.io/os", "windows"), ("gpu", "true")], false),
            (&[("kubernetes.io/os", "linux")], false),
            (&[("role", "infra")], true),
        ] {
            assert_eq!(wishes.want("x", &labels(node)), is_wanted, "{node:?}");
        }
    }
}
