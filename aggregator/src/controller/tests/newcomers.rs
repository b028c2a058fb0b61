//! Nodes that AIOS's copy lacks, and what it says otherwise.

use fake_aios::{Change, Fault, Policy, PolicyAction, Route, Service};
use inventory_common::metrics::exposition;
use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use serde_json::json;

use super::super::picture::Picture;
use super::lacks_memory;
use super::stage::{PATIENCE, Stage, says};
use crate::report::Said;

/// A cluster that was submitted with the node `a`, and others that have joined since.
async fn joined(others: &[&str]) -> Stage {
    let mut stage = Stage::new(&["a"], &json!({}));
    stage.leads().await;
    let status = stage.statuses().pop().unwrap();
    stage.shows(&status);
    let all: Vec<&str> = ["a"].iter().chain(others).copied().collect();
    stage.joins(&all);
    stage
}

/// AIOS's infrastructure is there, which can be asked whether a node is welcome.
fn with_membership(stage: &Stage) {
    let url = stage.aios.membership_url("c");
    let known = json!({ "config.urlMap": { "membershipServer": url } });
    stage.aios.change("c", &Change::Edit(known)).unwrap();
}

/// What the last status says of AIOS's copy.
fn in_sync(stage: &Stage) -> String {
    let status = stage.statuses().pop().unwrap();
    status.condition(InSync).unwrap().message.clone()
}

/// How many differences the page has.
fn differences(stage: &Stage) -> usize {
    stage.shared.look().unwrap().differences.total
}

#[tokio::test]
async fn a_node_that_joins_is_added_unless_it_is_cordoned() {
    let mut stage = joined(&["b", "c", "d"]).await;
    let cordoned = json!({ "metadata": { "name": "b" }, "spec": { "unschedulable": true } });
    stage.api.put("/api/v1/nodes/b", cordoned);
    stage.leads().await;
    assert!(in_sync(&stage).starts_with("node 'b' stays out of AIOS's copy: its Node is cordoned"));
    assert!(differences(&stage) > 1, "the node, and the sums that are of all");
    let stored = ["a", "b", "c", "d"].map(|id| stage.stored_memory(id).is_some());
    assert_eq!(stored, [true, false, true, true]);
    // Where nobody can say whether a node is welcome, it is asked once.
    assert_eq!(stage.aios.count(Service::Gateway, Route::DryRun), 1);
}

#[tokio::test]
async fn a_node_is_added_where_aios_says_that_it_is_welcome() {
    let mut stage = joined(&["b"]).await;
    with_membership(&stage);
    stage.aios.set_nodes_allowed(false);
    stage.leads().await;
    assert!(in_sync(&stage).contains("node 'b' stays out of AIOS's copy: AIOS does not want it: "));
    let asked = stage.aios.received().into_iter().find(|it| it.route == Some(Route::DryRun));
    assert_eq!(asked.unwrap().json().unwrap()["id"], "b");
    stage.aios.set_nodes_allowed(true);
    stage.leads().await;
    assert!(stage.stored_memory("b").is_some());
}

#[tokio::test]
async fn who_ends_asks_for_no_node() {
    let mut stage = joined(&["b"]).await;
    stage.stop.send(true).unwrap();
    stage.leads().await;
    assert!(in_sync(&stage).ends_with("nothing more is written from here"));
    assert!(stage.api.asked("/nodes/b").is_empty() && stage.stored_memory("b").is_none());
}

/// AIOS's copy has the node `a`; it was made before, and nobody knows of a receipt.
fn begun(count: u64, region: &str) -> Stage {
    let stage = Stage::new(&["a"], &json!({}));
    let entry = json!({ "id": "a" });
    stage.aios.put(
        json!({ "id": "c", "regionId": region, "reputation": 0, "nodes": { "count": count, "nodeData": [entry] } }),
    );
    stage.joins(&["a", "b"]);
    let cordoned = json!({ "metadata": { "name": "b" }, "spec": { "unschedulable": true } });
    stage.api.put("/api/v1/nodes/b", cordoned);
    stage
}

#[tokio::test]
async fn a_creation_that_was_not_at_its_end_gets_all_nodes_and_one_that_was_only_those_that_are_welcome()
 {
    let mut stage = begun(0, "r");
    stage.leads().await;
    let status = stage.statuses().pop().unwrap();
    assert_eq!(says(&status, Submitted), (True, "Accepted".to_owned()));
    assert!(stage.stored_memory("b").is_some() && differences(&stage) == 0);
    let mut stage = begun(1, "elsewhere");
    stage.leads().await;
    let status = stage.statuses().pop().unwrap();
    assert_eq!(says(&status, Submitted), (True, "Rewritten".to_owned()));
    assert_eq!(says(&status, InSync), (False, "LeftOut".to_owned()));
    assert!(stage.stored_memory("b").is_none() && differences(&stage) > 0);
    // What a person states is no difference that is told there.
    let mut told = stage.shared.look().unwrap().differences.lines.into_iter();
    assert!(told.all(|line| line.what != Said::new("regionId")));
    // Once it has been submitted, another one's count does not make all welcome.
    stage.shows(&status);
    stage.aios.change("c", &Change::Edit(json!({ "nodes.count": 7 }))).unwrap();
    stage.leads().await;
    assert!(stage.stored_memory("b").is_none());
}

