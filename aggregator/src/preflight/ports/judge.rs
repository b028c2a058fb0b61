//! From what connections came to, to a check for each row of the page's tables.

use std::collections::BTreeMap;

use super::super::nodes::some_of;
use super::table::{Demand, From};
use super::targets::{Goal, Plan};
use crate::check::Check;
use crate::kubernetes::kubeconfig::Reach as Reachable;
use crate::reach::{Reach, Target};

/// What connections came to, from one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The Node from which they were tried; absent where that is here.
    pub from: Option<String>,
    /// Each target's fate.
    pub reached: BTreeMap<Target, Reach>,
}

/// A connection and what it came to.
struct Tried<'a> {
    from: Option<&'a str>,
    goal: &'a Goal,
    reach: &'a Reach,
}

impl Tried<'_> {
    /// Whether it tells nothing of the port.
    fn is_untold(&self) -> bool {
        matches!(self.reach, Reach::Failed(_))
    }

    fn told(&self) -> String {
        let Self { from, goal: Goal { node, target }, reach } = self;
        let from = from.map_or_else(String::new, |from| format!(" from {from}"));
        format!("{node} ({target}) is {reach}{from}")
    }
}

/// What a row comes to, tried from all of these places.
pub fn judge(section: &'static str, from: From, plan: &Plan, seen: &[Seen]) -> Check {
    let name = plan.row.name();
    let goals = match &plan.goals {
        Ok(goals) => goals,
        Err(why) => return Check::not_tried(section, name, why),
    };
    let tried: Vec<Tried> = seen
        .iter()
        .flat_map(|seen| {
            goals.iter().filter_map(|goal| {
                let reach = seen.reached.get(&goal.target)?;
                Some(Tried { from: seen.from.as_deref(), goal, reach })
            })
        })
        .collect();
    if tried.is_empty() {
        return Check::not_tried(section, name, "nothing came back");
    }
    let verdict = verdict(section, &name, plan.row.demand(from), &tried);
    let missing = goals.len() * seen.len() - tried.len() + plan.left_out;
    let ports = if plan.row.is_node_ports() { ports_of(goals) } else { String::new() };
    let seen = format!("{}{ports}", verdict.seen);
    match missing {
        0 => Check { seen, ..verdict },
        missing if verdict.passes() => {
            let why = format!("as far as tried, {seen}; {missing} were not tried");
            Check::not_tried(section, name, why)
        }
        missing => Check { seen: format!("{seen}; {missing} were not tried"), ..verdict },
    }
}

/// Which of the range were tried, and that connecting tells nothing of UDP.
fn ports_of(goals: &[Goal]) -> String {
    let mut ports: Vec<u16> = goals.iter().map(|goal| goal.target.port).collect();
    ports.sort_unstable();
    ports.dedup();
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    format!(
        " (TCP {}, at which every node must answer; connecting tells nothing of UDP)",
        some_of(&ports)
    )
}

fn verdict(section: &'static str, name: &str, demand: Demand, tried: &[Tried]) -> Check {
    let is_open = |tried: &&Tried| *tried.reach == Reach::Open;
    let open: Vec<&Tried> = tried.iter().filter(is_open).collect();
    let shut: Vec<&Tried> = tried.iter().filter(|tried| !is_open(tried)).collect();
    let is_exposed = open.iter().any(|tried| is_public(&tried.goal.target.host));
    let seen = counted(&open, &shut);
    match demand {
        Demand::Either => Check::pass(section, name, format!("{seen}; nobody needs it from there")),
        Demand::Open | Demand::Guarded if !shut.is_empty() => {
            Check::failure(section, name, seen).advised(open_it(&shut))
        }
        Demand::Guarded if is_exposed => {
            Check::warning(section, name, format!("{seen}, over public addresses"))
                .advised(format!("nodes from outside need it, and nobody else: {GUARD}"))
        }
        Demand::NotPublic if is_exposed => {
            Check::warning(section, name, format!("{seen}, over public addresses"))
                .advised(format!("the control plane needs it, and nobody else: {GUARD}"))
        }
        Demand::Shut if !open.is_empty() => Check::warning(section, name, seen)
            .advised(format!("it should not be reachable from outside: {GUARD}")),
        Demand::NotPublic | Demand::Shut if shut.iter().any(|tried| tried.is_untold()) => {
            Check::not_tried(section, name, seen)
        }
        Demand::Open | Demand::Guarded | Demand::NotPublic | Demand::Shut => {
            Check::pass(section, name, seen)
        }
    }
}

