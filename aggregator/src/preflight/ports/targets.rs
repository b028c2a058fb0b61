//! What is connected to for each row of the page's tables.

use std::collections::BTreeSet;

use kube::Client;

use super::table::{ROWS, Role, Row};
use crate::kubernetes::machines::Machine;
use crate::kubernetes::services::{NodePort, endpoints_of};
use crate::reach::Target;

/// The most connections for one row.
const MOST: usize = 2_000;

/// The most `NodePorts` of which it is asked whether somebody is behind them.
const MOST_PORTS: usize = 500;

/// The `NodePorts` that every node must answer at, or why none can be tried.
pub type NodePorts = Result<InUse, String>;

/// `NodePorts` that every node must answer at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InUse {
    /// Those that are tried.
    pub ports: Vec<u16>,
    /// How many more there are that nobody looked at.
    pub left_out: usize,
}

/// The `NodePorts` in use: those of Services that answer on every node and have somebody behind them.
pub async fn in_use(client: &Client, ports: &Result<Vec<NodePort>, String>) -> NodePorts {
    let ports = ports.as_ref().map_err(Clone::clone)?;
    if ports.is_empty() {
        return Err("no Service has one, and so nothing would answer".to_owned());
    }
    let on_all: Vec<&NodePort> = ports.iter().filter(|port| !port.is_local).collect();
    let (looked_at, rest) = on_all.split_at(on_all.len().min(MOST_PORTS));
    let found = endpoints_of(client, looked_at.iter().copied()).await;
    let mut live = InUse { ports: Vec::new(), left_out: rest.len() };
    for port in looked_at {
        match found.get(&port.owner()) {
            Some(Ok(found)) if found.ready > 0 => live.ports.push(port.port),
            Some(Err(why)) => return Err(why.clone()),
            _ => {}
        }
    }
    if live.ports.is_empty() {
        return Err(format!(
            "none of the {} in use has a ready endpoint to be reached on every node",
            ports.len()
        ));
    }
    Ok(live)
}

/// A port of a node that is to be tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// The Node's name.
    pub node: String,
    /// Where it is.
    pub target: Target,
}

/// What is tried for a row, or why nothing is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The row.
    pub row: &'static Row,
    /// What is tried, or why nothing is.
    pub goals: Result<Vec<Goal>, String>,
    /// How many were left out, since there are too many.
    pub left_out: usize,
}

/// What is tried for every row, where `address` says by which address a node is reached.
pub fn plans(
    machines: &[Machine],
    node_ports: &NodePorts,
    address: impl Fn(&Machine) -> Option<&str>,
) -> Vec<Plan> {
    let plan = |row: &'static Row| match goals(row, machines, node_ports, &address) {
        Ok((mut goals, left_out)) => {
            let left_out = left_out + goals.len().saturating_sub(MOST);
            goals.truncate(MOST);
            Plan { row, goals: Ok(goals), left_out }
        }
        Err(why) => Plan { row, goals: Err(why), left_out: 0 },
    };
    ROWS.iter().map(plan).collect()
}

/// What is to be tried, and how many more there are of which nobody says where, or that nobody looked at.
fn goals(
    row: &Row,
    machines: &[Machine],
    node_ports: &NodePorts,
    address: impl Fn(&Machine) -> Option<&str>,
) -> Result<(Vec<Goal>, usize), String> {
    let InUse { ports, left_out } = if row.is_node_ports() {
        node_ports.clone()?
    } else {
        InUse { ports: (row.first..=row.last).collect(), left_out: 0 }
    };
    let machines = of_role(row.role, machines);
    if machines.is_empty() {
        return Err(match row.role {
            Role::ControlPlane => "no Node has the role control-plane: it is out of sight",
            Role::Worker => "the cluster has no node",
        }
        .to_owned());
    }
    let hosts = machines.iter().filter_map(|machine| Some((&machine.name, address(machine)?)));
    let hosts: Vec<(&String, &str)> = hosts.collect();
    let without = (machines.len() - hosts.len()) * ports.len();
    let left_out = machines.len() * left_out + without;
    let goals: Vec<Goal> = hosts
        .into_iter()
        .flat_map(|(node, host)| {
            let goal = |port: &u16| Goal { node: node.clone(), target: Target::new(host, *port) };
            ports.iter().map(goal).collect::<Vec<_>>()
        })
        .collect();
    if goals.is_empty() {
        Err("no node says by what address it is reached".to_owned())
    } else {
        Ok((goals, left_out))
    }
}

