//! What the controller does in its turn, and what it leaves to who leads.

mod api_server;
mod stage;

use fake_aios::Change;
use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use serde_json::json;

use stage::{Stage, says};

/// What a node's agent says when it cannot read its memory.
fn lacks_memory(object: &mut kube::api::DynamicObject) {
    object.data["status"]["unknowns"] = json!(["memory"]);
    object.data["status"]["conditions"][0]["status"] = "False".into();
}

#[tokio::test]
async fn a_leader_submits_and_says_so_and_who_follows_writes_nothing() {
    let mut stage = Stage::new(&["a", "b"], &json!({}));
    assert_eq!(stage.keeper.turn().await, stage.keeper.timing.compare_every);
    assert!(stage.aios.received().is_empty() && stage.statuses().is_empty());
    stage.leads().await;
    assert_eq!((stage.stored_memory("a"), stage.stored_memory("b")), (Some(65_536), Some(65_536)));
    let statuses = stage.statuses();
    let [status] = statuses.as_slice() else { panic!("{statuses:?}") };
    assert_eq!(says(status, Submitted), (True, "Accepted".to_owned()));
    assert_eq!(says(status, InSync), (True, "Equal".to_owned()));
}

#[tokio::test]
async fn what_was_sent_before_another_led_is_not_put_back() {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    stage.reports("a", lacks_memory);
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 7 }))).unwrap();
    stage.leads().await;
    assert_eq!(stage.stored_memory("a"), Some(65_536), "what is not known keeps what was sent");

    stage.keeper.turn().await;
    assert!(stage.shared.look().is_none());
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 8 }))).unwrap();
    stage.leads().await;
    assert_eq!(stage.stored_memory("a"), Some(8), "the other one has sent that");
}

#[tokio::test]
async fn a_leader_that_is_none_any_more_leaves_the_status_to_the_next() {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    stage.shows(&status);
    // The Lease was lost right after it was looked at.
    stage.reports("a", lacks_memory);
    stage.keeper.look().await;
    assert!(stage.statuses().is_empty());
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&status, Submitted), (True, "Accepted".to_owned()));
}

#[tokio::test]
async fn what_was_written_meanwhile_is_written_over_although_nothing_has_changed() {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    stage.shows(&status);
    stage.leads().await;
    assert!(stage.statuses().is_empty(), "it says so already");
    let onboarding = stage.shared.view().cluster().unwrap().clone();
    stage.keeper.reporter.begins(&onboarding, InSync, "it is under way").await;
    let [begun] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&begun, InSync), (False, "InPieces".to_owned()));
    for expected in [1, 0] {
        stage.leads().await;
        assert_eq!(stage.statuses().len(), expected);
    }
}

#[tokio::test]
async fn a_receipt_is_of_the_onboarding_that_it_was_made_for() {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    assert!(status.receipt.is_some(), "{status:?}");
    // The watch has not shown it yet, and somebody deletes the cluster at AIOS.
    stage.aios.remove("c").unwrap();
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&status, Submitted), (False, "Withdrawn".to_owned()));
    assert!(status.receipt.is_some() && stage.aios.stored("c").is_none());
    // A person takes back what they said, and says it again: this onboarding was not submitted.
    stage.onboard("uid-2", &json!({}));
    stage.leads().await;
    let written = stage.api.written(stage::STATUS);
    assert_eq!(written[0]["metadata"]["uid"], "uid-2");
    assert!(stage.aios.stored("c").is_some());
}

#[tokio::test]
async fn a_node_s_change_is_told_by_the_leader_also_while_not_all_is_seen() {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    assert!(stage.api.written("/events").is_empty());
    stage.reports("a", lacks_memory);
    stage.keeper.turn().await;
    assert!(stage.api.written("/events").is_empty(), "who follows tells nothing");
    stage.reports("a", |_| ());
    // Another selector: the Nodes are listed anew.
    stage.onboard("uid-1", &json!({ "nodeSelector": { "pool": "x" } }));
    assert!(!stage.shared.view().is_whole());
    stage.leads().await;
    let [event] = stage.api.written("/events").try_into().unwrap();
    assert_eq!((&event["type"], &event["reason"]), (&json!("Normal"), &json!("R")));
}

#[tokio::test]
async fn who_is_told_to_end_begins_nothing() {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.stop.send(true).unwrap();
    stage.leads().await;
    assert!(stage.aios.stored("c").is_none());
    let [status] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&status, Submitted), (False, "Stopped".to_owned()));
}

#[tokio::test]
async fn a_status_that_could_not_be_written_is_written_once_it_can() {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.api.refuse(Some("/status"));
    stage.leads().await;
    assert!(stage.statuses().is_empty() && stage.aios.stored("c").is_some());
    stage.api.refuse(None);
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    assert_eq!(status.receipt.unwrap().answers, ["created"]);
}