/// How the page wants ports to be guarded.
pub const GUARD: &str =
    "use a VPN such as WireGuard or Tailscale, or let only trusted addresses through the firewall";

fn open_it(shut: &[&Tried]) -> &'static str {
    let is_filtered = |tried: &&Tried| *tried.reach == Reach::Filtered;
    if shut.iter().any(is_filtered) {
        "let it through the firewalls on the way, and the nodes' own"
    } else {
        "nobody listens there, or there is no way: see what should, and the nodes' addresses"
    }
}

fn counted(open: &[&Tried], shut: &[&Tried]) -> String {
    let all = open.len() + shut.len();
    let told =
        |tried: &[&Tried]| some_of(&tried.iter().map(|tried| tried.told()).collect::<Vec<_>>());
    match (open.len(), shut.len()) {
        (1, 0) => "open".to_owned(),
        (_, 0) => format!("all {all} open"),
        (0, 1) => told(shut),
        (0, _) => format!("none of {all} open: {}", told(shut)),
        (count, _) => format!("{count} of {all} open: {}", told(shut)),
    }
}

/// Whether anybody on the internet may reach the address. A name may mean any.
fn is_public(host: &str) -> bool {
    host.parse().map_or(true, |address| Reachable::of(address) == Reachable::World)
}

#[cfg(test)]
mod tests {
    use super::super::table::ROWS;
    use super::*;
    use crate::check::State;

    /// Two nodes at these addresses, of which the second came to `second`.
    fn judged(row: usize, from: From, hosts: [&str; 2], second: Reach) -> Check {
        let row = &ROWS[row];
        let goal = |(node, host): (&str, &str)| Goal {
            node: node.into(),
            target: Target::new(host, row.first),
        };
        let goals: Vec<Goal> = ["a", "b"].into_iter().zip(hosts).map(goal).collect();
        let reached = goals.iter().map(|goal| goal.target.clone()).zip([Reach::Open, second]);
        let seen = Seen { from: None, reached: reached.collect() };
        judge("ports", from, &Plan { row, goals: Ok(goals), left_out: 0 }, &[seen])
    }

    const INSIDE: [&str; 2] = ["10.0.0.1", "10.0.0.2"];

    const PUBLIC: [&str; 2] = ["203.0.113.1", "203.0.113.2"];

    #[test]
    fn what_must_be_open_fails_with_who_is_not() {
        let check = judged(6, From::Here, INSIDE, Reach::Filtered);
        assert_eq!(check.state, State::Failure);
        let seen = "1 of 2 open: b (10.0.0.2:30000) is filtered (TCP 30000, at which";
        assert!(check.seen.starts_with(seen), "{check:?}");
        assert!(check.advice.unwrap().contains("firewall"));
        assert!(judged(6, From::Here, INSIDE, Reach::Open).passes());
        let closed = judged(0, From::Node, INSIDE, Reach::Closed);
        assert_eq!(closed.state, State::Failure);
        assert!(closed.advice.unwrap().contains("nobody listens"));
    }

    #[test]
    fn what_should_not_be_reachable_from_outside_is_a_warning() {
        for row in [1, 3, 4] {
            let check = judged(row, From::Outside, INSIDE, Reach::Filtered);
            assert_eq!(check.state, State::Warning, "{check:?}");
            assert!(check.advice.unwrap().contains("VPN"));
            assert!(judged(row, From::Here, INSIDE, Reach::Filtered).passes());
        }
    }

