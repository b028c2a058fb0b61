//! Which node this is: its name, and the id that AIOS knows it by.

use inventory_common::node_id;

use crate::host::HostRoot;
use crate::probe::facts;

/// The id of a host that does not say who it is.
const UNKNOWN: &str = "unknown";

/// What is known of the node's name beside the host's own files.
#[derive(Clone, Debug, Default)]
pub struct Hints {
    /// The id that a person gave.
    pub node_id: Option<String>,
    /// The node's name in its cluster, as Kubernetes tells its pods.
    pub node_name: Option<String>,
    /// Whether this process runs in a pod, where the hostname is the pod's.
    pub in_pod: bool,
}

/// Who the node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// A valid label value.
    pub id: String,
    /// The node's name in its cluster, else the hostname; absent where neither is known.
    pub name: Option<String>,
    /// What a person should know about it.
    pub warning: Option<String>,
}

/// The identity of the host at `root`. Of a captured host nothing of this machine is asked.
#[must_use]
pub fn identify(root: &HostRoot, hints: &Hints) -> Identity {
    let name = if root.is_live() {
        let hostname = || if hints.in_pod { None } else { facts::hostname(root) };
        hints.node_name.clone().or_else(hostname)
    } else {
        root.manifest().node_name.clone().or_else(|| facts::hostname(root))
    };
    let derived = name.as_deref().map(node_id::derive);
    let id = hints.node_id.clone().or(derived).unwrap_or_else(|| UNKNOWN.to_owned());
    let is_given = hints.node_id.is_some();
    let warning = warning(&id, is_given, name.as_deref(), root.is_live() && hints.in_pod);
    Identity { id, name, warning }
}

fn warning(id: &str, is_given: bool, name: Option<&str>, in_pod: bool) -> Option<String> {
    match name {
        Some(name) if name == id => None,
        Some(name) => Some(format!(
            "the id '{id}' differs from the node's name '{name}': AIOS uses the id as a node name when it removes a node"
        )),
        None if is_given => None,
        None if in_pod => Some(
            "the node's name is not known: in a pod set NODE_NAME from spec.nodeName, or give --node-id"
                .to_owned(),
        ),
        None => Some("the host does not tell its name: give --node-id".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::manifest::Manifest;
    use crate::host::{Node, Tree};

    fn captured(hostname: Option<&str>, node_name: Option<&str>) -> HostRoot {
        let mut tree = Tree::default();
        if let Some(name) = hostname {
            let file = Node::File(format!("{name}\n").into_bytes());
            tree.insert(facts::HOSTNAME.as_ref(), file).unwrap();
        }
        let node_name = node_name.map(str::to_owned);
        HostRoot::of_tree(tree, Manifest { node_name, ..Manifest::default() })
    }

    fn id_of(root: &HostRoot, node_id: Option<&str>) -> Identity {
        identify(root, &Hints { node_id: node_id.map(str::to_owned), ..Hints::default() })
    }

    #[test]
    fn the_hostname_is_the_id_in_lower_case() {
        let identity = id_of(&captured(Some("GPU-07.Rack2"), None), None);
        assert_eq!((identity.id.as_str(), identity.warning), ("gpu-07.rack2", None));
    }

    #[test]
    fn a_captured_node_name_wins_over_its_hostname() {
        assert_eq!(id_of(&captured(Some("pod-x1"), Some("node-1")), None).id, "node-1");
    }

    #[test]
    fn this_pod_s_node_name_says_nothing_about_a_capture() {
        let hints = Hints { node_name: Some("here".into()), ..Hints::default() };
        assert_eq!(identify(&captured(Some("there"), None), &hints).id, "there");
    }

    #[test]
    fn a_given_id_wins_with_a_warning_where_it_differs() {
        let identity = id_of(&captured(Some("host-1"), None), Some("node-1"));
        assert_eq!(identity.id, "node-1");
        assert!(identity.warning.unwrap().contains("'host-1'"));
    }

    #[test]
    fn this_pod_s_lack_of_a_name_is_no_capture_s() {
        let identity = identify(&captured(None, None), &Hints { in_pod: true, ..Hints::default() });
        assert!(!identity.warning.unwrap().contains("NODE_NAME"));
    }

    #[test]
    fn a_given_id_of_a_nameless_host_needs_no_warning() {
        assert_eq!(id_of(&captured(None, None), Some("node-1")).warning, None);
    }

    #[test]
    fn what_to_do_about_a_missing_name_depends_on_where_the_agent_runs() {
        let says = |in_pod| warning(UNKNOWN, false, None, in_pod).unwrap();
        assert!(says(true).contains("NODE_NAME"), "{}", says(true));
        assert!(!says(false).contains("NODE_NAME"), "{}", says(false));
    }

    #[test]
    fn a_tree_without_a_name_is_unknown_with_a_warning() {
        for nameless in [captured(None, None), captured(Some("(none)"), None)] {
            let identity = id_of(&nameless, None);
            assert_eq!(identity.id, "unknown");
            assert!(identity.warning.is_some());
        }
    }
}
