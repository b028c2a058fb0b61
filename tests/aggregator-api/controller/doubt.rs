//! What is not known for certain changes nothing, whenever it comes to be doubted.

use std::sync::Arc;
use std::time::Duration;

use fake_aios::{Change, Fault, Route, Service};
use inventory_common::resource::ConditionStatus::{False, True};
use inventory_common::resource::OnboardingConditionType::{Covered, InSync, Submitted};
use k8s_openapi::api::core::v1::Event;
use k8s_openapi::api::rbac::v1::ClusterRole;
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;
use test_kubernetes::{chart, wait};

use super::scene::{ID, PATIENCE, Scene};
use crate::environment::{Environment, cases};

cases![
    figures_that_become_unknown_leave_those_that_aios_has,
    what_changes_while_aios_is_asked_is_not_taken_for_known,
    a_node_that_the_network_does_not_want_stays_out,
    what_was_submitted_is_known_although_it_could_not_be_written_down,
];

/// How long AIOS takes to answer, while something happens.
const SLOW: Duration = Duration::from_secs(3);

async fn figures_that_become_unknown_leave_those_that_aios_has(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    scene.report_without_memory("a").await;
    let message = scene.until_condition(Covered, False, "Incomplete").await;
    assert!(message.starts_with("1 of 2 nodes: node 'a': memory is failed"), "{message}");
    // AIOS's copy is looked at, and what is known of the other node is written.
    scene.report("b", 5).await;
    scene.until_nodes(&["a", "b"], 65_536 + 5).await;
    let message = scene.until_condition(InSync, True, "Equal").await;
    assert_eq!(message, "AIOS says what is true of 2 nodes");

    // Of the condition that changed an Event tells, and of no other.
    let events: Api<Event> = Api::namespaced(scene.cluster.admin.clone(), "default");
    let told = async || {
        let all = events.list(&ListParams::default()).await.unwrap().items;
        let is_meant =
            |event: &Event| event.involved_object.kind.as_deref() == Some("NodeInventory");
        let told: Vec<Event> = all.into_iter().filter(is_meant).collect();
        (!told.is_empty()).then_some(told)
    };
    let (told, _) = wait::until("an Event tells of it", PATIENCE, told).await;
    let [event] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(event.involved_object.name.as_deref(), Some("a"));
    assert_eq!(event.type_.as_deref(), Some("Warning"));
    assert_eq!(event.reason.as_deref(), Some("NotReadable"));
    assert_eq!(event.message.as_deref(), Some("memory is failed: proc/meminfo"));
}

async fn what_changes_while_aios_is_asked_is_not_taken_for_known(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let asked = async |times: usize| {
        let is_asked = |scene: &Scene| scene.aios.count(Service::Gateway, Route::Read) >= times;
        scene.until("AIOS is asked", is_asked).await;
    };
    // Before it is created.
    scene.aios.inject(Fault::DelayRequest(SLOW).always().at(Service::Gateway).on(Route::Read));
    let _controller = scene.controller().await;
    asked(1).await;
    scene.report_without_memory("a").await;
    scene.until_condition(Submitted, False, "NotCovered").await;
    asked(2).await;
    assert_eq!((scene.stored(), scene.creations()), (None, 0));
    scene.aios.clear_faults();
    scene.report("a", 65_536).await;
    scene.until_nodes(&["a", "b"], 2 * 65_536).await;
    scene.until_condition(InSync, True, "Equal").await;

    // And when it is kept true.
    scene.aios.forget_received();
    scene.aios.inject(Fault::DelayRequest(SLOW).always().at(Service::Gateway).on(Route::Read));
    asked(1).await;
    scene.report_without_memory("a").await;
    scene.report("b", 5).await;
    scene.until("the other node follows", |scene| scene.entry("b").unwrap()["memory"] == 5).await;
    assert_eq!(scene.entry("a").unwrap()["memory"], 65_536);
}

async fn a_node_that_the_network_does_not_want_stays_out(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let _controller = scene.controller().await;
    scene.until_nodes(&["a"], 65_536).await;
    let url = scene.aios.membership_url(ID);
    let known = Change::Edit(json!({ "config.urlMap": { "membershipServer": url } }));
    scene.aios.change(ID, &known).unwrap();
    scene.aios.set_nodes_allowed(false);
    scene.join("b", 1000).await;
    let message = scene.until_condition(InSync, False, "LeftOut").await;
    let said = "node 'b' stays out of AIOS's copy: AIOS does not want it: ";
    assert!(message.starts_with(said), "{message}");
    // What is there is kept true all the same.
    scene.report("a", 7).await;
    scene.until_nodes(&["a"], 7).await;
    scene.aios.set_nodes_allowed(true);
    scene.until_nodes(&["a", "b"], 1007).await;
    scene.until_condition(InSync, True, "Equal").await;
}

async fn what_was_submitted_is_known_although_it_could_not_be_written_down(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let api: Api<ClusterRole> = Api::all(scene.cluster.admin.clone());
    let name = scene.cluster.chart.account("aggregator");
    let mut role = api.get(&name).await.unwrap();
    let status = "clusteronboardings/status".to_owned();
    let rules = role.rules.as_mut().unwrap();
    rules.retain(|rule| !rule.resources.iter().flatten().any(|it| *it == status));
    api.replace(&name, &PostParams::default(), &role).await.unwrap();

    let controller = scene.controller().await;
    scene.until_nodes(&["a"], 65_536).await;
    // Until then it has not read back what it sent.
    let is_done = |_: &Scene| controller.log().contains("the status is not written");
    scene.until("the submission is over, and cannot be written down", is_done).await;
    assert_eq!(scene.onboarding().await.status, None);
    scene.aios.remove(ID).unwrap();
    scene.aios.forget_received();
    let looked = |scene: &Scene| scene.aios.count(Service::Gateway, Route::Read) >= 3;
    scene.until("AIOS's copy is looked at", looked).await;
    assert_eq!((scene.stored(), scene.creations()), (None, 0));

    let is_role = |object: &&kube::api::DynamicObject| {
        chart::kind(object) == "ClusterRole" && object.metadata.name.as_ref() == Some(&name)
    };
    let whole = scene.cluster.chart.objects().iter().find(is_role).unwrap();
    chart::apply(&scene.cluster.admin, whole).await;
    scene.until_condition(Submitted, False, "Withdrawn").await;
    let receipt = scene.onboarding().await.status.unwrap().receipt.unwrap();
    assert_eq!(receipt.answers, ["created"]);
}
