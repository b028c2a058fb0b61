//! The page's tables of ports, and what of them is asked for from where.

/// What a node is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The control plane is on it.
    ControlPlane,
    /// All else.
    Worker,
}

impl Role {
    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ControlPlane => "control plane",
            Self::Worker => "workers",
        }
    }
}

/// From where connections are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// From where the command runs, of a cluster that no node from outside joins.
    Here,
    /// From where the command runs, which is where nodes from outside are.
    Outside,
    /// From a node of the cluster.
    Node,
}

/// What a port should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Open.
    Open,
    /// Open, though not to the whole internet.
    Guarded,
    /// Not open to the whole internet, and else either.
    NotPublic,
    /// Not open.
    Shut,
    /// Either: nobody here needs it.
    Either,
}

/// Ports of a component on nodes of a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The nodes.
    pub role: Role,
    /// Who listens there.
    pub component: &'static str,
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
    demands: [Demand; 3],
}

const fn row(
    role: Role,
    component: &'static str,
    (first, last): (u16, u16),
    demands: [Demand; 3],
) -> Row {
    Row { role, component, first, last, demands }
}

use Demand::{Either, Guarded, NotPublic, Open, Shut};
use Role::{ControlPlane, Worker};

/// The page's ports, and what they should be from here, from outside and from a node. Of a cluster
/// that no node from outside joins the page asks for `NodePorts` alone, and nodes from outside need
/// no other worker's kubelet.
pub const ROWS: [Row; 7] = [
    row(ControlPlane, "kube-apiserver", (6443, 6443), [Either, Open, Open]),
    row(ControlPlane, "etcd", (2379, 2380), [Either, Shut, Either]),
    row(ControlPlane, "kubelet", (10250, 10250), [Either, Guarded, Open]),
    row(ControlPlane, "kube-controller-manager", (10257, 10257), [Either, Shut, Either]),
    row(ControlPlane, "kube-scheduler", (10259, 10259), [Either, Shut, Either]),
    row(Worker, "kubelet", (10250, 10250), [Either, NotPublic, Open]),
    row(Worker, "NodePorts", (30000, 32767), [Open, Open, Open]),
];

impl Row {
    /// What it should be, seen from there.
    pub const fn demand(&self, from: From) -> Demand {
        let [here, outside, node] = self.demands;
        match from {
            From::Here => here,
            From::Outside => outside,
            From::Node => node,
        }
    }

    /// Whether these are the ports of Services, of which only some are in use.
    pub const fn is_node_ports(&self) -> bool {
        self.last - self.first > 1
    }

    /// What it is called.
    pub fn name(&self) -> String {
        let Self { role, component, first, last, .. } = self;
        let ports = if first == last { first.to_string() } else { format!("{first}-{last}") };
        format!("{component} {ports} ({})", role.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_s_tables_are_all_there() {
        let names = ROWS.map(|row| row.name());
        let page = [
            "kube-apiserver 6443 (control plane)",
            "etcd 2379-2380 (control plane)",
            "kubelet 10250 (control plane)",
            "kube-controller-manager 10257 (control plane)",
            "kube-scheduler 10259 (control plane)",
            "kubelet 10250 (workers)",
            "NodePorts 30000-32767 (workers)",
        ];
        assert_eq!(names, page);
        assert!(ROWS.iter().all(|row| row.is_node_ports() == (row.component == "NodePorts")));
    }

    #[test]
    fn nodes_from_outside_need_two_ports_of_the_control_plane_and_no_more() {
        let is_needed = |row: &&Row| matches!(row.demand(From::Outside), Open | Guarded);
        let needed: Vec<u16> = ROWS
            .iter()
            .filter(|row| row.role == ControlPlane)
            .filter(is_needed)
            .map(|row| row.first)
            .collect();
        assert_eq!(needed, [6443, 10250]);
        let here: Vec<&str> = ROWS
            .iter()
            .filter(|row| row.demand(From::Here) == Open)
            .map(|row| row.component)
            .collect();
        assert_eq!(here, ["NodePorts"]);
    }
}
