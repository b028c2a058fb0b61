//! What matters of a cluster's objects, and nothing else of them: 5,000 nodes must stay small. Facts
//! are decided when an object is seen; when the `DaemonSet`s or the selector change, the Nodes are
//! listed again.

use inventory_common::resource::NODE_ID_LABEL;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::PartialObjectMeta;
use kube::core::ObjectMeta;

use super::pods::{is_over, is_ready};
use super::wishes::{Labels, Wishes, has_all};
use crate::cluster::expected::{Agent, Exclusion, ExpectedNode, Roll};

/// The label selector of the agents' `DaemonSet`s and pods.
pub const AGENTS: &str = "app.kubernetes.io/name=aios-inventory,app.kubernetes.io/component=agent";

/// What matters of a Node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeFacts {
    /// Its name.
    pub name: Box<str>,
    /// This Node's, and no other's of the same name.
    pub uid: Box<str>,
    /// The label `nodeID`; absent where there is none, or an empty one.
    pub node_id: Option<Box<str>>,
    /// Why it does not count; absent where it does.
    pub not_counted: Option<Exclusion>,
}

/// Labels of nodes that are no machines, as the chart's `DaemonSet`s have them.
const VIRTUAL: [(&str, &str); 2] =
    [("type", "virtual-kubelet"), ("eks.amazonaws.com/compute-type", "fargate")];

/// The operating system that can be read.
const LINUX: (&str, &str) = ("kubernetes.io/os", "linux");

impl NodeFacts {
    /// What matters of this Node, where `wishes` are what the `DaemonSet`s want and only nodes with
    /// the labels of `selector` count.
    #[must_use]
    pub fn of(node: &PartialObjectMeta<Node>, wishes: &Wishes, selector: &Labels) -> Self {
        let without = Labels::new();
        let ObjectMeta { name, uid, labels, .. } = &node.metadata;
        let (name, labels) = (text(name.as_ref()), labels.as_ref().unwrap_or(&without));
        let node_id = labels.get(NODE_ID_LABEL).filter(|id| !id.is_empty());
        Self {
            node_id: node_id.map(|id| id.as_str().into()),
            not_counted: exclusion(&name, labels, wishes, selector),
            name,
            uid: text(uid.as_ref()),
        }
    }
}

fn text(text: Option<&String>) -> Box<str> {
    text.map_or("", String::as_str).into()
}

/// Whether a node with these labels is no machine.
#[must_use]
pub fn is_virtual(labels: &Labels) -> bool {
    VIRTUAL.into_iter().any(|label| has(labels, label))
}

/// Whether a node with these labels runs Linux.
#[must_use]
pub fn is_linux(labels: &Labels) -> bool {
    has(labels, LINUX)
}

fn has(labels: &Labels, (key, value): (&str, &str)) -> bool {
    labels.get(key).is_some_and(|found| found == value)
}

fn exclusion(name: &str, labels: &Labels, wishes: &Wishes, selector: &Labels) -> Option<Exclusion> {
    if is_virtual(labels) {
        Some(Exclusion::Virtual)
    } else if !is_linux(labels) {
        Some(Exclusion::NotLinux)
    } else if !has_all(labels, selector) {
        Some(Exclusion::NotSelected)
    } else if !wishes.want(name, labels) {
        Some(Exclusion::NoAgent)
    } else {
        None
    }
}

/// What matters of an agent's pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentPod {
    /// The name of the Node that it is on.
    pub node: Box<str>,
    /// How it fares.
    pub agent: Agent,
}

impl AgentPod {
    /// What matters of this pod; absent where it is on no node yet.
    #[must_use]
    pub fn of(pod: &Pod) -> Option<Self> {
        let node = pod.spec.as_ref()?.node_name.as_deref()?.into();
        Some(Self { node, agent: fares(pod) })
    }
}

fn fares(pod: &Pod) -> Agent {
    if is_over(pod) {
        Agent::Ending
    } else if is_ready(pod) {
        Agent::Ready
    } else {
        Agent::NotReady
    }
}

