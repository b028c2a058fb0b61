//! What a node reports, first and when it changes.

use std::path::Path;
use std::sync::Arc;

use inventory_common::resource::{ConditionStatus, ConditionType, NodeInventory};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::{SimulatedNode, wait};

use crate::agent::Agent;
use crate::environment::{Environment, PATIENCE, cases};
use crate::host::{Host, MORE_DISKS, MORE_GPUS, USUAL, USUAL_GPUS};

cases![
    at_first_label_annotation_and_object_are_written,
    a_changed_host_makes_one_write_for_each_object_that_differs,
    a_label_that_is_there_becomes_the_id,
    figures_that_differ_from_kubelet_s_are_told,
    a_speed_that_nobody_knows_is_told_and_a_stated_one_is_taken,
    a_signal_ends_it_with_status_0_and_leaves_everything,
];

/// What kubelet says of [`USUAL`].
fn kubelet_s_word(cpus: &str) -> Value {
    json!({ "capacity": { "cpu": cpus, "memory": "16777216Ki", "pods": "110" } })
}

/// Waits until the object says this.
pub async fn wait_for_object(
    inventories: &Api<NodeInventory>,
    name: &str,
    what: &str,
    says: impl Fn(&NodeInventory) -> bool,
) -> NodeInventory {
    let look = async || inventories.get_opt(name).await.expect("an answer").filter(&says);
    wait::until(what, PATIENCE, look).await.0
}

fn status_of(object: &NodeInventory, kind: ConditionType) -> ConditionStatus {
    object.status.condition(kind).expect("the condition").status
}

async fn at_first_label_annotation_and_object_are_written(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, host) = (cluster.node("first").await, Host::usual());
    node.set_status(&kubelet_s_word("4")).await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;

    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::label(&shown, "nodeID"), Some("first"));
    assert_eq!(SimulatedNode::annotation(&shown, "gpu.aios/info"), Some(USUAL_GPUS));
    assert_eq!(SimulatedNode::label(&shown, "kubernetes.io/os"), Some("linux"));

    let object = cluster.inventories().await.get("first").await.unwrap();
    let [owner] = object.owner_references() else { panic!("{:?}", object.owner_references()) };
    assert_eq!((owner.kind.as_str(), owner.uid.as_str()), ("Node", shown.uid().unwrap().as_str()));
    assert_eq!((owner.controller, owner.block_owner_deletion), (None, None));
    let figures = serde_json::to_value(&object.status.node_data).unwrap();
    assert_eq!(
        figures,
        json!({
            "id": "first",
            "gpus": {
                "count": 1, "memory": 196_592,
                "gpus": [{ "modelName": "AMD Instinct MI300X OAM", "memory": 196_592 }],
                "features": [], "modelNames": ["AMD Instinct MI300X OAM"],
            },
            "vcpus": { "count": 4 },
            "memory": 16384,
            "swap": 2048,
            "storage": { "disks": 1, "size": 1024 },
            "network": { "interfaces": 1, "txBandwidth": 10000, "rxBandwidth": 10000 },
        })
    );
    for (kind, status) in [
        (ConditionType::Complete, ConditionStatus::True),
        (ConditionType::GPUsHealthy, ConditionStatus::True),
        (ConditionType::SpeedsKnown, ConditionStatus::True),
        (ConditionType::MatchesKubelet, ConditionStatus::True),
        (ConditionType::Contested, ConditionStatus::False),
    ] {
        assert_eq!(status_of(&object, kind), status, "{kind:?}: {:?}", object.status.conditions);
    }
    let managers: Vec<_> =
        object.managed_fields().iter().map(|entry| entry.manager.clone()).collect();
    assert_eq!(managers, [Some("inventory-agent".to_owned())]);

    let (status, metrics) = agent.get("/metrics").await;
    assert_eq!(status, 200);
    for name in [
        "gpu_count{node=\"first\",model=\"AMD Instinct MI300X OAM\"} 1",
        "gpus_expected{node=\"first\"} 1",
        "gpus_seen{node=\"first\"} 1",
        "condition{node=\"first\",type=\"MatchesKubelet\",status=\"True\"} 1",
        "agent_build_info{node=\"first\",version=",
        "agent_ready{node=\"first\",part=\"report\"} 1",
        "agent_probe_outcome{node=\"first\",probe=\"cpu\",outcome=\"complete\"} 1",
        "agent_probe_duration_seconds{node=\"first\",probe=\"net\"}",
        "agent_last_reading_timestamp_seconds{node=\"first\"} ",
        "agent_last_write_timestamp_seconds{node=\"first\"} ",
        "agent_writes_total{node=\"first\",object=\"Node\",reason=\"first\"} 1",
        "agent_writes_total{node=\"first\",object=\"NodeInventory\",reason=\"first\"} 1",
    ] {
        assert!(metrics.contains(&format!("aios_inventory_{name}")), "{name} in\n{metrics}");
    }
}

