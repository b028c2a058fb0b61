//! What is connected to for each row of the page's tables.

use std::collections::BTreeSet;

use inventory_common::telling::one_line;
use kube::Client;

use super::table::{ROWS, Role, Row};
use crate::kubernetes::machines::Machine;
use crate::kubernetes::services::{NodePort, endpoints};
use crate::reach::Target;

/// The most connections for one row.
const MOST: usize = 2_000;

/// The most Services whose endpoints are asked for.
const MOST_SERVICES: usize = 100;

/// The `NodePorts` that every node must answer at, or why none can be tried.
pub type NodePorts = Result<Vec<u16>, String>;

/// The `NodePorts` in use: those of Services that answer on every node and have somebody behind them.
pub async fn in_use(client: &Client, ports: &Result<Vec<NodePort>, String>) -> NodePorts {
    let ports = ports.as_ref().map_err(Clone::clone)?;
    if ports.is_empty() {
        return Err("no Service has one, and so nothing would answer".to_owned());
    }
    let mut live = Vec::new();
    for port in ports.iter().filter(|port| !port.is_local).take(MOST_SERVICES) {
        let found = endpoints(client, port).await.map_err(|trouble| one_line(&trouble))?;
        if found.ready > 0 {
            live.push(port.port);
        }
    }
    if live.is_empty() {
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
    let plan = |row: &'static Row| {
        let goals = goals(row, machines, node_ports, &address);
        let left_out = goals.as_ref().map_or(0, |goals| goals.len().saturating_sub(MOST));
        let goals = goals.map(|mut goals| {
            goals.truncate(MOST);
            goals
        });
        Plan { row, goals, left_out }
    };
    ROWS.iter().map(plan).collect()
}

fn goals(
    row: &Row,
    machines: &[Machine],
    node_ports: &NodePorts,
    address: impl Fn(&Machine) -> Option<&str>,
) -> Result<Vec<Goal>, String> {
    let ports =
        if row.is_node_ports() { node_ports.clone()? } else { (row.first..=row.last).collect() };
    let machines = of_role(row.role, machines);
    if machines.is_empty() {
        return Err(match row.role {
            Role::ControlPlane => "no Node has the role control-plane: it is out of sight",
            Role::Worker => "the cluster has no node",
        }
        .to_owned());
    }
    let hosts = machines.iter().filter_map(|machine| Some((&machine.name, address(machine)?)));
    let goals: Vec<Goal> = hosts
        .flat_map(|(node, host)| {
            let goal = |port: &u16| Goal { node: node.clone(), target: Target::new(host, *port) };
            ports.iter().map(goal).collect::<Vec<_>>()
        })
        .collect();
    if goals.is_empty() {
        Err("no node says by what address it is reached".to_owned())
    } else {
        Ok(goals)
    }
}

/// The nodes of this role. Where the control plane's nodes are all that there are, they are workers
/// too.
fn of_role(role: Role, machines: &[Machine]) -> Vec<&Machine> {
    let is_alone = machines.iter().all(|machine| machine.is_control_plane);
    let is_meant = |machine: &&Machine| match role {
        Role::ControlPlane => machine.is_control_plane,
        Role::Worker => is_alone || !machine.is_control_plane,
    };
    machines.iter().filter(is_meant).collect()
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

    fn planned(machines: &[Machine], node_ports: &NodePorts) -> Vec<Result<Vec<String>, String>> {
        let plans = plans(machines, node_ports, Machine::inside);
        let told = |goals: Vec<Goal>| goals.iter().map(|goal| goal.target.to_string()).collect();
        plans.into_iter().map(|plan| plan.goals.map(told)).collect()
    }

    #[test]
    fn each_role_has_its_ports() {
        let machines = [machine("c", true, "10.0.0.1"), machine("w", false, "10.0.0.2")];
        let plans = planned(&machines, &Ok(vec![32000]));
        assert_eq!(plans[0], Ok(vec!["10.0.0.1:6443".into()]));
        assert_eq!(plans[1], Ok(vec!["10.0.0.1:2379".into(), "10.0.0.1:2380".into()]));
        assert_eq!(plans[5], Ok(vec!["10.0.0.2:10250".into()]));
        assert_eq!(plans[6], Ok(vec!["10.0.0.2:32000".into()]));
    }

    #[test]
    fn one_node_is_both() {
        let plans = planned(&[machine("c", true, "10.0.0.1")], &Ok(vec![32000]));
        assert_eq!(plans[6], Ok(vec!["10.0.0.1:32000".into()]));
    }

    #[test]
    fn what_cannot_be_tried_says_why() {
        let plans = planned(&[machine("w", false, "10.0.0.2")], &Err("no Service".into()));
        assert!(plans[0].as_ref().unwrap_err().contains("role control-plane"));
        assert_eq!(plans[6], Err("no Service".into()));
        let plans = planned(&[machine("w", false, "")], &Ok(vec![32000]));
        assert!(plans[5].as_ref().unwrap_err().contains("address"));
    }

    #[test]
    fn of_too_many_the_rest_is_counted() {
        let machine =
            |n: usize| machine(&format!("n{n}"), false, &format!("10.0.{}.{}", n / 256, n % 256));
        let machines: Vec<Machine> = (0..1_500).map(machine).collect();
        let plan = plans(&machines, &Ok(vec![32000, 32001]), Machine::inside).pop().unwrap();
        assert_eq!((plan.goals.unwrap().len(), plan.left_out), (2_000, 1_000));
    }
}
