//! What the first version wrote is read by this one, and what a newer one writes more is no trouble.
//!
//! The files are those of `tests/fixtures/v1alpha1`, which are never written anew.

use inventory_common::resource::{ClusterOnboarding, NodeInventory, Receipt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::onboard::stage::Stage;
use crate::run::Run;
use crate::scene::{Scene, inventory, node};

const NODES: [&str; 3] = [
    include_str!("../fixtures/v1alpha1/node-inventory.gpu-01.json"),
    include_str!("../fixtures/v1alpha1/node-inventory.gpu-02.json"),
    include_str!("../fixtures/v1alpha1/node-inventory.cpu-01.json"),
];
const ONBOARDING: &str = include_str!("../fixtures/v1alpha1/cluster-onboarding.json");
const RECEIPT: &str = include_str!("../fixtures/v1alpha1/receipt.json");
const JOURNAL: &str = include_str!("../fixtures/v1alpha1/journal.json");
const DOCUMENT: &str = include_str!("../fixtures/v1alpha1/document.json");
const DUMP: &str = include_str!("../fixtures/v1alpha1/dump.gpu-02.json");

/// What is read says all that stood there, and nothing else.
fn comes_back<T: Serialize + DeserializeOwned>(text: &str) {
    let written: Value = serde_json::from_str(text).unwrap();
    let read: T = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), written);
}

#[test]
fn objects_and_receipts_of_the_first_version_are_read() {
    NODES.into_iter().for_each(comes_back::<NodeInventory>);
    comes_back::<ClusterOnboarding>(ONBOARDING);
    comes_back::<Receipt>(RECEIPT);
}

#[test]
fn a_receipt_and_a_status_keep_what_a_newer_version_wrote() {
    comes_back::<Receipt>(&RECEIPT.replacen('{', r#"{"later": {"a": 1},"#, 1));
    let mut object: Value = serde_json::from_str(ONBOARDING).unwrap();
    object["status"]["later"] = json!(1);
    object["status"]["receipt"]["later"] = json!([2]);
    comes_back::<ClusterOnboarding>(&object.to_string());
}

/// Every object in it says one thing more, but for those whose keys are nobody's to choose.
fn with_more(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(with_more);
            object.insert("later".to_owned(), json!({ "a": 1 }));
        }
        Value::Array(list) => list.iter_mut().for_each(with_more),
        _ => {}
    }
}

/// The document of this dump alone.
fn document_of(dump: &Value) -> Run {
    let scene = Scene::new(&[("a.json", dump.to_string())]);
    scene.document(&["--allow-partial", "a.json"])
}

#[test]
fn dumps_of_the_first_version_are_summed_and_what_a_newer_one_says_more_is_passed_over() {
    for mut dump in [serde_json::from_str(DUMP).unwrap(), inventory("a", 7), node("b", 8)] {
        let run = document_of(&dump);
        assert_eq!(run.exit, 0, "{run:?}");
        let id = dump.get("nodeData").unwrap_or(&dump)["id"].clone();
        assert_eq!(run.json()["nodes"]["nodeData"][0]["id"], id);
        with_more(&mut dump);
        let newer = document_of(&dump);
        assert_eq!((newer.exit, newer.stdout), (0, run.stdout), "{}", newer.stderr);
    }
}

#[test]
fn a_word_that_only_a_newer_version_knows_is_not_guessed_at() {
    let newer = DUMP.replace("gpu-lost", "gpu-tomorrow");
    let scene = Scene::new(&[("a.json", newer)]);
    let run = scene.document(&["--allow-partial", "a.json"]);
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{run:?}");
    assert!(
        run.stderr.contains("'gpu-tomorrow'") || run.stderr.contains("`gpu-tomorrow`"),
        "{run:?}"
    );
}

#[test]
fn an_object_of_an_older_agent_that_says_less_is_read() {
    let mut object: Value = serde_json::from_str(NODES[0]).unwrap();
    let status = object["status"].as_object_mut().unwrap();
    status.retain(|key, _| ["nodeData", "conditions"].contains(&key.as_str()));
    let read: NodeInventory = serde_json::from_value(object.clone()).unwrap();
    assert_eq!(read.status.node_data.id, "gpu-01");
    object["status"].as_object_mut().unwrap().remove("nodeData");
    assert!(serde_json::from_value::<NodeInventory>(object).is_err());
}

/// A folder in which the first version has onboarded a cluster, with this much more in its journal.
fn onboarded(test: u8, more: &Map<String, Value>) -> Stage {
    let stage = Stage::new(test);
    let mut journal: Value = serde_json::from_str(JOURNAL).unwrap();
    journal.as_object_mut().unwrap().extend(more.clone());
    stage.scene.write("c.onboarding.json", &journal.to_string());
    stage.scene.write("c.json", DOCUMENT);
    stage.scene.write("c.receipt.json", RECEIPT);
    stage
}

#[test]
fn what_the_first_version_has_done_is_not_done_again() {
    let stage = onboarded(201, &Map::new());
    let run = stage.onboard(&[]);
    assert_eq!(run.exit, 0, "{run:?}");
    for done in ["step 3 of 6, review: agreed to", "step 6 of 6, endpoints: done "] {
        assert!(run.stderr.contains(done), "{run:?}");
    }
    assert!(stage.aios.received().is_empty());
}

#[test]
fn a_journal_that_is_written_again_keeps_what_a_newer_version_wrote() {
    let more = json!({ "later": { "a": 1 } });
    let stage = onboarded(202, more.as_object().unwrap());
    // Without its document the cluster is summed anew, and the journal written.
    std::fs::remove_file(stage.scene.path("c.json")).unwrap();
    stage.onboard(&["--until", "document"]);
    let journal = stage.journal();
    assert_eq!(journal["later"], more["later"]);
    assert_eq!(journal["steps"].as_object().unwrap().keys().collect::<Vec<_>>(), ["document"]);
}