async fn a_changed_host_makes_one_write_for_each_object_that_differs(
    environment: Arc<Environment>,
) {
    let cluster = environment.cluster().await;
    let (node, mut host) = (cluster.node("changing").await, Host::usual());
    let inventories = cluster.inventories().await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    for (parts, disks, gpus, node_writes) in [
        (&[USUAL, MORE_DISKS][..], 2, 1, 0),
        (&[USUAL, MORE_DISKS, MORE_GPUS], 2, 2, 1),
        // Less waits for a second reading, and is written then.
        (&[USUAL], 1, 1, 1),
    ] {
        let before = writes(&agent).await;
        host.become_(parts);
        wait_for_object(&inventories, "changing", "the object shows the change", |object| {
            let data = &object.status.node_data;
            (data.storage.disks, data.gpus.count) == (disks, gpus)
        })
        .await;
        agent.wait_for_readings(3).await;
        let now = writes(&agent).await;
        assert_eq!((now.0 - before.0, now.1 - before.1), (node_writes, 1), "{parts:?}");
    }
}

/// How often the agent has written the Node and the object.
async fn writes(agent: &Agent) -> (u64, u64) {
    let name = "aios_inventory_agent_writes_total";
    (agent.metric(name, &["\"Node\""]).await, agent.metric(name, &["\"NodeInventory\""]).await)
}

async fn a_label_that_is_there_becomes_the_id(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, host) = (cluster.node("labelled").await, Host::usual());
    let label = json!({ "metadata": { "labels": { "nodeID": "rack-7.gpu-3" } } });
    let patch = Patch::Merge(label);
    node.nodes().patch("labelled", &PatchParams::default(), &patch).await.unwrap();
    let inventories = cluster.inventories().await;

    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    let object = inventories.get("labelled").await.unwrap();
    assert_eq!(object.status.node_data.id, "rack-7.gpu-3");
    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::label(&shown, "nodeID"), Some("rack-7.gpu-3"));
    drop(agent);

    let mut agent = Agent::start(&node, &host.root(), &["--overwrite-node-id"]).await;
    agent.wait_until_ready().await;
    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::label(&shown, "nodeID"), Some("labelled"));
    assert_eq!(inventories.get("labelled").await.unwrap().status.node_data.id, "labelled");
}

async fn figures_that_differ_from_kubelet_s_are_told(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, host) = (cluster.node("kubelet").await, Host::usual());
    node.set_status(&kubelet_s_word("8")).await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    let object = cluster.inventories().await.get("kubelet").await.unwrap();
    let condition = object.status.condition(ConditionType::MatchesKubelet).unwrap();
    assert_eq!(condition.status, ConditionStatus::False);
    assert_eq!(condition.message, "cpu: here 4, kubelet says 8");
}

async fn a_speed_that_nobody_knows_is_told_and_a_stated_one_is_taken(
    environment: Arc<Environment>,
) {
    let cluster = environment.cluster().await;
    let inventories = cluster.inventories().await;
    let host = Host::new(&[USUAL, "sys/class/net/eth0/speed = -1\n"]);
    for (name, args, speeds_known, bandwidth) in [
        ("speedless", &[][..], ConditionStatus::False, 0),
        ("stated", &["--link-speed", "default=25000"], ConditionStatus::True, 25_000),
    ] {
        let node = cluster.node(name).await;
        let mut agent = Agent::start(&node, &host.root(), args).await;
        agent.wait_until_ready().await;
        let object = inventories.get(name).await.unwrap();
        assert_eq!(status_of(&object, ConditionType::SpeedsKnown), speeds_known, "{name}");
        assert_eq!(object.status.node_data.network.tx_bandwidth_mbps, bandwidth, "{name}");
        let unknown = object.status.unknowns.contains(&"network.txBandwidth".to_owned());
        assert_eq!(unknown, bandwidth == 0, "{:?}", object.status.unknowns);
    }
}

async fn a_signal_ends_it_with_status_0_and_leaves_everything(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let node = cluster.node("ended").await;
    let mut agent = Agent::start(&node, Path::new("/"), &[]).await;
    agent.wait_until_ready().await;
    let (status, took) = agent.terminate();
    eprintln!("ended after {} ms", took.as_millis());
    assert_eq!(status.code(), Some(0));
    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::label(&shown, "nodeID"), Some("ended"));
    assert!(cluster.inventories().await.get("ended").await.is_ok());
}
