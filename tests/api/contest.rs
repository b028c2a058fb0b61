//! A rival that keeps changing what the agent writes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use inventory_common::resource::ConditionType;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::agent::Agent;
use crate::environment::{Environment, cases};
use crate::host::{Host, USUAL_GPUS};
use crate::report::wait_for_object;

cases![a_rival_is_met_with_patience_and_a_condition];

/// For how long the rival goes on.
const WAR: Duration = Duration::from_secs(12);

async fn a_rival_is_met_with_patience_and_a_condition(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (node, host) = (cluster.node("contested").await, Host::usual());
    let inventories = cluster.inventories().await;
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    let rival = PatchParams { field_manager: Some("rival".to_owned()), ..PatchParams::default() };
    let patch = Patch::Merge(json!({ "metadata": { "annotations": { "gpu.aios/info": "[]" } } }));
    let (started, mut edits) = (Instant::now(), 0);
    while started.elapsed() < WAR {
        node.nodes().patch(&node.name, &rival, &patch).await.unwrap();
        edits += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let labels = ["\"Node\"", "mended"];
    let mends: f64 = agent.metric("aios_inventory_agent_writes_total", &labels).await;
    // Three at once, then after 1, 2, 4 and 8 seconds.
    assert!((3.0..=8.0).contains(&mends), "{mends} mends against {edits} edits");
    agent.wait_until_not_ready("somebody keeps changing the Node").await;
    let object = wait_for_object(&inventories, &node.name, "the rival is told of", |object| {
        object.status.is(ConditionType::Contested)
    })
    .await;
    let condition = object.status.condition(ConditionType::Contested).unwrap();
    assert!(condition.message.contains("'rival'"), "{}", condition.message);
    // Once the rival has gone, it is put right.
    node.wait_for_node("the annotation is right", crate::environment::PATIENCE, |node| {
        test_kubernetes::SimulatedNode::annotation(node, "gpu.aios/info") == Some(USUAL_GPUS)
    })
    .await;
    agent.wait_until_ready().await;
}
