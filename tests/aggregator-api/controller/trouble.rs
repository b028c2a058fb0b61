//! Leaders that die, AIOS that is away, and secrets that stay secret.

use std::sync::Arc;

use fake_aios::{Fault, Route, Service};
use inventory_common::resource::ConditionStatus::{False, True, Unknown};
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use k8s_openapi::api::core::v1::Secret;
use kube::api::{Api, PostParams};
use serde_json::json;
use test_kubernetes::wait;

use super::scene::{ID, PATIENCE, Scene};
use crate::environment::{Environment, cases};

cases![
    another_takes_over_from_a_leader_that_is_killed_without_submitting_again,
    a_submission_in_pieces_is_finished_after_a_restart,
    aios_that_is_away_is_told_and_found_again,
    what_is_another_s_or_was_deleted_is_left_alone,
    the_join_command_goes_to_aios_and_nowhere_else,
    without_a_word_nothing_is_written,
];

async fn another_takes_over_from_a_leader_that_is_killed_without_submitting_again(
    _: Arc<Environment>,
) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let first = scene.controller().await;
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    scene.until_condition(InSync, True, "Equal").await;
    let second = scene.controller().await;
    let follows = async || {
        let (_, metrics) = Scene::get(&second, "address", "metrics").await?;
        metrics.contains("aios_inventory_aggregator_leads 0\n").then_some(())
    };
    wait::until("the other one follows", PATIENCE, follows).await;
    first.kill();
    scene.report("a", 1).await;
    scene.until_nodes(&["a", "b"], 65_536 + 1).await;
    // One that is told to end gives the Lease back.
    let third = scene.controller().await;
    assert!(second.terminate().success());
    scene.report("a", 2).await;
    scene.until_nodes(&["a", "b"], 65_536 + 2).await;
    assert!(third.terminate().success());
    assert_eq!(scene.creations(), 1);
}

async fn a_submission_in_pieces_is_finished_after_a_restart(_: Arc<Environment>) {
    let scene = Scene::start().await;
    let names: Vec<String> = (100..440).map(|n| format!("node-{n}")).collect();
    for name in &names {
        scene.join(name, 1000).await;
    }
    // The first piece comes through, and of what follows nothing is heard any more.
    scene.aios.inject(Fault::Hang.always().at(Service::Gateway).on(Route::Update));
    scene.onboard(json!({})).await;
    let first = scene.controller().await;
    scene
        .until("the cluster is created without its nodes", |scene| {
            scene.stored().is_some_and(|stored| stored["memory"] == 340_000)
        })
        .await;
    scene.until("the first nodes are sent", |scene| scene.updates() > 0).await;
    scene.until_condition(Submitted, False, "InPieces").await;
    assert!(scene.ids().is_empty());
    first.kill();
    assert_eq!(scene.creations(), 1);
    scene.aios.clear_faults();

    // Nothing is begun any more by one that is told to end.
    scene.aios.forget_received();
    let slow = Fault::DelayRequest(std::time::Duration::from_secs(2));
    scene.aios.inject(slow.always().at(Service::Gateway).on(Route::Update));
    let second = scene.controller().await;
    scene.until("the first nodes are sent", |scene| scene.updates() > 0).await;
    assert!(second.terminate().success());
    assert_eq!(scene.updates(), 1);
    assert!(!scene.ids().is_empty() && scene.ids().len() < names.len());
    scene.aios.clear_faults();

    let _third = scene.controller().await;
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    scene.until_nodes(&ids, 340_000).await;
    scene.until_condition(Submitted, True, "Accepted").await;
    scene.until_condition(InSync, True, "Equal").await;
    assert_eq!(scene.creations(), 0);
}

async fn aios_that_is_away_is_told_and_found_again(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    scene.aios.stop(Service::Gateway);
    let _controller = scene.controller().await;
    let message = scene.until_condition(InSync, Unknown, "Unreachable").await;
    assert!(message.contains("no connection"), "{message}");
    scene.aios.resume(Service::Gateway);
    scene.until_nodes(&["a"], 65_536).await;
    scene.until_condition(InSync, True, "Equal").await;
}

