//! The list of a cluster's nodes.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;

use inventory_common::resource::NodeInventory;
use kube::api::{Api, DeleteParams};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::environment::{Cluster, Environment, aggregator, cases, changed, inventory};
use crate::run::Run;
use crate::terminal::Terminal;

cases![
    nodes_that_are_missing_are_listed_too,
    watching_tells_which_nodes_have_changed,
    a_terminal_shows_how_it_is_now_in_the_place_of_how_it_was,
];

/// `nodes` as the cluster's administrator.
fn nodes(cluster: &Cluster, args: &[&str]) -> Command {
    let mut command = aggregator();
    command.args(["nodes", "--kubeconfig"]).arg(&cluster.kubeconfig).args(args);
    command
}

async fn nodes_that_are_missing_are_listed_too(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _whole = cluster.node("", "whole").await;
    let _silent = cluster.silent_node("", "silent").await;
    let run = Run::of(&mut nodes(&cluster, &["--format", "json"]));
    assert_eq!(run.exit, 0, "{run:?}");
    let value = run.json();
    let states: Vec<_> = value["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (&node["node"], &node["state"]))
        .collect();
    assert_eq!(json!(states), json!([["silent", "missing"], ["whole", "whole"]]));
    assert!(run.stderr.starts_with("warning: node 'silent' has no inventory"), "{run:?}");
    let run = Run::of(&mut nodes(&cluster, &["--trouble"]));
    assert!(run.stdout.contains("silent") && !run.stdout.contains("\nwhole"), "{run:?}");
}

async fn watching_tells_which_nodes_have_changed(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _a = cluster.node("", "a").await;
    let _b = cluster.node("", "b").await;
    let mut command = nodes(&cluster, &["--watch", "--every", "1"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let table: Vec<String> = lines.by_ref().take(4).collect();
    assert!(table[3].starts_with("total  2 of 2 "), "{table:?}");
    let dark = changed("b", |status| status["unknowns"] = json!(["swap"]));
    cluster.report(&dark).await;
    assert_eq!(lines.next().unwrap(), "b: STATE whole -> partial");
    let api: Api<NodeInventory> = Api::all(cluster.admin.clone());
    api.delete("a", &DeleteParams::default()).await.unwrap();
    let line = lines.next().unwrap();
    assert!(line.starts_with("a: STATE whole -> missing, GPUS 1 -> unknown, "), "{line}");
    cluster.report(&inventory("b")).await;
    assert_eq!(lines.next().unwrap(), "b: STATE partial -> whole");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(lines.count(), 0, "of what stays as it is nothing is told");
}

async fn a_terminal_shows_how_it_is_now_in_the_place_of_how_it_was(_: Arc<Environment>) {
    let mut cluster = Cluster::start().await;
    let _a = cluster.node("", "a").await;
    let mut terminal = Terminal::start(&mut nodes(&cluster, &["--watch", "--every", "1"]));
    terminal.sees("1 of 1");
    let table = "\u{1b}[3A\r";
    cluster.report(&changed("a", |status| status["unknowns"] = json!(["swap"]))).await;
    terminal.sees("0 of 1");
    let shown = terminal.shown();
    let (_, last) = shown.rsplit_once(table).unwrap_or_else(|| panic!("{shown:?}"));
    assert!(last.contains("partial"), "{last:?}");
    // What was seen stays, with why nothing newer is.
    cluster.plane.stop_api_server();
    terminal.sees("as it was before: ");
    terminal.interrupts();
    assert_eq!(terminal.is_over(), Some(130));
}
