//! A cluster that AIOS does not take at once, and what is told meanwhile.

use fake_aios::Change;
use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use serde_json::json;

use super::stage::{Stage, says};

#[tokio::test]
async fn what_is_sent_in_pieces_is_told_to_be_under_way_and_what_is_small_is_not() {
    let names: Vec<String> = (100..500).map(|n| format!("node-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut stage = Stage::new(&names, &json!({}));
    stage.leads().await;
    let [begun, done] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&begun, Submitted), (False, "InPieces".to_owned()));
    assert_eq!(says(&done, Submitted), (True, "Accepted".to_owned()));
    stage.shows(&done);

    // One node is otherwise.
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    stage.leads().await;
    assert!(stage.statuses().is_empty(), "it is as it was, and nothing was under way");
    assert_eq!(stage.stored_memory("node-100"), Some(65_536));

    // Of all of them nothing is left but the id.
    let mut stored = stage.aios.stored("c").unwrap();
    for entry in stored["nodes"]["nodeData"].as_array_mut().unwrap() {
        *entry = json!({ "id": entry["id"] });
    }
    stage.aios.put(stored);
    stage.leads().await;
    let [begun, done] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&begun, InSync), (False, "InPieces".to_owned()));
    assert_eq!(says(&done, InSync), (True, "Equal".to_owned()));
    assert_eq!(stage.stored_memory("node-499"), Some(65_536));
}
