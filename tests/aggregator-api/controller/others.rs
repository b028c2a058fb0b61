//! What others write to AIOS's copy: put right where it is ours, and left alone where it is not.

use std::sync::Arc;

use fake_aios::Change;
use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::OnboardingConditionType::InSync;
use serde_json::json;

use super::scene::{ID, Scene};
use crate::environment::{Environment, cases};

cases![
    placeholders_are_put_right_and_what_is_aios_s_stays,
    a_second_entry_of_a_node_is_merged_into_the_first,
    others_write_between_our_reading_and_each_of_our_updates,
    what_somebody_changes_again_and_again_is_called_contested,
];

async fn placeholders_are_put_right_and_what_is_aios_s_stays(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    let stored = scene.stored().unwrap();

    let map = json!({ "controller": "http://10.0.0.1:32300" });
    scene
        .aios
        .change(
            ID,
            &Change::Edit(json!({ "config.urlMap": map, "tags": ["a person's"], "reputation": 7 })),
        )
        .unwrap();
    let nodes = ["a", "b"].map(|name| fake_aios::Node {
        name: name.to_owned(),
        vcpus: 3,
        memory_mib: 9,
        gpu_info: None,
    });
    scene.aios.set_nodes(ID, nodes.into());
    scene.aios.change(ID, &Change::Sync).unwrap();
    assert_eq!(scene.entry("a").unwrap()["swap"], 0);
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    scene
        .until("every figure is back", |scene| scene.stored().unwrap()["nodes"] == stored["nodes"])
        .await;
    scene.until_condition(InSync, True, "Equal").await;
    let now = scene.stored().unwrap();
    assert_eq!(now["config"]["urlMap"], map);
    assert_eq!((&now["tags"], &now["reputation"]), (&json!(["a person's"]), &json!(7)));
    for key in ["gpus", "vcpus", "memory", "swap", "storage", "network"] {
        assert_eq!(now[key], stored[key], "{key}");
    }
    // A person tags a node.
    scene
        .aios
        .change(
            ID,
            &Change::Edit(
                json!({ "nodes.nodeData.0.tags": ["fast"], "nodes.nodeData.0.memory": 1 }),
            ),
        )
        .unwrap();
    scene.until("its memory is back", |scene| scene.entry("a").unwrap()["memory"] == 65_536).await;
    assert_eq!(scene.entry("a").unwrap()["tags"], json!(["fast"]));
}

async fn a_second_entry_of_a_node_is_merged_into_the_first(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    let mut second = fake_aios::placeholder_entry(&fake_aios::Node {
        name: "a".to_owned(),
        ..Default::default()
    });
    second["nodeMetadata"] = json!({ "joined": true });
    scene.aios.change(ID, &Change::Join(second)).unwrap();
    assert_eq!(scene.ids(), ["a", "b", "a"]);
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    assert_eq!(scene.entry("a").unwrap()["nodeMetadata"], json!({ "joined": true }));
    assert_eq!(scene.entry("a").unwrap()["storage"]["disks"], 1);
}

async fn others_write_between_our_reading_and_each_of_our_updates(_: Arc<Environment>) {
    let names: Vec<String> = (10..22).map(|n| format!("n{n}")).collect();
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    let scene = Scene::with_nodes(&ids).await;
    let memory = 12 * 65_536;
    let _controller = scene.controller().await;
    scene.until_nodes(&ids, memory).await;
    let nodes = ids.iter().map(|name| fake_aios::Node {
        name: (*name).to_owned(),
        vcpus: 3,
        memory_mib: 9,
        gpu_info: None,
    });
    scene.aios.set_nodes(ID, nodes.collect());
    let stranger = fake_aios::placeholder_entry(&fake_aios::Node {
        name: "n15".to_owned(),
        ..Default::default()
    });
    for changes in [
        vec![Change::Sync],
        vec![Change::Leave("n10".to_owned())],
        vec![Change::Join(stranger.clone()), Change::Leave("n11".to_owned())],
        vec![Change::Leave("n12".to_owned()), Change::Sync],
    ] {
        scene.aios.before_next_update(ID, changes);
    }
    scene.report("n14", 1).await;
    let wanted = memory - 65_536 + 1;
    let is_right = |scene: &Scene| {
        let stored = scene.stored().unwrap();
        let mut found = scene.ids();
        found.sort_unstable();
        let figures = |id: &&str| {
            let entry = scene.entry(id).unwrap();
            entry["memory"] == if *id == "n14" { 1 } else { 65_536 }
                && entry["swap"] == 0
                && entry["vcpus"]["count"] == 32
        };
        found == ids
            && ids.iter().all(figures)
            && stored["memory"] == wanted
            && stored["nodes"]["count"] == 12
    };
    scene.until("everything is right again", is_right).await;
    assert_eq!(scene.creations(), 1);
}

async fn what_somebody_changes_again_and_again_is_called_contested(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    scene.until_condition(InSync, True, "Equal").await;
    for _ in 0..2 {
        scene.aios.change(ID, &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
        scene.until("it is put back", |scene| scene.entry("a").unwrap()["memory"] == 65_536).await;
    }
    scene.aios.change(ID, &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    let message = scene.until_condition(InSync, False, "Contested").await;
    assert!(message.contains("node 'a'"), "{message}");
    // What is nobody else's is kept true all the while.
    scene.report("b", 5).await;
    scene.until("the other node follows", |scene| scene.entry("b").unwrap()["memory"] == 5).await;
    assert_eq!(scene.entry("a").unwrap()["memory"], 1);
}
