//! From the first node on: submitted once, and kept in step.

use std::sync::Arc;

use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::OnboardingConditionType::{
    Covered, InSync, RemovalsHeld, Submitted,
};
use k8s_openapi::api::core::v1::Event;
use kube::api::{Api, DeleteParams, ListParams};
use serde_json::json;
use test_kubernetes::wait;

use super::process::Process;
use super::scene::{PATIENCE, Scene};
use crate::environment::{Environment, agent, cases};
use crate::host::Host;
use crate::host::MORE_DISKS;

cases![
    three_agents_report_and_the_cluster_is_submitted_and_follows_them,
    nodes_join_and_leave_and_one_that_is_drained_stays_out,
    inventories_that_vanish_remove_nothing,
    many_nodes_that_go_at_once_wait_for_a_word,
];

async fn three_agents_report_and_the_cluster_is_submitted_and_follows_them(_: Arc<Environment>) {
    let scene = Scene::start().await;
    scene.onboard(json!({})).await;
    let controller = scene.controller().await;
    let (mut hosts, mut agents, mut nodes) = (Vec::new(), Vec::new(), Vec::new());
    for name in ["node-1", "node-2", "node-3"] {
        let node =
            test_kubernetes::SimulatedNode::new(&scene.cluster.plane, &scene.cluster.chart, name)
                .await;
        let host = Host::usual();
        let mut command = agent();
        command.args(["--node-name", name, "--listen", "127.0.0.1:0", "--root"]).arg(host.root());
        command.arg("--kubeconfig").arg(node.kubeconfig_file()).env("INVENTORY_INTERVAL", "0.5");
        if nodes.is_empty() {
            assert_eq!(scene.stored(), None);
        }
        agents.push(Process::start(&mut command, &node.folder().join("agent.log")));
        hosts.push(host);
        nodes.push(node);
    }
    scene
        .until("AIOS has three nodes", |scene| scene.ids() == ["node-1", "node-2", "node-3"])
        .await;
    scene.until_condition(InSync, True, "Equal").await;
    scene.until_condition(Covered, True, "Complete").await;
    let onboarding = scene.onboarding().await;
    let status = onboarding.status.unwrap();
    assert!(status.is(Submitted), "{status:?}");
    assert_eq!(status.receipt.unwrap().answers, ["created"]);
    assert_eq!(scene.creations(), 1);

    // The document that it serves is the one that AIOS has.
    let (_, served) = Scene::get(&controller, "cluster", "cluster.json").await.unwrap();
    let served: serde_json::Value = serde_json::from_str(&served).unwrap();
    assert_eq!(served["nodes"]["nodeData"], scene.stored().unwrap()["nodes"]["nodeData"]);

    // A host changes.
    hosts[1].become_(&[crate::host::USUAL, MORE_DISKS]);
    scene
        .until("AIOS's copy follows", |scene| {
            scene.entry("node-2").unwrap()["storage"]["disks"] == 2
        })
        .await;
    scene.until("its sums too", |scene| scene.stored().unwrap()["storage"]["disks"] == 4).await;

    // An agent dies, and what it said last stays, also where AIOS overwrites it.
    let known = scene.entry("node-3").unwrap();
    agents.pop().unwrap().kill();
    nodes[2].set_ready(false).await;
    scene.until_condition(Covered, False, "Incomplete").await;
    scene
        .aios
        .change("c", &fake_aios::Change::Edit(json!({ "nodes.nodeData.2.swap": 7, "swap": 7 })))
        .unwrap();
    scene
        .until("the last figures stay", |scene| scene.entry("node-3") == Some(known.clone()))
        .await;
    scene.until_condition(InSync, True, "Equal").await;
    assert_eq!(scene.creations(), 1);

    // Of the conditions that changed Events tell.
    let events: Api<Event> = Api::namespaced(scene.cluster.admin.clone(), "default");
    let tells = async || {
        let all = events.list(&ListParams::default()).await.unwrap();
        let is_meant = |event: &&Event| {
            event.involved_object.kind.as_deref() == Some("ClusterOnboarding")
                && event.reason.as_deref() == Some("Incomplete")
        };
        all.items.iter().find(is_meant).cloned()
    };
    let (event, _) = wait::until("an Event tells of it", PATIENCE, tells).await;
    assert_eq!(event.type_.as_deref(), Some("Warning"));
}

async fn nodes_join_and_leave_and_one_that_is_drained_stays_out(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b", "c"]).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&["a", "b", "c"], 3 * 65_536).await;
    scene.join("d", 1000).await;
    scene.until_nodes(&["a", "b", "c", "d"], 3 * 65_536 + 1000).await;

    // A Node goes: not before its time.
    scene.leave("b").await;
    let gone = std::time::Instant::now();
    scene.until_nodes(&["a", "c", "d"], 2 * 65_536 + 1000).await;
    assert!(gone.elapsed().as_secs() >= 5, "it went after {:?}", gone.elapsed());

    // AIOS drains a node and drops its entry, and leaves the Node cordoned.
    scene.cordon("c", true).await;
    scene.aios.change("c", &fake_aios::Change::Leave("c".to_owned())).unwrap();
    let message = scene.until_condition(InSync, False, "LeftOut").await;
    assert!(message.contains("'c'") && message.contains("cordoned"), "{message}");
    scene.until_nodes(&["a", "d"], 65_536 + 1000).await;
    // Also for one that knows nothing of what was before.
    scene.withdraw().await;
    scene.onboard(json!({})).await;
    scene.until_condition(Submitted, True, "Rewritten").await;
    scene.until_condition(InSync, False, "LeftOut").await;
    assert_eq!((scene.ids(), scene.creations()), (vec!["a".to_owned(), "d".to_owned()], 1));
    scene.cordon("c", false).await;
    scene.until_nodes(&["a", "d", "c"], 2 * 65_536 + 1000).await;
    scene.until_condition(InSync, True, "Equal").await;
}

async fn inventories_that_vanish_remove_nothing(_: Arc<Environment>) {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let scene = Scene::with_nodes(&names).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&names, 10 * 65_536).await;
    let inventories: Api<inventory_common::resource::NodeInventory> =
        Api::all(scene.cluster.admin.clone());
    for name in &names[1..] {
        inventories.delete(name, &DeleteParams::default()).await.unwrap();
    }
    let message = scene.until_condition(Covered, False, "Incomplete").await;
    assert!(message.starts_with("1 of 10 nodes"), "{message}");
    // Longer than a Node has to be gone.
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    scene.until_nodes(&names, 10 * 65_536).await;
    scene.until_condition(InSync, True, "Equal").await;
}

async fn many_nodes_that_go_at_once_wait_for_a_word(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b", "c"]).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&["a", "b", "c"], 3 * 65_536).await;
    scene.leave("a").await;
    scene.leave("b").await;
    let message = scene.until_condition(RemovalsHeld, True, "TooMany").await;
    assert!(message.contains("allowRemovals to 1"), "{message}");
    assert_eq!(scene.ids(), ["a", "b", "c"]);
    scene.onboard(json!({ "allowRemovals": 1 })).await;
    scene.until_nodes(&["c"], 65_536).await;
    scene.until_condition(RemovalsHeld, False, "NothingHeld").await;
}