/// The nodes of this role. Where the control plane's nodes are all that there are, they are workers
/// too.
fn of_role(role: Role, machines: &[Machine]) -> Vec<&Machine> {
    let real = || machines.iter().filter(|machine| !machine.is_virtual);
    let is_alone = real().all(|machine| machine.is_control_plane);
    let is_meant = |machine: &&Machine| match role {
        Role::ControlPlane => machine.is_control_plane,
        Role::Worker => is_alone || !machine.is_control_plane,
    };
    real().filter(is_meant).collect()
}

/// Every target of these, once.
pub fn all(plans: &[Plan]) -> Vec<Target> {
    let goals = plans.iter().filter_map(|plan| plan.goals.as_ref().ok()).flatten();
    let targets: BTreeSet<&Target> = goals.map(|goal| &goal.target).collect();
    targets.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(name: &str, is_control_plane: bool, address: &str) -> Machine {
        let internal = Some(address.to_owned()).filter(|it| !it.is_empty()).into_iter().collect();
        Machine { name: name.into(), is_control_plane, internal, ..Machine::default() }
    }

    fn ports(ports: &[u16]) -> InUse {
        InUse { ports: ports.to_vec(), left_out: 0 }
    }

    fn planned(machines: &[Machine], node_ports: &NodePorts) -> Vec<Result<Vec<String>, String>> {
        let plans = plans(machines, node_ports, Machine::inside);
        let told = |goals: Vec<Goal>| goals.iter().map(|goal| goal.target.to_string()).collect();
        plans.into_iter().map(|plan| plan.goals.map(told)).collect()
    }

    #[test]
    fn each_role_has_its_ports() {
        let machines = [machine("c", true, "10.0.0.1"), machine("w", false, "10.0.0.2")];
        let plans = planned(&machines, &Ok(ports(&[32000])));
        assert_eq!(plans[0], Ok(vec!["10.0.0.1:6443".into()]));
        assert_eq!(plans[1], Ok(vec!["10.0.0.1:2379".into(), "10.0.0.1:2380".into()]));
        assert_eq!(plans[5], Ok(vec!["10.0.0.2:10250".into()]));
        assert_eq!(plans[6], Ok(vec!["10.0.0.2:32000".into()]));
    }

    #[test]
    fn one_node_is_both() {
        let plans = planned(&[machine("c", true, "10.0.0.1")], &Ok(ports(&[32000])));
        assert_eq!(plans[6], Ok(vec!["10.0.0.1:32000".into()]));
    }

    #[test]
    fn what_cannot_be_tried_says_why() {
        let plans = planned(&[machine("w", false, "10.0.0.2")], &Err("no Service".into()));
        assert!(plans[0].as_ref().unwrap_err().contains("role control-plane"));
        assert_eq!(plans[6], Err("no Service".into()));
        let plans = planned(&[machine("w", false, "")], &Ok(ports(&[32000])));
        assert!(plans[5].as_ref().unwrap_err().contains("address"));
    }

    #[test]
    fn of_too_many_the_rest_is_counted() {
        let machine =
            |n: usize| machine(&format!("n{n}"), false, &format!("10.0.{}.{}", n / 256, n % 256));
        let machines: Vec<Machine> = (0..1_500).map(machine).collect();
        let plan = plans(&machines, &Ok(ports(&[32000, 32001])), Machine::inside).pop().unwrap();
        assert_eq!((plan.goals.unwrap().len(), plan.left_out), (2_000, 1_000));
    }

    #[test]
    fn what_nobody_looked_at_or_knows_where_it_is_is_counted_too() {
        let machines = [machine("a", false, "10.0.0.1"), machine("b", false, "")];
        let ports = Ok(InUse { ports: vec![32000, 32001], left_out: 3 });
        let plans = plans(&machines, &ports, Machine::inside);
        assert_eq!(
            plans.iter().map(|plan| plan.left_out).collect::<Vec<_>>(),
            [0, 0, 0, 0, 0, 1, 8]
        );
    }

    #[test]
    fn a_node_that_is_no_machine_is_not_connected_to() {
        let machines = [
            machine("a", false, "10.0.0.1"),
            Machine { is_virtual: true, ..machine("b", false, "10.0.0.2") },
        ];
        assert_eq!(planned(&machines, &Ok(ports(&[32000])))[6], Ok(vec!["10.0.0.1:32000".into()]));
    }
}