/// Who is there and who should be, as these Nodes and pods say.
#[must_use]
pub fn roll<'a>(
    nodes: impl IntoIterator<Item = &'a NodeFacts>,
    pods: impl IntoIterator<Item = &'a AgentPod>,
) -> Roll {
    let mut roll = Roll::default();
    for NodeFacts { name, node_id, not_counted, .. } in nodes {
        if let Some(exclusion) = not_counted {
            roll.not_counted.insert(name.clone(), *exclusion);
        } else {
            let node = ExpectedNode { node_id: node_id.clone(), agent: Agent::Absent };
            roll.expected.insert(name.clone(), node);
        }
    }
    for AgentPod { node, agent } in pods {
        if let Some(node) = roll.expected.get_mut(node) {
            node.agent = node.agent.max(*agent);
        }
    }
    roll
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::apps::v1::DaemonSet;
    use serde_json::{Value, json};

    use super::*;

    fn wishes() -> Wishes {
        let spec = json!({ "containers": [], "nodeSelector": { "agent": "yes" } });
        let set = json!({
            "metadata": {}, "spec": { "selector": {}, "template": { "spec": spec } },
        });
        Wishes::of(&[serde_json::from_value::<DaemonSet>(set).unwrap()])
    }

    fn node(name: &str, labels: &Value) -> NodeFacts {
        let node = json!({ "metadata": { "name": name, "uid": "u", "labels": labels } });
        let selector = Labels::from([("pool".to_owned(), "a".to_owned())]);
        NodeFacts::of(&serde_json::from_value(node).unwrap(), &wishes(), &selector)
    }

    fn pod(spec: &Value, metadata: &Value, status: &Value) -> Option<AgentPod> {
        let pod = json!({ "metadata": metadata, "spec": spec, "status": status });
        AgentPod::of(&serde_json::from_value(pod).unwrap())
    }

    #[test]
    fn a_node_counts_unless_there_is_a_reason() {
        let good = json!({ "kubernetes.io/os": "linux", "pool": "a", "agent": "yes" });
        let facts = node("n", &good);
        assert_eq!((&*facts.name, &*facts.uid, facts.not_counted), ("n", "u", None));
        for (key, value, reason) in [
            ("kubernetes.io/os", json!("windows"), Exclusion::NotLinux),
            ("type", json!("virtual-kubelet"), Exclusion::Virtual),
            ("eks.amazonaws.com/compute-type", json!("fargate"), Exclusion::Virtual),
            ("pool", json!("b"), Exclusion::NotSelected),
            ("agent", json!("no"), Exclusion::NoAgent),
        ] {
            let mut labels = good.clone();
            labels[key] = value;
            assert_eq!(node("n", &labels).not_counted, Some(reason), "{key}");
        }
        assert_eq!(node("n", &json!({})).not_counted, Some(Exclusion::NotLinux));
    }

    #[test]
    fn an_empty_id_is_none() {
        let id = |id: &str| node("n", &json!({ "nodeID": id })).node_id;
        assert_eq!((id(""), id("x")), (None, Some("x".into())));
    }

    #[test]
    fn a_pod_is_ready_when_kubelet_says_so_and_it_is_to_stay() {
        let (spec, going) = (
            json!({ "nodeName": "n", "containers": [] }),
            json!({ "deletionTimestamp": "2026-01-01T00:00:00Z" }),
        );
        let status = |phase: &str, ready: &str| {
            json!({ "phase": phase, "conditions": [
                { "type": "Initialized", "status": "True" }, { "type": "Ready", "status": ready },
            ] })
        };
        let fares = |metadata: &Value, status: &Value| pod(&spec, metadata, status).unwrap().agent;
        assert_eq!(fares(&json!({}), &status("Running", "True")), Agent::Ready);
        assert_eq!(fares(&json!({}), &status("Running", "False")), Agent::NotReady);
        assert_eq!(fares(&json!({}), &json!({})), Agent::NotReady);
        assert_eq!(fares(&json!({}), &status("Failed", "True")), Agent::Ending);
        assert_eq!(fares(&going, &status("Running", "True")), Agent::Ending);
        assert_eq!(pod(&json!({ "containers": [] }), &json!({}), &json!({})), None);
    }

    #[test]
    fn of_several_pods_on_a_node_the_best_counts() {
        let labels =
            json!({ "kubernetes.io/os": "linux", "pool": "a", "agent": "yes", "nodeID": "i" });
        let nodes = ["a", "b"].map(|name| node(name, &labels));
        let windows = node("c", &json!({ "kubernetes.io/os": "windows" }));
        let pod = |node: &str, agent| AgentPod { node: node.into(), agent };
        let pods = [
            pod("a", Agent::Ending),
            pod("a", Agent::Ready),
            pod("a", Agent::NotReady),
            pod("c", Agent::Ready),
            pod("gone", Agent::Ready),
        ];
        let roll = roll(nodes.iter().chain([&windows]), &pods);
        let expected = |agent| ExpectedNode { node_id: Some("i".into()), agent };
        let wanted = [("a".into(), expected(Agent::Ready)), ("b".into(), expected(Agent::Absent))];
        assert_eq!(roll.expected, wanted.into());
        assert_eq!(roll.not_counted, [("c".into(), Exclusion::NotLinux)].into());
    }
}
