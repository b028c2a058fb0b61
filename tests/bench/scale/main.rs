//! What clusters of several sizes cost: the API server when all agents start at once and at rest, and the controller from
//! its start to the submission. A real API server, the chart's rights, agents that are the real ones but for
//! reading the host, the controller's release binary, and a stand-in for AIOS. Prints a table with
//! the exponents of growth; judges nothing.
//!
//!     cargo build --release -p inventory-aggregator
//!     KUBEBUILDER_ASSETS=FOLDER SCALE_AGENTS=1000 cargo run -p inventory-aggregator --example scale [NODES…]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a table for people"
)]

mod agents;
mod figures;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use fake_aios::Service;
use futures_util::StreamExt;
use test_kubernetes::audit::Request;
use test_kubernetes::wait;

use agents::Agents;
use figures::Figures;
use support::cluster::{Cluster, ID, PATIENCE, name};
use support::controller::Controller;
use support::process::release;

/// The clusters where nobody names others.
const NODES: [usize; 4] = [10, 100, 1_000, 5_000];

/// So many agents at most where `SCALE_AGENTS` does not say: each holds two connections, and shares this machine with the
/// API server. In a larger cluster the first nodes have none, and their reports are written as an agent's would be.
const AGENTS: usize = 1_000;

/// So many requests at once.
const AT_ONCE: usize = 32;

/// How long all is watched doing nothing.
const REST: Duration = Duration::from_mins(1);

/// How many nodes change, one after the other.
const CHANGES: usize = 5;

/// What is asked of the controller: what it is called, and where it is.
const SERVED: [(&str, &str); 2] = [("page, bytes", "/"), ("document, bytes", "/cluster.json")];

/// How people look at all of a cluster: the command, whether it needs what only a person can say, and the figures.
const LOOKS: [(&str, bool, [&str; 2]); 3] = [
    ("nodes", false, ["nodes (a look of --watch): seconds", "nodes: requests"]),
    ("document", true, ["document: seconds", "document: requests"]),
    ("diff", true, ["diff: seconds", "diff: requests"]),
];

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let named: Vec<usize> =
        std::env::args().skip(1).map(|text| text.parse().expect("a number")).collect();
    let sizes = if named.is_empty() { NODES.to_vec() } else { named };
    let agents = std::env::var("SCALE_AGENTS").map(|text| text.parse().expect("a number"));
    let agents = agents.unwrap_or(AGENTS);
    let mut clusters = Vec::new();
    for nodes in sizes {
        let measured = measure(nodes, agents).await;
        clusters.push((nodes, measured));
        figures::tell(&clusters);
    }
}

async fn measure(nodes: usize, agents: usize) -> Figures {
    let written = nodes.saturating_sub(agents);
    let cluster = Cluster::start(written).await;
    let admits = (written..nodes).map(async |number| (name(number), cluster.admit(number).await));
    let all: Vec<_> = futures_util::stream::iter(admits).buffered(AT_ONCE).collect().await;
    let mut figures = Figures::new();
    let agents = storm(&cluster, all, &mut figures).await;
    rest(&cluster, &mut figures).await;
    figures.push(("API server, MiB", cluster.api_server_mib().await));
    // What is written from here on, nobody puts right.
    drop(agents);
    control(&cluster, nodes, &mut figures).await;
    figures.push(("an inventory, bytes", cluster.inventory_bytes(0).await));
    figures.push(("etcd, MiB in use", cluster.etcd_bytes().await / 1_048_576.0));
    figures
}

/// All agents start at once.
async fn storm(cluster: &Cluster, nodes: Vec<(String, PathBuf)>, figures: &mut Figures) -> Agents {
    let (count, before) = (nodes.len(), cluster.requests_of_agents().await.len());
    let begin = Instant::now();
    let agents = Agents::start(nodes);
    reported(&agents).await;
    let took = begin.elapsed();
    let requests = cluster.requests_of_agents().await.split_off(before);
    tell_kinds(&requests);
    let turned_away = requests.iter().filter(|request| request.code() == Some(429)).count();
    figures.push(("storm: seconds until all have reported", took.as_secs_f64()));
    figures.push(("storm: requests a node", requests.len() as f64 / count as f64));
    figures.push(("storm: turned away (429)", turned_away as f64));
    figures.push(("storm: most requests in a second", most_in_a_second(&requests)));
    agents
}

async fn reported(agents: &Agents) {
    let all = async || agents.have_all_reported().then_some(());
    wait::until("all have reported", PATIENCE, all).await;
}

/// Nothing happens.
async fn rest(cluster: &Cluster, figures: &mut Figures) {
    let before = cluster.requests_of_agents().await.len();
    tokio::time::sleep(REST).await;
    let requests = cluster.requests_of_agents().await.split_off(before);
    let writes = requests.iter().filter(|request| request.is_write()).count();
    figures.push(("rest: agents' requests a second", requests.len() as f64 / REST.as_secs_f64()));
    figures.push(("rest: agents' writes", writes as f64));
}

