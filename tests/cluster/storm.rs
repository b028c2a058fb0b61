//! A storm of pods, kubelet and etcd. What must hold is judged at every moment, as in `tests/storm`.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fake_aios::Change;
use k8s_openapi::api::core::v1::Pod;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ListParams};
use rustix::process::Signal;
use serde_json::json;
use test_kubernetes::judge::Truth;

use crate::dice::{self, Dice};
use crate::environment::{Cluster, Environment, ID, cases};
use crate::processes::{Process, kill_part, part};
use crate::recorder::Recorder;
use crate::release;
use crate::trouble::{PARTS, script};

cases![nothing_goes_where_pods_kubelet_and_etcd_fail_and_a_minute_later_all_is_right];

/// After the storm all is right within this.
const LIMIT: Duration = Duration::from_mins(1);

/// Something that goes wrong.
#[derive(Clone, Copy, Debug)]
enum Event {
    /// The pods of a component are deleted, and nobody waits for them to end.
    Deleted(&'static str),
    /// A process of this program is killed.
    Killed(&'static str),
    /// kubelet sleeps.
    Kubelet,
    /// etcd is killed, and started again.
    Etcd,
    /// Nothing that is sent to the pods of a component arrives: their network is cut from all others.
    Parted(&'static str),
    /// Others write beside what is ours, and a figure of ours.
    Others,
}

const EVENTS: [Event; 9] = [
    Event::Deleted("agent"),
    Event::Deleted("aggregator"),
    Event::Killed("inventory-agent"),
    Event::Killed("inventory-aggregator"),
    Event::Kubelet,
    Event::Etcd,
    Event::Parted("agent"),
    Event::Parted("aggregator"),
    Event::Others,
];

async fn nothing_goes_where_pods_kubelet_and_etcd_fail_and_a_minute_later_all_is_right(
    environment: Arc<Environment>,
) {
    let cluster = environment.cluster().await;
    cluster.release.apply(&json!({ "aggregator": { "replicas": 2 } }));
    cluster.until_pods("with a second aggregator", 3, |_| true).await;
    let inventory = cluster.inventory().await.unwrap();
    let data = serde_json::to_value(inventory.status.node_data).unwrap();
    let truth = Truth::from([(cluster.node.clone(), data)]);
    let mut recorder = Recorder::new(&cluster.aios, ID, truth);
    recorder.follow(&cluster.admin);

    let (seed, length) = dice::storm();
    let (begin, mut dice) = (Instant::now(), Dice::new(seed));
    while begin.elapsed() < length {
        let event = dice.pick(&EVENTS);
        eprintln!("    {:5.1} s: {event:?}", begin.elapsed().as_secs_f64());
        happens(cluster, event, &mut dice).await;
        recorder.judge();
        tokio::time::sleep(Duration::from_millis(dice.between(200, 3000))).await;
    }
    script("up", &PARTS);
    cluster.until_right_within(LIMIT).await;
    recorder.judge();
    eprintln!("    {}", recorder.told());
    drop(recorder);
    cluster.is_right().await;
    cluster.release.apply(&json!({}));
    cluster.until_pods("with one aggregator", 2, |_| true).await;
}

async fn happens(cluster: &Cluster, event: Event, dice: &mut Dice) {
    match event {
        Event::Deleted(component) => delete(cluster, component).await,
        Event::Killed(program) => {
            // It may just be gone.
            if let Some(process) = Process::of(program) {
                process.kill();
            }
        }
        Event::Kubelet => {
            let kubelet = part("kubelet");
            kubelet.signal(Signal::STOP);
            tokio::time::sleep(Duration::from_millis(dice.between(500, 8000))).await;
            kubelet.signal(Signal::CONT);
        }
        Event::Etcd => {
            kill_part("etcd").await;
            tokio::time::sleep(Duration::from_millis(dice.between(100, 2000))).await;
            script("up", &PARTS);
        }
        Event::Parted(component) => {
            let parted: Vec<_> = addresses(cluster, component).await.map(Parted::from).collect();
            tokio::time::sleep(Duration::from_millis(dice.between(500, 20_000))).await;
            drop(parted);
        }
        Event::Others => {
            let number = dice.between(1, 1_000_000);
            let edit = json!({ "clusterMetadata.theirs": number, "nodes.nodeData.0.swap": number });
            cluster.aios.change(ID, &Change::Edit(edit)).unwrap();
        }
    }
}

/// As `kubectl delete --force`. An API server that is not back yet is asked in vain.
async fn delete(cluster: &Cluster, component: &str) {
    let now = DeleteParams::default().grace_period(0);
    for pod in pods(cluster, component).await {
        if let Err(error) = api(cluster).delete(&pod.name_any(), &now).await {
            eprintln!("    {} is not deleted: {error}", pod.name_any());
        }
    }
}

/// Where the pods of a component are reached.
async fn addresses(cluster: &Cluster, component: &str) -> impl Iterator<Item = String> {
    pods(cluster, component).await.into_iter().filter_map(|pod| pod.status?.pod_ip)
}

/// The pods of a component, as far as the API server is there to tell.
async fn pods(cluster: &Cluster, component: &str) -> Vec<Pod> {
    let label = format!("{},app.kubernetes.io/component={component}", release::SELECTOR);
    match api(cluster).list(&ListParams::default().labels(&label)).await {
        Ok(found) => found.items,
        Err(error) => {
            eprintln!("    no pod is found: {error}");
            Vec::new()
        }
    }
}

fn api(cluster: &Cluster) -> Api<Pod> {
    Api::namespaced(cluster.admin.clone(), release::NAME)
}

/// An address that nothing reaches, until this is dropped.
struct Parted {
    address: String,
}

impl From<String> for Parted {
    fn from(address: String) -> Self {
        route("prepend", &address);
        Self { address }
    }
}

impl Drop for Parted {
    fn drop(&mut self) {
        route("delete", &self.address);
    }
}

fn route(does: &str, address: &str) {
    let status = Command::new("ip").args(["route", does, "blackhole", address]).status().unwrap();
    assert!(status.success(), "ip route {does} blackhole {address}: {status}");
}
