//! What happens to nodes and clusters: after each all is right again, and nothing was submitted twice.

use std::process::Command;
use std::sync::Arc;

use kube::ResourceExt;
use kube::api::DeleteParams;
use test_kubernetes::{chart, wait};

use crate::environment::{Environment, PATIENCE, cases, folder};
use crate::processes::{Process, kill_part};
use crate::release::{self, must_run};

cases![
    each_process_is_killed,
    each_part_of_the_cluster_is_killed,
    the_node_is_deleted_and_comes_back,
    the_node_is_drained_and_uncordoned,
];

/// The parts of a cluster, those first on which others depend.
pub const PARTS: [&str; 6] = [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "containerd",
    "kubelet",
];

/// A script of `tests/cluster`, which must succeed.
pub fn script(name: &str, args: &[&str]) {
    let script = chart::folder().join("../../tests/cluster").join(name);
    let status = Command::new(script).args(args).env("CLUSTER_FOLDER", folder()).status().unwrap();
    assert!(status.success(), "{name} {args:?}: {status}");
}

async fn each_process_is_killed(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    for program in ["inventory-agent", "inventory-aggregator"] {
        let killed = Process::of(program).unwrap();
        killed.kill();
        wait::until("another takes its place", PATIENCE, async || {
            Process::of(program).filter(|process| *process != killed)
        })
        .await;
        cluster.is_right().await;
    }
}

async fn each_part_of_the_cluster_is_killed(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    for part in PARTS {
        eprintln!("    {part} is killed");
        kill_part(part).await;
        script("up", &PARTS);
        cluster.is_right().await;
    }
}

async fn the_node_is_deleted_and_comes_back(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let before = cluster.nodes().get(&cluster.node).await.unwrap().uid();
    cluster.nodes().delete(&cluster.node, &DeleteParams::default()).await.unwrap();
    // Only when it starts does kubelet register its Node.
    script("down", &["kubelet"]);
    script("up", &["kubelet"]);
    assert_ne!(cluster.nodes().get(&cluster.node).await.unwrap().uid(), before);
    cluster.is_right().await;
}

async fn the_node_is_drained_and_uncordoned(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let killed = Process::of("inventory-aggregator");
    let drain =
        ["drain", &cluster.node, "--ignore-daemonsets", "--pod-selector", release::SELECTOR];
    must_run("kubectl", &drain);
    assert!(Process::of("inventory-agent").is_some(), "drained too");
    must_run("kubectl", &["uncordon", &cluster.node]);
    wait::until("the aggregator is back", PATIENCE, async || {
        Process::of("inventory-aggregator").filter(|process| Some(*process) != killed)
    })
    .await;
    cluster.is_right().await;
}