    #[test]
    fn what_failed_for_another_reason_is_not_shut() {
        let failed = || Reach::Failed("too many open files".into());
        let row = &ROWS[3];
        let goal = Goal { node: "a".into(), target: Target::new("10.0.0.1", row.first) };
        let reached = BTreeMap::from([(goal.target.clone(), failed())]);
        let plan = Plan { row, goals: Ok(vec![goal]), left_out: 0 };
        let check = judge("ports", From::Outside, &plan, &[Seen { from: None, reached }]);
        assert_eq!(check.state, State::NotTried, "{check:?}");
        assert_eq!(judged(5, From::Outside, INSIDE, failed()).state, State::NotTried);
    }

    #[test]
    fn kubelet_must_be_open_to_nodes_from_outside_and_to_nobody_else() {
        assert_eq!(judged(2, From::Outside, INSIDE, Reach::Closed).state, State::Failure);
        assert!(judged(2, From::Outside, INSIDE, Reach::Open).passes());
        let public = judged(2, From::Outside, PUBLIC, Reach::Open);
        assert_eq!(public.state, State::Warning);
        assert!(public.advice.unwrap().contains("WireGuard"));
    }

    #[test]
    fn a_worker_s_kubelet_need_not_be_open_to_nodes_from_outside() {
        assert!(judged(5, From::Outside, INSIDE, Reach::Closed).passes());
        assert!(judged(5, From::Outside, INSIDE, Reach::Open).passes());
        assert_eq!(judged(5, From::Outside, PUBLIC, Reach::Closed).state, State::Warning);
        assert_eq!(judged(5, From::Node, INSIDE, Reach::Closed).state, State::Failure);
    }

    #[test]
    fn what_was_not_tried_is_no_pass() {
        let plan = Plan { row: &ROWS[0], goals: Err("out of sight".into()), left_out: 0 };
        assert_eq!(judge("ports", From::Here, &plan, &[]).state, State::NotTried);
        let goals = vec![Goal { node: "a".into(), target: Target::new("10.0.0.1", 6443) }];
        let plan = Plan { row: &ROWS[0], goals: Ok(goals), left_out: 3 };
        assert_eq!(judge("ports", From::Here, &plan, &[]).state, State::NotTried);
        let reached = BTreeMap::from([(Target::new("10.0.0.1", 6443), Reach::Open)]);
        let from_b = Seen { from: Some("b".into()), reached };
        let from_c = Seen { from: Some("c".into()), reached: BTreeMap::new() };
        let judged = |plan: &Plan, seen: &[Seen]| {
            let check = judge("ports", From::Node, plan, seen);
            (check.state, check.seen)
        };
        let told = |missing| format!("as far as tried, open; {missing} were not tried");
        assert_eq!(judged(&plan, std::slice::from_ref(&from_b)), (State::NotTried, told(3)));
        let shut = [(Target::new("10.0.0.1", 6443), Reach::Closed)].into();
        let (state, seen) = judged(&plan, &[Seen { from: None, reached: shut }]);
        assert_eq!(state, State::Failure);
        assert!(seen.ends_with("; 3 were not tried"), "{seen}");
        let whole = Plan { left_out: 0, ..plan };
        assert_eq!(judged(&whole, std::slice::from_ref(&from_b)).0, State::Pass);
        assert_eq!(judged(&whole, &[from_b, from_c]), (State::NotTried, told(1)));
    }

    #[test]
    fn addresses_that_anybody_reaches_are_public() {
        for host in ["203.0.113.1", "8.8.8.8", "2001:db8::1", "host.example"] {
            assert!(is_public(host), "{host}");
        }
        for host in
            ["10.1.2.3", "192.168.0.1", "172.16.0.1", "127.0.0.1", "100.64.1.1", "fd00::1", "::1"]
        {
            assert!(!is_public(host), "{host}");
        }
    }
}
