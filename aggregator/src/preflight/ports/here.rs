//! Connections from where the command runs.

use std::time::Duration;

use super::judge::{Seen, judge};
use super::table::From;
use super::targets::{NodePorts, all, plans};
use crate::check::Check;
use crate::kubernetes::machines::Machine;
use crate::reach::reach_all;

/// What these checks stand under.
const SECTION: &str = "ports from here";

/// The same where nodes from outside may join.
const OUTSIDE: &str = "ports from here, for nodes from outside";

/// What the page's ports come to from here. With `has_external_nodes` this is where nodes from
/// outside are.
pub async fn here(
    machines: &Result<Vec<Machine>, String>,
    node_ports: &NodePorts,
    has_external_nodes: bool,
    limit: Duration,
) -> Vec<Check> {
    let (section, from) =
        if has_external_nodes { (OUTSIDE, From::Outside) } else { (SECTION, From::Here) };
    let machines = match machines {
        Ok(machines) => machines,
        Err(why) => return vec![Check::not_tried(section, "ports", why)],
    };
    let address = if has_external_nodes { Machine::outside } else { Machine::inside };
    let plans = plans(machines, node_ports, address);
    let reached = reach_all(all(&plans), limit).await.into_iter().collect();
    let seen = [Seen { from: None, reached }];
    plans.iter().map(|plan| judge(section, from, plan, &seen)).collect()
}
