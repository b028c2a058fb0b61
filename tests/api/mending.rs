//! What somebody else changes is put right, within 2 seconds as is hoped for.

use std::sync::Arc;

use inventory_common::resource::NodeInventory;
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::{SimulatedNode, wait};

use crate::agent::Agent;
use crate::environment::{Environment, PATIENCE, cases};
use crate::host::{Host, USUAL_GPUS};
use crate::report::wait_for_object;

cases![
    a_removed_or_changed_label_is_mended_or_taken,
    a_foreign_edit_of_the_annotation_is_mended,
    a_foreign_edit_of_the_object_is_mended,
    a_deleted_object_is_made_again,
    a_re_created_node_gets_an_object_of_its_own,
];

async fn started(environment: &Environment, name: &str) -> (SimulatedNode, Host, Agent) {
    let (node, host) = (environment.cluster().await.node(name).await, Host::usual());
    let mut agent = Agent::start(&node, &host.root(), &[]).await;
    agent.wait_until_ready().await;
    (node, host, agent)
}

/// Edits the Node as a person would, and waits until it looks right again.
async fn edited(
    node: &SimulatedNode,
    metadata: Value,
    is_right: impl Fn(&SimulatedNode, &k8s_openapi::api::core::v1::Node) -> bool,
) {
    let patch = Patch::Merge(json!({ "metadata": metadata }));
    node.nodes().patch(&node.name, &PatchParams::default(), &patch).await.unwrap();
    let look = async || node.node().await.filter(|shown| is_right(node, shown));
    let (_, took) = wait::until("the Node is mended", PATIENCE, look).await;
    eprintln!("{metadata} was mended within {} ms", took.as_millis());
}

async fn a_removed_or_changed_label_is_mended_or_taken(environment: Arc<Environment>) {
    let (node, _host, _agent) = started(&environment, "unlabelled").await;
    edited(&node, json!({ "labels": { "nodeID": null } }), |node, shown| {
        SimulatedNode::label(shown, "nodeID") == Some(&node.name)
    })
    .await;
    // Another id is a person's decision.
    let patch = Patch::Merge(json!({ "metadata": { "labels": { "nodeID": "other" } } }));
    node.nodes().patch(&node.name, &PatchParams::default(), &patch).await.unwrap();
    let inventories = environment.cluster().await.inventories().await;
    wait_for_object(&inventories, &node.name, "the object has the id", |object| {
        object.status.node_data.id == "other"
    })
    .await;
    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::label(&shown, "nodeID"), Some("other"));
}

async fn a_foreign_edit_of_the_annotation_is_mended(environment: Arc<Environment>) {
    let (node, _host, _agent) = started(&environment, "annotated").await;
    for edit in [json!("[]"), json!("nonsense"), Value::Null] {
        edited(&node, json!({ "annotations": { "gpu.aios/info": edit } }), |_, shown| {
            SimulatedNode::annotation(shown, "gpu.aios/info") == Some(USUAL_GPUS)
        })
        .await;
    }
}

async fn a_foreign_edit_of_the_object_is_mended(environment: Arc<Environment>) {
    let (node, _host, _agent) = started(&environment, "edited").await;
    let inventories = environment.cluster().await.inventories().await;
    let right = inventories.get(&node.name).await.unwrap().status;
    let edits = [
        json!({ "status": { "nodeData": { "memory": 1 } } }),
        json!({ "metadata": { "ownerReferences": null } }),
        json!({ "status": { "conditions": [] } }),
    ];
    for edit in edits {
        let patch = Patch::Merge(edit.clone());
        inventories.patch(&node.name, &PatchParams::default(), &patch).await.unwrap();
        let look = async || {
            let object = inventories.get(&node.name).await.unwrap();
            let is_owned = object.owner_references().len() == 1;
            (is_owned && says_as(&object, &right)).then_some(())
        };
        let ((), took) = wait::until("the object is mended", PATIENCE, look).await;
        eprintln!("{edit} was mended within {} ms", took.as_millis());
    }
}

fn says_as(
    object: &NodeInventory,
    right: &inventory_common::resource::NodeInventoryStatus,
) -> bool {
    let mut conditions = object.status.conditions.iter().zip(&right.conditions);
    object.status.node_data == right.node_data
        && object.status.conditions.len() == right.conditions.len()
        && conditions.all(|(one, other)| one.says_as(other))
}

async fn a_deleted_object_is_made_again(environment: Arc<Environment>) {
    let (node, _host, _agent) = started(&environment, "deleted").await;
    let inventories = environment.cluster().await.inventories().await;
    let former = inventories.get(&node.name).await.unwrap().uid();
    inventories.delete(&node.name, &DeleteParams::default()).await.unwrap();
    let took = another_object(&inventories, &node.name, former).await;
    eprintln!("the object was made again within {took} ms");
}

/// Waits for another object than the one with this UID.
pub async fn another_object(
    inventories: &Api<NodeInventory>,
    name: &str,
    former: Option<String>,
) -> u128 {
    let look = async || {
        let object = inventories.get_opt(name).await.unwrap()?;
        (object.uid() != former).then_some(())
    };
    wait::until("there is another object", PATIENCE, look).await.1.as_millis()
}

async fn a_re_created_node_gets_an_object_of_its_own(environment: Arc<Environment>) {
    let (mut node, _host, mut agent) = started(&environment, "reborn").await;
    let inventories = environment.cluster().await.inventories().await;
    let former = inventories.get(&node.name).await.unwrap().uid();
    node.unregister().await;
    agent.wait_until_not_ready("no Node 'reborn'").await;
    let uid = node.register().await.uid().unwrap();
    let took = another_object(&inventories, &node.name, former).await;
    eprintln!("the re-created Node had its object within {took} ms");
    let object = inventories.get(&node.name).await.unwrap();
    assert_eq!(object.owner_references()[0].uid, uid);
    agent.wait_until_ready().await;
    let shown = node.node().await.unwrap();
    assert_eq!(SimulatedNode::label(&shown, "nodeID"), Some("reborn"));
    assert_eq!(SimulatedNode::annotation(&shown, "gpu.aios/info"), Some(USUAL_GPUS));
    node.start_pod().await;
}
