//! Connections between the nodes, by a pod on each.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{StreamExt, stream};
use kube::Client;

use super::super::nodes::some_of;
use super::image::{Image, installed};
use super::judge::{Seen, judge};
use super::outcome::Outcome;
use super::pods::Pods;
use super::question::Question;
use super::table::From;
use super::targets::{NodePorts, all, plans};
use crate::check::Check;
use crate::kubernetes::machines::Machine;
use crate::reach::Target;

/// What these checks stand under.
const SECTION: &str = "ports from the nodes";

/// How many pods there are at a time.
const AT_ONCE: usize = 8;

/// The most connections that one pod tries: its arguments must fit into an object.
const MOST: usize = 2_000;

/// How the nodes are asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Within {
    /// The namespace of the pods, and of what is installed.
    pub namespace: String,
    /// What they run; absent where it is what is installed.
    pub image: Option<Image>,
    /// How long a connection may take.
    pub limit: Duration,
}

/// What the page's ports come to from the nodes. `pods` keeps those that it makes, for the caller to
/// [`Pods::clear`] in any case.
pub async fn within(
    client: &Client,
    machines: &Result<Vec<Machine>, String>,
    node_ports: &NodePorts,
    within: &Within,
    pods: &Pods,
) -> Vec<Check> {
    let not_tried = |why: &str| vec![Check::not_tried(SECTION, "pods on the nodes", why)];
    let machines = match machines {
        Ok(machines) => machines,
        Err(why) => return not_tried(why),
    };
    let can_run =
        |machine: &&Machine| machine.is_linux && machine.is_ready && machine.is_schedulable;
    let hosts: Vec<&Machine> = machines.iter().filter(can_run).collect();
    if hosts.is_empty() {
        return not_tried("no Linux node is ready and takes pods");
    }
    let image = match &within.image {
        Some(image) => image.clone(),
        None => match installed(client, &within.namespace).await {
            Ok(image) => image,
            Err(why) => return not_tried(&why),
        },
    };
    let plans = plans(machines, node_ports, Machine::inside);
    let mut targets = all(&plans);
    targets.truncate(MOST);
    let answers = ask(client, &hosts, &image, &targets, within.limit, pods).await;
    let (seen, troubles) = sorted(answers);
    let first = attendance(&seen, &troubles);
    let each = plans.iter().map(|plan| judge(SECTION, From::Node, plan, &seen));
    std::iter::once(first).chain(each).collect()
}

/// What a node's pod came to.
type Answer = (String, Result<Outcome, String>);

async fn ask(
    client: &Client,
    hosts: &[&Machine],
    image: &Image,
    targets: &[Target],
    limit: Duration,
    pods: &Pods,
) -> Vec<Answer> {
    let run = run_name();
    let ask = |(number, machine): (usize, &&Machine)| {
        let (name, node) = (format!("{run}-{number}"), machine.name.clone());
        async move {
            let question = Question { name, node: &node, image, targets, limit };
            let answer = pods.ask(client, &question).await;
            (node, answer)
        }
    };
    let asked: Vec<_> = hosts.iter().enumerate().map(ask).collect();
    stream::iter(asked).buffered(AT_ONCE).collect().await
}

/// What the pods of this run are called: no two runs are of one process at one time.
fn run_name() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("inventory-preflight-{:x}-{:x}", since.as_millis(), std::process::id())
}

fn sorted(answers: Vec<Answer>) -> (Vec<Seen>, Vec<String>) {
    let (mut seen, mut troubles) = (Vec::new(), Vec::new());
    for (node, answer) in answers {
        match answer {
            Ok(outcome) => seen.push(Seen { from: Some(node), reached: outcome.by_target() }),
            Err(why) => troubles.push(format!("{node}: {why}")),
        }
    }
    (seen, troubles)
}

/// From how many nodes it was tried.
fn attendance(seen: &[Seen], troubles: &[String]) -> Check {
    let (name, all) = ("pods on the nodes", seen.len() + troubles.len());
    if troubles.is_empty() {
        return Check::pass(SECTION, name, format!("tried from all {all} that take pods"));
    }
    let seen = format!("tried from {} of {all}; {}", seen.len(), some_of(troubles));
    Check::not_tried(SECTION, name, seen)
}