#[tokio::test]
async fn a_refusal_is_told_of_the_submission_or_of_what_was_to_be_put_right() {
    let refuse = || Fault::Html { status: 403 }.always().on(Route::Update);
    let mut stage = begun(0, "r");
    stage.aios.inject(refuse());
    stage.leads().await;
    let status = stage.statuses().pop().unwrap();
    assert_eq!(says(&status, Submitted), (False, "Refused".to_owned()));
    let mut stage = joined(&[]).await;
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    stage.aios.inject(refuse());
    stage.leads().await;
    let status = stage.statuses().pop().unwrap();
    assert_eq!(says(&status, Submitted), (True, "Accepted".to_owned()));
    assert_eq!(says(&status, InSync), (False, "Refused".to_owned()));
    assert_eq!(differences(&stage), 1);
}

#[tokio::test]
async fn what_a_policy_rewrites_is_told_and_left() {
    let mut stage = Stage::new(&["a"], &json!({ "tags": ["ours"] }));
    let theirs = json!({ "tags": ["theirs"] }).as_object().unwrap().clone();
    stage.aios.set_policy(PolicyAction::CreateCluster, Some(Policy::Rewrite(theirs)));
    stage.leads().await;
    let status = stage.statuses().pop().unwrap();
    assert_eq!(says(&status, Submitted), (True, "Rewritten".to_owned()));
    assert_eq!(differences(&stage), 1);
}

#[tokio::test]
async fn what_a_person_states_of_a_cluster_that_is_there_by_now_is_aios_s_to_keep() {
    let mut stage = Stage::new(&["a"], &json!({ "tags": ["ours"] }));
    let picture = {
        let view = stage.shared.view();
        Picture::of(view.cluster().unwrap().clone(), view.sight())
    };
    let entry = json!({ "id": "a" });
    let theirs =
        json!({ "id": "c", "regionId": "r", "tags": ["theirs"], "nodes": { "nodeData": [entry] } });
    stage.aios.put(theirs);
    let aios = stage.keeper.way.to(&picture.onboarding.spec.profile).unwrap();
    let leader = std::sync::Arc::clone(&stage.leader);
    let id = "c".parse().unwrap();
    let create = async || drop(stage.keeper.create(&picture, &aios, &id).await);
    leader.hold_while(PATIENCE, create).await.unwrap();
    assert_eq!(stage.aios.stored("c").unwrap()["tags"], json!(["theirs"]));
    assert_eq!(stage.stored_memory("a"), Some(65_536));
}

/// The onboarding is only looked at.
fn manual(stage: &Stage) {
    stage.onboard("uid-1", &json!({ "submit": "Manual" }));
}

#[tokio::test]
async fn what_a_person_submits_is_compared_and_nothing_is_written() {
    let mut stage = joined(&["b"]).await;
    stage.leads().await;
    manual(&stage);
    stage.leads().await;
    assert_eq!(
        (in_sync(&stage).as_str(), differences(&stage)),
        ("AIOS says what is true of 2 nodes", 0)
    );
    // Of one not all is known, one is otherwise, and one has no Node.
    stage.reports("b", |object| {
        lacks_memory(object);
        object.data["status"]["nodeData"]["memory"] = 0.into();
    });
    stage.leads().await;
    let said =
        "AIOS says what is true of 1 nodes; of 1 more that it has nothing is known for certain now";
    assert_eq!((in_sync(&stage).as_str(), differences(&stage)), (said, 0));
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    let writes = stage.aios.count(Service::Gateway, Route::Update);
    stage.leads().await;
    assert_eq!(differences(&stage), 1);
    stage.lists(&["a"]);
    stage.leads().await;
    assert!(differences(&stage) > 1, "an entry without a Node is one");
    assert_eq!(stage.aios.count(Service::Gateway, Route::Update), writes);
}

/// What Prometheus is told while it leads, after a turn.
async fn told(stage: &mut Stage) -> String {
    let registry = stage.keeper.metrics.registry(&stage.shared, &stage.leader);
    let leader = std::sync::Arc::clone(&stage.leader);
    let told = async || {
        stage.keeper.turn().await;
        exposition(&registry, "").unwrap().text
    };
    leader.hold_while(PATIENCE, told).await.unwrap()
}

fn value(told: &str, name: &str) -> Option<f64> {
    let line = told.lines().find(|line| line.starts_with(name))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[tokio::test]
async fn looks_writes_and_differences_are_counted() {
    let mut stage = Stage::new(&["a"], &json!({}));
    let told_first = told(&mut stage).await;
    let of = |told: &str, name: &str| value(told, &format!("aios_inventory_{name}"));
    for (name, expected) in [
        ("aggregator_leads ", 1.0),
        ("aggregator_ready ", 1.0),
        ("aggregator_looks_total{in_sync=\"True\"}", 1.0),
        ("aggregator_writes_total ", 1.0),
        ("cluster_differences ", 0.0),
        ("cluster_nodes_expected ", 1.0),
    ] {
        assert_eq!(of(&told_first, name), Some(expected), "{name}: {told_first}");
    }
    assert!(of(&told_first, "aggregator_aios_requests_total{outcome=\"answered\"}") > Some(2.0));
    for name in
        ["aggregator_last_look_timestamp_seconds", "aggregator_last_write_timestamp_seconds"]
    {
        assert!(of(&told_first, name) > Some(1.0e9), "{told_first}");
    }
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    let told_next = told(&mut stage).await;
    assert_eq!(of(&told_next, "aggregator_looks_total{in_sync=\"True\"}"), Some(2.0));
    assert_eq!(of(&told_next, "aggregator_writes_total "), Some(2.0));
    assert_eq!(of(&told_next, "cluster_differences "), Some(1.0));
    stage.aios.change("c", &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    manual(&stage);
    assert_eq!(of(&told(&mut stage).await, "cluster_differences "), Some(1.0));
    // A Lease that cannot be used is not ready, nor is a cluster that is not seen.
    stage.unlists();
    assert_eq!(of(&told(&mut stage).await, "aggregator_ready "), Some(0.0));
}
