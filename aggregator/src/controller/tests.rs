//! What the controller does in its turn, and what it leaves to who leads.

mod large;
mod lease;
mod log;
mod newcomers;
mod served;
mod stage;

use std::time::Duration;

use axum::http::StatusCode;
use fake_aios::{Change, Service};
use inventory_common::resource::ConditionStatus::{False, True, Unknown};
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use serde_json::{Value, json};

use super::follow::Notice;
use super::picture::Picture;
use super::view::tests::inventory;
pub use log::Log;
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
    let mut stage = Stage::in_sync().await;
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
    let mut stage = Stage::in_sync().await;
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
    stage.unlists();
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
    stage.api.refuse(stage::STATUS, StatusCode::FORBIDDEN);
    stage.leads().await;
    assert!(stage.statuses().is_empty() && stage.aios.stored("c").is_some());
    stage.api.relent();
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    assert_eq!(status.receipt.unwrap().answers, ["created"]);
}

#[tokio::test]
async fn it_looks_again_soon_where_aios_is_away_or_something_will_be_due() {
    let mut stage = Stage::new(&["a", "b"], &json!({}));
    assert_eq!(stage.leads().await, stage.keeper.timing.compare_every);
    stage.aios.stop(Service::Gateway);
    assert_eq!(stage.leads().await, Duration::from_secs(30));
    stage.aios.resume(Service::Gateway);
    // A Node is gone, and its entry follows after a while.
    stage.keeper.timing.remove_after = Duration::from_secs(20);
    stage.lists(&["a"]);
    let wait = stage.leads().await;
    assert!(Duration::ZERO < wait && wait <= Duration::from_secs(20), "{wait:?}");
    assert!(stage.stored_memory("b").is_some());
    stage.keeper.timing.compare_every = Duration::from_secs(10);
    assert_eq!(
        stage.leads().await,
        Duration::from_secs(10),
        "never more rarely than it is told to"
    );
}

#[tokio::test]
async fn another_s_cluster_of_the_same_id_is_left_alone() {
    let mut stage = Stage::new(&["a"], &json!({}));
    let stranger = json!({ "id": "c", "regionId": "r", "nodes": { "nodeData": [{ "id": "z" }] } });
    stage.aios.put(stranger.clone());
    stage.leads().await;
    assert_eq!(stage.aios.stored("c"), Some(stranger));
    let [status] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&status, Submitted), (False, "IdTaken".to_owned()));
}

#[tokio::test]
async fn it_goes_on_until_it_is_told_to_end() {
    let Stage { aios, api: _api, shared, leader, keeper, stop } = Stage::new(&["a"], &json!({}));
    let memory = |mib: u64| {
        let aios = &aios;
        let is_so = move || aios.stored("c").is_some_and(|stored| stored["memory"] == mib);
        async move {
            while !is_so() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    };
    let follow = async {
        memory(65_536).await;
        // What is learnt wakes it.
        shared.learn(|view| {
            let mut object = inventory("a", "a", "True");
            object.data["status"]["nodeData"]["memory"] = 5.into();
            view.inventory(Notice::Changed(object))
        });
        memory(5).await;
        stop.send(true).unwrap();
    };
    let play = async {
        tokio::select! {
            never = leader.run() => match never {},
            ((), ()) = async { tokio::join!(keeper.run(), follow) } => {}
        }
    };
    tokio::time::timeout(Duration::from_mins(1), Box::pin(play)).await.expect("it does not end");
}

/// What AIOS was told of the cluster beside its nodes.
fn told(stage: &Stage) -> Value {
    stage.aios.stored("c").unwrap()["clusterMetadata"]["additionalInfo"].clone()
}

#[tokio::test]
async fn the_document_says_what_only_the_cluster_knows() {
    let secret = json!({ "joinCommandSecret": { "name": "join", "key": "command" } });
    let mut stage = Stage::new(&["a"], &secret);
    let configuration = json!({ "ClusterConfiguration": "kubernetesVersion: v1.35.4" });
    let map = json!({ "metadata": { "name": "kubeadm-config" }, "data": configuration });
    stage.api.put("/api/v1/namespaces/kube-system/configmaps/kubeadm-config", map);
    stage.leads().await;
    let [status] = stage.statuses().try_into().unwrap();
    assert_eq!(says(&status, Submitted), (False, "NoJoinCommand".to_owned()));
    assert_eq!(says(&status, InSync), (Unknown, "NoJoinCommand".to_owned()));
    assert!(stage.aios.stored("c").is_none());
    for (key, reason) in [("other", Some("NoJoinCommand")), ("command", None)] {
        let data = json!({ key: "am9pbiBtZQo=" });
        let object = json!({ "metadata": { "name": "join" }, "data": data });
        stage.api.put("/api/v1/namespaces/ns/secrets/join", object);
        stage.leads().await;
        let status = stage.statuses().pop().unwrap();
        assert_eq!(says(&status, Submitted).1, reason.unwrap_or("Accepted"));
    }
    assert_eq!(told(&stage), json!({ "kubeadmVersion": "v1.35.4", "joinCommand": "join me" }));
}

#[tokio::test]
async fn there_is_no_document_of_what_was_learnt_to_be_unknown_meanwhile() {
    let stage = Stage::new(&["a"], &json!({}));
    let picture = {
        let view = stage.shared.view();
        Picture::of(view.cluster().unwrap().clone(), view.sight())
    };
    assert!(stage.keeper.document(&picture).await.is_ok());
    stage.reports("a", lacks_memory);
    let verdict = stage.keeper.document(&picture).await.unwrap_err();
    assert_eq!(verdict.reason, "NotCovered");
    stage.reports("a", |_| ());
    assert!(stage.keeper.document(&picture).await.is_ok());
    stage.onboard("uid-1", &json!({ "nodeSelector": { "kubernetes.io/os": "linux" } }));
    let verdict = stage.keeper.document(&picture).await.unwrap_err();
    assert_eq!(verdict.message, "the Nodes were not listed yet");
}
