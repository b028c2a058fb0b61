//! The release binaries at a hundred times the usual speed, for an hour: agents whose hosts change with every look,
//! nodes that change, come and go, a controller that submits again and again and is asked for its page all the time,
//! and an API server that is away now and then. Then both at rest at the usual speed. Prints how
//! memory, files, threads and logs grow; judges nothing.
//!
//!     cargo build --release -p inventory-agent -p inventory-aggregator
//!     KUBEBUILDER_ASSETS=FOLDER cargo run -p inventory-aggregator --example soak [MINUTES [MINUTES-AT-REST]]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a table for people"
)]

mod hosts;
mod readers;
mod samples;
#[path = "../../support/sketch.rs"]
#[allow(dead_code, reason = "it describes more than is here")]
mod sketch;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use fake_aios::Change;
use serde_json::json;
use tokio::time::interval;

use hosts::Agent;
use samples::Samples;
use support::cluster::{Cluster, ID};
use support::controller::Controller;
use support::process::{Process, release};

/// How much faster than usual it all is.
const SPEED: f64 = 100.0;

/// The agents' and the controller's usual times, so much shorter; the settling cannot be shorter than this.
const AGENT: [&str; 2] = ["--interval", "0.6"];
const CONTROLLER: [&str; 6] = ["--compare-every", "3", "--settle", "0.1", "--remove-after", "6"];

/// Nodes that are only objects, beside those of the agents.
const NODES: usize = 60;

const HOST_CHANGES_EVERY: Duration = Duration::from_millis(600);
const NODE_CHANGES_EVERY: Duration = Duration::from_millis(500);
const NODE_LEAVES_EVERY: Duration = Duration::from_secs(10);
const OTHERS_WRITE_EVERY: Duration = Duration::from_secs(15);
const API_SERVER_GOES_EVERY: Duration = Duration::from_mins(4);
const API_SERVER_IS_AWAY: Duration = Duration::from_secs(5);
const TOKENS_LAST: Duration = Duration::from_mins(3);
const SAMPLE_EVERY: Duration = Duration::from_secs(5);

const MINUTE_S: u64 = 60;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let minutes = |nth: usize, usual: u64| {
        let minutes =
            std::env::args().nth(nth).map_or(usual, |text| text.parse().expect("minutes"));
        Duration::from_secs(MINUTE_S * minutes)
    };
    let (fast, rest) = (minutes(1, 60), minutes(2, 15));
    println!("process\twhat\tleast\tmost\tan hour of it\ta day of usual speed");
    if !fast.is_zero() {
        soak(fast).await;
    }
    if !rest.is_zero() {
        repose(rest).await;
    }
}

/// All that happens in such a cluster, a hundred times as often.
async fn soak(time: Duration) {
    let cluster = Cluster::start(NODES).await;
    cluster.onboard("WhenComplete").await;
    let busy = Agent::start(&cluster, "busy", &AGENT).await;
    let calm = Agent::start(&cluster, "calm", &AGENT).await;
    let controller =
        Controller::start(&cluster, &release("inventory-aggregator"), &CONTROLLER).await;
    cluster.until_said("InSync", "Equal").await;
    let processes = [
        ("busy agent", &busy.process),
        ("calm agent", &calm.process),
        ("controller", &controller.process),
    ];
    let agents = [&busy, &calm];
    let outages = every(API_SERVER_GOES_EVERY, async |round| {
        renew_tokens(&cluster, &agents).await;
        if round > 0 {
            cluster.lose_api_server(API_SERVER_IS_AWAY).await;
        }
    });
    tokio::select! {
        samples = sample(&processes, time) => samples.iter().for_each(|it| it.tell(24.0 / SPEED)),
        () = every(HOST_CHANGES_EVERY, async |round| busy.change(round)) => {}
        () = every(NODE_CHANGES_EVERY, async |round| change_node(&cluster, round).await) => {}
        () = every(NODE_LEAVES_EVERY, async |round| replace_node(&cluster, round).await) => {}
        () = every(OTHERS_WRITE_EVERY, async |round| write_as_another(&cluster, round)) => {}
        () = outages => {}
        () = readers::read(&controller, &agents) => {}
    }
    println!("API server's requests of the controller: {}", cluster.requests().await.len());
}

/// Both programs as they are usually, and nothing happens.
async fn repose(time: Duration) {
    let cluster = Cluster::start(NODES).await;
    cluster.onboard("WhenComplete").await;
    let agent = Agent::start(&cluster, "rest", &[]).await;
    let controller = Controller::start(&cluster, &release("inventory-aggregator"), &[]).await;
    cluster.until_said("InSync", "Equal").await;
    let processes =
        [("agent at rest", &agent.process), ("controller at rest", &controller.process)];
    tokio::select! {
        samples = sample(&processes, time) => samples.iter().for_each(|it| it.tell(24.0)),
        () = every(TOKENS_LAST, async |_| renew_tokens(&cluster, &[&agent]).await) => {}
    }
}

/// What these processes have meanwhile.
async fn sample(processes: &[(&str, &Process)], time: Duration) -> Vec<Samples> {
    let mut samples: Vec<_> = processes.iter().map(|(name, _)| Samples::of(name)).collect();
    let take = every(SAMPLE_EVERY, async |_| {
        for (samples, (_, process)) in samples.iter_mut().zip(processes) {
            samples.take(process);
        }
    });
    // It ends by the time alone.
    let _ended = tokio::time::timeout(time, take).await;
    samples
}

/// Does something again and again, with the number of the time.
async fn every(pause: Duration, mut happens: impl AsyncFnMut(u64)) {
    let mut times = interval(pause);
    for round in 0.. {
        times.tick().await;
        happens(round).await;
    }
}

/// A node that stays has more memory than before.
async fn change_node(cluster: &Cluster, round: u64) {
    let number = usize::try_from(round).expect("a number") % (NODES / 2);
    cluster.report(number, round, &json!([])).await;
}

/// A node leaves for good, and another one joins that was never there.
async fn replace_node(cluster: &Cluster, round: u64) {
    let number = NODES / 2 + usize::try_from(round).expect("a number");
    cluster.leave(number).await;
    cluster.join(number + NODES / 2).await;
}

/// Somebody else says of a node what is not true.
fn write_as_another(cluster: &Cluster, round: u64) {
    let entry = round % (NODES as u64 / 2);
    let edit = json!({ format!("nodes.nodeData.{entry}.swap"): round + 1 });
    cluster.aios.change(ID, &Change::Edit(edit)).expect("AIOS's copy is there");
    // What it remembers of requests is not what is measured.
    cluster.aios.forget_received();
}

async fn renew_tokens(cluster: &Cluster, agents: &[&Agent]) {
    cluster.renew_token().await;
    for agent in agents {
        agent.renew_token().await;
    }
}