async fn what_is_another_s_or_was_deleted_is_left_alone(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let theirs = json!({
        "id": ID, "regionId": "theirs", "nodes": { "count": 1, "nodeData": [{ "id": "z" }] },
    });
    scene.aios.put(theirs);
    let _controller = scene.controller().await;
    let message = scene.until_condition(Submitted, False, "IdTaken").await;
    assert!(message.contains("shares no node"), "{message}");
    assert_eq!((scene.updates(), scene.creations()), (0, 0));

    scene.aios.remove(ID).unwrap();
    scene.until_nodes(&["a"], 65_536).await;
    scene.until_condition(Submitted, True, "Accepted").await;
    let stored = scene.stored().unwrap();
    scene.aios.remove(ID).unwrap();
    scene.until_condition(Submitted, False, "Withdrawn").await;
    assert_eq!(scene.stored(), None);
    assert_eq!(scene.creations(), 1);
    // A person registers it again.
    scene.aios.put(stored);
    scene.until_condition(Submitted, True, "Accepted").await;
    scene.until_condition(InSync, True, "Equal").await;
}

async fn the_join_command_goes_to_aios_and_nowhere_else(_: Arc<Environment>) {
    const COMMAND: &str = "kubeadm join 10.0.0.1:6443 --token abcdef.0123456789abcdef";
    let scene = Scene::start().await;
    scene.join("a", 1000).await;
    let spec = json!({ "joinCommandSecret": { "name": "join", "key": "command" } });
    scene.onboard(spec).await;
    let mut controller = scene.controller().await;
    let message = scene.until_condition(Submitted, False, "NoJoinCommand").await;
    assert!(message.contains("Secret 'join'"), "{message}");
    let secret = json!({ "metadata": { "name": "join" }, "stringData": { "command": format!("{COMMAND}\n") } });
    let secret: Secret = serde_json::from_value(secret).unwrap();
    let secrets: Api<Secret> =
        Api::namespaced(scene.cluster.admin.clone(), &scene.cluster.chart.namespace);
    secrets.create(&PostParams::default(), &secret).await.unwrap();
    scene.until_condition(Submitted, True, "Accepted").await;
    let stored = scene.stored().unwrap();
    assert_eq!(stored["clusterMetadata"]["additionalInfo"]["joinCommand"], COMMAND);

    scene.until_condition(InSync, True, "Equal").await;
    let mut told = serde_json::to_string(&scene.onboarding().await).unwrap();
    for (address, path) in [("address", "metrics"), ("cluster", "cluster.json")] {
        told += &Scene::get(&controller, address, path).await.unwrap().1;
    }
    controller.must_run();
    told += &controller.log();
    assert!(!told.contains("0123456789abcdef"), "{told}");
}

async fn without_a_word_nothing_is_written(_: Arc<Environment>) {
    let scene = Scene::start().await;
    scene.join("a", 1000).await;
    scene.onboard(json!({ "submit": "Manual" })).await;
    let _controller = scene.controller().await;
    scene.until_condition(Submitted, False, "Manual").await;
    assert_eq!((scene.stored(), scene.creations()), (None, 0));
    // A person submits, and from then on it is compared.
    scene.aios.put(json!({ "id": ID, "regionId": "r", "nodes": { "count": 1, "nodeData": [{ "id": "a", "memory": 7 }] } }));
    let message = scene.until_condition(InSync, False, "Different").await;
    assert!(message.contains("node 'a'"), "{message}");
    scene.aios.put(json!({ "id": ID, "regionId": "r", "nodes": { "count": 2, "nodeData": [{ "id": "z" }, { "id": "a" }] } }));
    let is_told = async || {
        let condition = scene.onboarding().await.status?.condition(InSync)?.clone();
        condition
            .message
            .starts_with("node 'z': AIOS has this node, and it is not here")
            .then_some(())
    };
    wait::until("a node that is not here is told", PATIENCE, is_told).await;
    assert_eq!((scene.updates(), scene.creations()), (0, 0));
}
