//! What the controller's log tells: a line for each change of state, and none while all stays as it is.

use std::sync::Arc;
use std::time::Duration;

use fake_aios::{Change, Route, Service};
use inventory_common::resource::ConditionStatus::{True, Unknown};
use inventory_common::resource::OnboardingConditionType::InSync;
use k8s_openapi::api::core::v1::Event;
use kube::api::{Api, ListParams};
use serde_json::{Value, json};
use test_kubernetes::wait;

use super::process::Process;
use super::scene::{ID, PATIENCE, Scene};
use crate::environment::{Environment, cases, changed};

cases![
    each_change_is_told_once_and_quiet_looks_are_not,
    a_cluster_that_is_not_seen_is_told_once_for_each_thing_that_is_followed,
    what_a_node_says_of_itself_is_text_in_log_and_events,
];

/// The lines that a person sees, from this one on.
fn told(controller: &Process, since: usize) -> Vec<Value> {
    let lines = controller.log();
    let lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let is_told = |line: &Value| line["level"] != "DEBUG" && line["level"] != "TRACE";
    lines.filter(is_told).skip(since).collect()
}

/// A line's level and message, with what it is about.
fn short(line: &Value) -> String {
    let about = ["node", "object", "condition", "reason", "request"];
    let about = about.iter().filter_map(|key| Some(format!(" {}", line.get(key)?.as_str()?)));
    let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
    format!("{} {}{}", text("level"), text("message"), about.collect::<String>())
}

fn shorts(lines: &[Value]) -> Vec<String> {
    lines.iter().map(short).collect()
}

/// Waits until AIOS was looked at so many times more.
async fn looks(scene: &Scene, more: usize) {
    let before = scene.aios.count(Service::Gateway, Route::Read);
    scene
        .until("AIOS is looked at", |scene| {
            scene.aios.count(Service::Gateway, Route::Read) >= before + more
        })
        .await;
}

async fn each_change_is_told_once_and_quiet_looks_are_not(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a", "b"]).await;
    let controller = scene.controller_at("info").await;
    scene.until_condition(InSync, True, "Equal").await;
    looks(&scene, 2).await;
    let begin = told(&controller, 0);
    let mut lines = shorts(&begin);
    lines.sort();
    let expected = [
        "INFO as it should be ClusterOnboarding Contested Undisputed",
        "INFO as it should be ClusterOnboarding Covered Complete",
        "INFO as it should be ClusterOnboarding InSync Equal",
        "INFO as it should be ClusterOnboarding RemovalsHeld NothingHeld",
        "INFO as it should be ClusterOnboarding Submitted Accepted",
        "INFO leading",
        "INFO listening",
    ];
    assert_eq!(lines, expected);
    let writes = || {
        let requests = scene.cluster.plane.requests();
        requests.iter().filter(|it| it.is_write() && it.uri.contains("clusteronboardings")).count()
    };
    let before = writes();
    looks(&scene, 5).await;
    assert_eq!(shorts(&told(&controller, begin.len())), [""; 0]);
    assert_eq!(writes(), before, "at rest nothing is written");

    // Somebody changes AIOS's copy, and it is put right.
    scene.aios.change(ID, &Change::Edit(json!({ "nodes.nodeData.0.memory": 1 }))).unwrap();
    scene.until("its memory is back", |scene| scene.entry("a").unwrap()["memory"] == 65_536).await;
    looks(&scene, 2).await;
    let drift = told(&controller, begin.len());
    assert_eq!(shorts(&drift), ["INFO AIOS's copy was put right a"]);
    assert_eq!(
        (&drift[0]["differences"], &drift[0]["cluster"]),
        (&1.into(), &ID.into()),
        "{drift:?}"
    );

    scene.aios.stop(Service::Gateway);
    scene.until_condition(InSync, Unknown, "Unreachable").await;
    // So long that it is looked for several times.
    tokio::time::sleep(Duration::from_secs(15)).await;
    let away = shorts(&told(&controller, begin.len() + drift.len()));
    assert_eq!(away, ["WARN not as it should be ClusterOnboarding InSync Unreachable"]);
    scene.aios.resume(Service::Gateway);
    scene.until_condition(InSync, True, "Equal").await;
    looks(&scene, 2).await;
    let back = shorts(&told(&controller, begin.len() + drift.len() + away.len()));
    assert_eq!(back, ["INFO as it should be ClusterOnboarding InSync Equal"]);
}

async fn a_cluster_that_is_not_seen_is_told_once_for_each_thing_that_is_followed(
    _: Arc<Environment>,
) {
    let mut scene = Scene::with_nodes(&["a"]).await;
    let controller = scene.controller_at("info").await;
    scene.until_condition(InSync, True, "Equal").await;
    let since = told(&controller, 0).len();
    scene.cluster.plane.stop_api_server();
    let count = |what: &str| {
        let lines = told(&controller, since);
        lines.iter().filter(|line| line["message"] == what).count()
    };
    let is_away = async || (count("the cluster is not seen") >= 5).then_some(());
    wait::until("the controller sees nothing", PATIENCE, is_away).await;
    tokio::time::sleep(Duration::from_secs(15)).await;
    let lines = told(&controller, since);
    for request in ["list nodes", "list pods", "list daemonsets.apps", "list clusteronboardings"] {
        let told: Vec<&Value> = lines.iter().filter(|line| line["request"] == request).collect();
        let reasons: std::collections::BTreeSet<_> =
            told.iter().map(|line| line["trouble"].to_string()).collect();
        assert_eq!(told.len(), reasons.len(), "each reason once: {told:?}");
        assert!(told.len() <= 2, "{told:?}");
    }
    let losses = ["leading no more"].map(count);
    assert_eq!(losses, [1], "{lines:?}");
    scene.cluster.plane.start_api_server().await;
    let is_back = async || (count("the cluster is seen again") == 5).then_some(());
    wait::until("the controller sees everything", PATIENCE, is_back).await;
}

async fn what_a_node_says_of_itself_is_text_in_log_and_events(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    let controller = scene.controller_at("info").await;
    scene.until_condition(InSync, True, "Equal").await;
    // What an API server takes: it refuses some of the rest.
    let hostile = "<script>\"\u{1b}[2J\n\u{202e}";
    let object = changed("a", |status| {
        status["conditions"][1]["status"] = "False".into();
        status["conditions"][1]["reason"] = "GpuLost".into();
        status["conditions"][1]["message"] = hostile.into();
    });
    scene.cluster.report(&object).await;
    let events: Api<Event> = Api::all(scene.cluster.admin.clone());
    let is_told = async || {
        let events = events.list(&ListParams::default()).await.unwrap();
        events.into_iter().find(|event| event.reason.as_deref() == Some("GpuLost"))
    };
    let (event, _) = wait::until("an Event tells of it", PATIENCE, is_told).await;
    assert_eq!(event.message.unwrap(), r#"<script>"\u{1b}[2J\n\u{202e}"#);
    let lines = told(&controller, 0);
    let lines: Vec<&Value> = lines.iter().filter(|line| line["node"] == "a").collect();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(short(line), "WARN not as it should be a NodeInventory GPUsHealthy GpuLost");
    assert_eq!(line["detail"], hostile);
    let is_unseen = |c: char| inventory_common::telling::is_unseen(c) && c != '\n';
    assert!(!controller.log().chars().any(is_unseen), "{:?}", controller.log());
}
