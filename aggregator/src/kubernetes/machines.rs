//! What matters of Nodes to whoever wants to reach them.

use inventory_common::resource::NODE_ID_LABEL;
use k8s_openapi::api::core::v1::Node;
use kube::api::{Api, ListParams};
use kube::{Client, ResourceExt};

use super::facts::{is_linux, is_virtual};
use super::read::each;
use super::trouble::Trouble;

/// The labels by which kubeadm marks the nodes of the control plane.
const CONTROL_PLANE: [&str; 2] =
    ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

/// A Node as a machine that can be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Machine {
    /// The Node's name.
    pub name: String,
    /// Its label `nodeID`; absent where it has none, or an empty one.
    pub node_id: Option<String>,
    /// Whether kubelet says that it is ready.
    pub is_ready: bool,
    /// Whether pods may come to it.
    pub is_schedulable: bool,
    /// Whether the control plane is on it.
    pub is_control_plane: bool,
    /// Whether it is no machine, and answers at no port of its own.
    pub is_virtual: bool,
    /// Whether it runs Linux, and is a machine at all.
    pub is_linux: bool,
    /// Its addresses within the cluster's network.
    pub internal: Vec<String>,
    /// Its addresses for the outside.
    pub external: Vec<String>,
}

impl Machine {
    fn of(node: &Node) -> Self {
        let (spec, status) = (node.spec.as_ref(), node.status.as_ref());
        let label = |key: &str| node.labels().get(key).map(String::as_str);
        let mut conditions = status.and_then(|it| it.conditions.as_ref()).into_iter().flatten();
        let addresses = |kind: &str| {
            let all = status.and_then(|it| it.addresses.as_ref()).into_iter().flatten();
            all.filter(|it| it.type_ == kind).map(|it| it.address.clone()).collect()
        };
        let id = label(NODE_ID_LABEL).filter(|id| !id.is_empty());
        Self {
            name: node.name_any(),
            node_id: id.map(str::to_owned),
            is_ready: conditions.any(|it| it.type_ == "Ready" && it.status == "True"),
            is_schedulable: !spec.and_then(|it| it.unschedulable).unwrap_or(false),
            is_control_plane: CONTROL_PLANE.iter().any(|key| label(key).is_some()),
            is_virtual: is_virtual(node.labels()),
            is_linux: is_linux(node.labels()) && !is_virtual(node.labels()),
            internal: addresses("InternalIP"),
            external: addresses("ExternalIP"),
        }
    }

    /// The address to reach it by from within the cluster's network; absent where it has none.
    #[must_use]
    pub fn inside(&self) -> Option<&str> {
        self.internal.first().or(self.external.first()).map(String::as_str)
    }

    /// The address to reach it by from outside; absent where it has none.
    #[must_use]
    pub fn outside(&self) -> Option<&str> {
        self.external.first().or(self.internal.first()).map(String::as_str)
    }
}

/// All Nodes, in the order of their names.
pub async fn machines(client: &Client) -> Result<Vec<Machine>, Trouble> {
    let mut machines = Vec::new();
    let take = |node: Node| machines.push(Machine::of(&node));
    each(&Api::all(client.clone()), "list nodes", ListParams::default(), take).await?;
    machines.sort_by(|a: &Machine, b: &Machine| a.name.cmp(&b.name));
    Ok(machines)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn machine(labels: &Value, spec: &Value, status: &Value) -> Machine {
        let metadata = json!({ "name": "n", "labels": labels });
        let node = json!({ "metadata": metadata, "spec": spec, "status": status });
        Machine::of(&serde_json::from_value(node).unwrap())
    }

    #[test]
    fn a_node_says_who_it_is_and_where() {
        let found = machine(
            &json!({ "nodeID": "x", "kubernetes.io/os": "linux", "node-role.kubernetes.io/control-plane": "" }),
            &json!({ "unschedulable": true }),
            &json!({
                "conditions": [{ "type": "Ready", "status": "True" }],
                "addresses": [
                    { "type": "Hostname", "address": "n" },
                    { "type": "ExternalIP", "address": "203.0.113.1" },
                    { "type": "InternalIP", "address": "10.0.0.1" },
                ],
            }),
        );
        let expected = Machine {
            name: "n".into(),
            node_id: Some("x".into()),
            is_ready: true,
            is_schedulable: false,
            is_control_plane: true,
            is_virtual: false,
            is_linux: true,
            internal: vec!["10.0.0.1".into()],
            external: vec!["203.0.113.1".into()],
        };
        assert_eq!(found, expected);
        assert_eq!((found.inside(), found.outside()), (Some("10.0.0.1"), Some("203.0.113.1")));
    }

    #[test]
    fn what_a_node_does_not_say_is_not_so() {
        let found = machine(&json!({ "nodeID": "" }), &json!({}), &json!({}));
        assert_eq!(found, Machine { name: "n".into(), is_schedulable: true, ..Machine::default() });
        assert_eq!((found.inside(), found.outside()), (None, None));
    }

    #[test]
    fn a_node_that_is_no_machine_is_none_that_runs_linux() {
        for (label, value) in
            [("type", "virtual-kubelet"), ("eks.amazonaws.com/compute-type", "fargate")]
        {
            let labels = json!({ "kubernetes.io/os": "linux", label: value });
            let found = machine(&labels, &json!({}), &json!({}));
            assert!(found.is_virtual && !found.is_linux, "{label}");
        }
    }
}