/// The controller starts, submits, is read, and follows changes.
async fn control(cluster: &Cluster, nodes: usize, figures: &mut Figures) {
    cluster.onboard("Manual").await;
    let mut controller = Controller::start(cluster, &release("inventory-aggregator"), &[]).await;
    let ready = controller.ready();
    let [took, cpu] = spent(&mut controller, ready).await;
    figures.push(("controller: seconds until ready", took));
    figures.push(("controller: CPU s until ready", cpu));
    let requests = cluster.requests().await.len();
    figures.push(("controller: requests until ready", requests as f64));
    spent(&mut controller, cluster.until_said("Submitted", "Manual")).await;
    figures.push(("controller: RSS, MiB", controller.process.memory_mib("VmRSS:")));
    for (what, path) in SERVED {
        let url = controller.page(path);
        let bytes = reqwest::get(url).await.expect("an answer").bytes().await.expect("all of it");
        figures.push((what, bytes.len() as f64));
    }
    let metrics = reqwest::get(controller.metrics()).await.expect("an answer");
    figures.push(("metrics, bytes", metrics.bytes().await.expect("all of it").len() as f64));
    cluster.onboard("WhenComplete").await;
    let [took, cpu] = spent(&mut controller, cluster.until_said("InSync", "Equal")).await;
    figures.push(("submission: seconds", took));
    figures.push(("submission: CPU s", cpu));
    let asked = cluster.aios.received();
    figures.push(("submission: requests to AIOS", asked.len() as f64));
    figures.push((
        "submission: bytes sent",
        asked.iter().map(|it| it.body.len()).sum::<usize>() as f64,
    ));
    look(cluster, figures).await;
    let mut cpu_changes = 0.0;
    for step in 0..CHANGES {
        let followed = cluster.change(nodes / CHANGES * step).await;
        cpu_changes += spent(&mut controller, followed).await[1];
    }
    figures.push(("a change: CPU s", cpu_changes / CHANGES as f64));
    figures.push(("controller: peak, MiB", controller.process.memory_mib("VmHWM:")));
}

/// Somebody looks at all of the cluster, in each way.
async fn look(cluster: &Cluster, figures: &mut Figures) {
    let profile = cluster.folder().join("profile.yaml");
    let text = format!("id: {ID}\nregionId: r\ngateway: {}\n", cluster.aios.url(Service::Gateway));
    std::fs::write(&profile, text).expect("a file");
    for (name, needs_profile, [seconds, requests]) in LOOKS {
        let (before, begin) = (cluster.requests().await.len(), Instant::now());
        let mut command = Command::new(release("inventory-aggregator"));
        command.arg(name).arg("--kubeconfig").arg(cluster.kubeconfig().await);
        if needs_profile {
            command.arg("--profile").arg(&profile);
        }
        let output = tokio::task::spawn_blocking(move || command.output()).await;
        let output = output.expect("it ends").expect("it starts");
        // 3: something is different, and that is as it may be.
        let is_done = matches!(output.status.code(), Some(0 | 3));
        assert!(is_done, "{name}: {}", String::from_utf8_lossy(&output.stderr));
        figures.push((seconds, begin.elapsed().as_secs_f64()));
        figures.push((requests, (cluster.requests().await.len() - before) as f64));
    }
}

/// Waits for what is to happen, and answers with the seconds and the CPU seconds that it took.
async fn spent(controller: &mut Controller, happens: impl Future<Output = ()>) -> [f64; 2] {
    let (begin, cpu) = (Instant::now(), controller.process.cpu());
    controller.process.lives_until(happens).await;
    let cpu = controller.process.cpu().saturating_sub(cpu);
    [begin.elapsed(), cpu].map(|time| time.as_secs_f64())
}

/// Prints what was asked for, by kind and answer.
fn tell_kinds(requests: &[Request]) {
    let mut kinds: BTreeMap<(&str, &str, u16), usize> = BTreeMap::new();
    for request in requests {
        let path = request.uri.split('?').next().unwrap_or_default();
        let resource = path.split('/').find(|part| part.starts_with("node")).unwrap_or_default();
        *kinds.entry((&request.verb, resource, request.code().unwrap_or(0))).or_default() += 1;
    }
    println!("\nstorm: request\tanswer\tcount");
    for ((verb, resource, code), count) in kinds {
        println!("{verb} {resource}\t{code}\t{count}");
    }
}

fn most_in_a_second(requests: &[Request]) -> f64 {
    let mut seconds: BTreeMap<i64, usize> = BTreeMap::new();
    for request in requests {
        *seconds.entry(request.received.as_second()).or_default() += 1;
    }
    seconds.values().max().map_or(0.0, |most| *most as f64)
}
