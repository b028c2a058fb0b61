//! Which of AIOS's endpoints there should be.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use super::table::{Endpoint, Need};

/// How AIOS's services are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Each by a port of its own on every node: `useGateway` false.
    NodePorts,
    /// All through the gateway: `useGateway` true.
    Gateway,
}

/// An endpoint that comes about with something that has an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ById {
    /// An ad hoc inference server.
    InferenceServer(String),
    /// A block.
    Block(String),
    /// The controller of a vDAG.
    VdagController(String),
}

impl ById {
    /// Its path at the gateway.
    #[must_use]
    pub fn suffix(&self) -> String {
        match self {
            Self::InferenceServer(id) => format!("/tasks/{id}"),
            Self::Block(id) => format!("/block/{id}"),
            Self::VdagController(id) => format!("/{id}"),
        }
    }
}

impl fmt::Display for ById {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::InferenceServer(_) => "inference server",
            Self::Block(_) => "block",
            Self::VdagController(_) => "vDAG controller",
        };
        write!(f, "{what} ({})", self.suffix())
    }
}

/// What is looked for, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// How AIOS's services are reached.
    pub way: Way,
    /// The names of those that are expected beside the usual ones.
    pub named: BTreeSet<String>,
    /// Those that have an id.
    pub by_id: Vec<ById>,
    /// The cluster's id; absent where nobody says.
    pub cluster_id: Option<String>,
    /// The host that they are asked at; absent where the Nodes' addresses are to be taken.
    pub address: Option<String>,
    /// How long a connection, and then an answer, may take.
    pub limit: Duration,
}

impl Expected {
    /// How long a connection may take where nobody says.
    pub const LIMIT: Duration = Duration::from_secs(3);

    /// The usual ones, reached this way.
    #[must_use]
    pub fn new(way: Way) -> Self {
        Self {
            way,
            named: BTreeSet::new(),
            by_id: Vec::new(),
            cluster_id: None,
            address: None,
            limit: Self::LIMIT,
        }
    }

    /// Whether a port of this endpoint must be open on the nodes. The gateway's must be either way.
    #[must_use]
    pub fn wants_port_of(&self, endpoint: &Endpoint) -> bool {
        let is_usual = match self.way {
            Way::NodePorts => endpoint.need != Need::AddOn,
            Way::Gateway => endpoint.suffix == Some("/"),
        };
        is_usual || self.named.contains(endpoint.name)
    }

    /// The path under which the gateway must answer for this endpoint; absent where it need not.
    #[must_use]
    pub fn suffix_of(&self, endpoint: &Endpoint) -> Option<&'static str> {
        endpoint.suffix.filter(|_| self.way == Way::Gateway)
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::AIOS;
    use super::*;

    fn ports(expected: &Expected) -> Vec<&'static str> {
        AIOS.iter().filter(|it| expected.wants_port_of(it)).map(|it| it.name).collect()
    }

    #[test]
    fn the_way_says_which_are_expected() {
        let node_ports = Expected::new(Way::NodePorts);
        let all = ["cluster", "metrics", "blocks", "gateway", "management"];
        assert_eq!(
            ports(&node_ports),
            [&all[..], &["monitoring", "health", "membership"]].concat()
        );
        assert!(AIOS.iter().all(|it| node_ports.suffix_of(it).is_none()));
        let gateway = Expected::new(Way::Gateway);
        assert_eq!(ports(&gateway), ["gateway"]);
        assert_eq!(AIOS.iter().filter(|it| gateway.suffix_of(it).is_some()).count(), all.len());
    }

    #[test]
    fn an_add_on_is_expected_where_it_is_named() {
        let named = BTreeSet::from(["policy-executor".to_owned()]);
        let expected = Expected { named, ..Expected::new(Way::Gateway) };
        assert_eq!(ports(&expected), ["gateway", "policy-executor"]);
    }

    #[test]
    fn what_has_an_id_has_it_in_its_path() {
        let block = ById::Block("b-1".to_owned());
        assert_eq!(block.to_string(), "block (/block/b-1)");
        assert_eq!(ById::VdagController("v".to_owned()).suffix(), "/v");
        assert_eq!(ById::InferenceServer("s".to_owned()).suffix(), "/tasks/s");
    }
}
