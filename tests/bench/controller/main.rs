//! What the controller costs in a cluster of thousands: from its start to the submission, at rest, when its
//! page is read, and when nodes change. A real API server, the chart's rights, the release binary, and a stand-in for
//! AIOS. Prints tables; judges nothing.
//!
//!     cargo build --release -p inventory-aggregator
//!     KUBEBUILDER_ASSETS=FOLDER cargo run -p inventory-aggregator --example controller [NODES [BINARY]]
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a table for people"
)]

mod requests;
#[path = "../support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::time::Duration;

use support::cluster::Cluster;
use support::controller::Controller;
use support::process::release;

/// The nodes where nobody says how many.
const NODES: usize = 5_000;

/// How long the controller is watched doing nothing.
const REST: Duration = Duration::from_mins(1);

/// How many nodes change, one after the other.
const CHANGES: usize = 5;

/// How often the page is asked for.
const READERS: usize = 30;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let nodes = std::env::args().nth(1).map_or(NODES, |count| count.parse().expect("a number"));
    let binary = std::env::args_os().nth(2).map(PathBuf::from);
    let binary = binary.unwrap_or_else(|| release("inventory-aggregator"));
    let cluster = Cluster::start(nodes).await;
    println!("{nodes} nodes\tseconds\tCPU s\tRSS MiB\tpeak MiB");

    cluster.onboard("Manual").await;
    let mut controller = Controller::start(&cluster, &binary, &[]).await;
    controller.during("start until ready", controller.ready()).await;
    controller.during("first look", cluster.until_said("Submitted", "Manual")).await;
    let lists = requests::lists(&cluster).await;

    cluster.onboard("WhenComplete").await;
    controller.during("submission", cluster.until_said("InSync", "Equal")).await;
    let before = cluster.requests().await.len();
    controller.during("rest", tokio::time::sleep(REST)).await;
    let at_rest = cluster.requests().await.split_off(before);

    for path in ["/", "/cluster.json"] {
        let asked = controller.ask(path, READERS);
        controller.during(&format!("{path} is asked for {READERS} times"), asked).await;
    }

    for step in 0..CHANGES {
        let followed = cluster.change(nodes / CHANGES * step).await;
        controller.during("a node changes", followed).await;
    }
    drop(controller);
    let mut controller = Controller::start(&cluster, &binary, &[]).await;
    controller.during("start again until ready", controller.ready()).await;
    controller.during("rest", tokio::time::sleep(REST)).await;

    println!("\nlists at the start\trequests\tpaged");
    for line in &lists {
        println!("{line}");
    }
    requests::tell(&at_rest, REST);
}
