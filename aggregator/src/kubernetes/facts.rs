//! What matters of a cluster's objects, and nothing else of them: 5,000 nodes must stay small. Facts
//! are decided when an object is seen; when the DaemonSets or the selector change, the Nodes are
//! listed again.

use inventory_common::resource::NODE_ID_LABEL;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::PartialObjectMeta;
use kube::core::ObjectMeta;

use super::wishes::{Labels, Wishes, has_all};
use crate::cluster::expected::{Agent, Exclusion, ExpectedNode, Roll};

/// The label selector of the agents' DaemonSets and pods.
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

/// Labels of nodes that are no machines, as the chart's DaemonSets have them.
const VIRTUAL: [(&str, &str); 2] =
    [("type", "virtual-kubelet"), ("eks.amazonaws.com/compute-type", "fargate")];

/// The operating system that can be read.
const LINUX: (&str, &str) = ("kubernetes.io/os", "linux");

impl NodeFacts {
    /// What matters of this Node, where `wishes` are what the DaemonSets want and only nodes with
    /// the labels of `selector` count.
    #[must_use]
    pub fn of(node: &PartialObjectMeta<Node>, wishes: &Wishes, selector: &Labels) -> Self {
        let none = Labels::new();
        let ObjectMeta { name, uid, labels, .. } = &node.metadata;
        let (name, labels) = (text(name.as_ref()), labels.as_ref().unwrap_or(&none));
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

fn exclusion(name: &str, labels: &Labels, wishes: &Wishes, selector: &Labels) -> Option<Exclusion> {
    let has = |(key, value): (&str, &str)| labels.get(key).is_some_and(|found| found == value);
    if VIRTUAL.into_iter().any(has) {
        Some(Exclusion::Virtual)
    } else if !has(LINUX) {
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
    let status = pod.status.as_ref();
    let phase = status.and_then(|status| status.phase.as_deref());
    if pod.metadata.deletion_timestamp.is_some() || matches!(phase, Some("Failed" | "Succeeded")) {
        return Agent::Ending;
    }
    let mut conditions = status.and_then(|status| status.conditions.as_ref()).into_iter().flatten();
    if conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True") {
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
