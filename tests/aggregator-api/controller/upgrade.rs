//! Beside versions of the chart and the programs that are older or newer: the definitions may be newer than the
//! controller (Helm takes them back for nobody), and the objects as old as the first version.

use std::sync::Arc;

use inventory_common::resource::ConditionStatus::True;
use inventory_common::resource::OnboardingConditionType::{Covered, InSync};
use inventory_common::resource::{ClusterOnboarding, NodeInventory};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::wait;

use super::scene::{PATIENCE, Scene};
use crate::environment::{Environment, cases};

cases![
    what_a_newer_version_wrote_of_the_onboarding_is_kept,
    inventories_of_the_first_version_are_summed,
];

/// Gives the kind a field more in its spec and in its status, and a condition's type more.
async fn make_newer(scene: &Scene) {
    let api: Api<CustomResourceDefinition> = Api::all(scene.cluster.admin.clone());
    let name = "clusteronboardings.inventory.aios";
    let schema = "/spec/versions/0/schema/openAPIV3Schema/properties";
    let condition = format!("{schema}/status/properties/conditions/items/properties/type/enum/-");
    let add = |path: String, value: Value| json!({ "op": "add", "path": path, "value": value });
    let text = json!({ "type": "string" });
    let patch = json!([
        add(format!("{schema}/spec/properties/later"), text.clone()),
        add(format!("{schema}/status/properties/later"), text),
        add(condition, json!("Tomorrow")),
    ]);
    let patch: Patch<Value> = Patch::Json(serde_json::from_value(patch).unwrap());
    api.patch(name, &PatchParams::default(), &patch).await.unwrap();
}

/// The onboarding as it stands there.
fn onboardings(scene: &Scene) -> Api<DynamicObject> {
    let kind = ApiResource::erase::<ClusterOnboarding>(&());
    Api::all_with(scene.cluster.admin.clone(), &kind)
}

fn tomorrow() -> Value {
    json!({
        "type": "Tomorrow", "status": "True", "reason": "Later", "message": "",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    })
}

async fn what_a_newer_version_wrote_of_the_onboarding_is_kept(_: Arc<Environment>) {
    let scene = Scene::with_nodes(&["a"]).await;
    make_newer(&scene).await;
    let api = onboardings(&scene);
    // The API server takes to the new definition by and by.
    let write = async || {
        let status = json!({ "later": "kept", "conditions": [tomorrow()] });
        let patch = Patch::Merge(json!({ "spec": { "later": "said" }, "status": status }));
        let params = PatchParams::default();
        api.patch("cluster", &params, &patch).await.ok()?;
        let object = api.patch_status("cluster", &params, &patch).await.ok()?;
        let is_there = [&object.data["spec"], &object.data["status"]]
            .iter()
            .all(|part| part.get("later").is_some());
        is_there.then_some(())
    };
    wait::until("the newer definition is served", PATIENCE, write).await;

    let _controller = scene.controller().await;
    scene.until_nodes(&["a"], 65_536).await;
    scene.until_condition(InSync, True, "Equal").await;
    scene.report("a", 5).await;
    scene.until_nodes(&["a"], 5).await;
    let follows = async || {
        let object = api.get("cluster").await.ok()?;
        (object.data["status"]["totals"]["memory"] == 5).then_some(object)
    };
    let (object, _) = wait::until("the status follows", PATIENCE, follows).await;
    let (spec, status) = (&object.data["spec"], &object.data["status"]);
    assert_eq!((&spec["later"], &status["later"]), (&json!("said"), &json!("kept")));
    let conditions = status["conditions"].as_array().unwrap();
    assert!(conditions.contains(&tomorrow()) && conditions.len() == 6, "{conditions:?}");
}

const FIXTURES: [&str; 2] = [
    include_str!("../../fixtures/v1alpha1/node-inventory.gpu-01.json"),
    include_str!("../../fixtures/v1alpha1/node-inventory.cpu-01.json"),
];

async fn inventories_of_the_first_version_are_summed(_: Arc<Environment>) {
    let scene = Scene::start().await;
    for text in FIXTURES {
        let mut object: NodeInventory = serde_json::from_str(text).unwrap();
        let name = object.metadata.name.take().unwrap();
        object.metadata = kube::api::ObjectMeta { name: Some(name.clone()), ..Default::default() };
        scene.cluster.silent_node("all", &name).await;
        scene.cluster.report(&object).await;
    }
    let written: Value =
        serde_json::from_str(include_str!("../../fixtures/v1alpha1/cluster-onboarding.json"))
            .unwrap();
    let mut spec = written["spec"].clone();
    // The services of that time are gone, and of the two nodes one tells no speed.
    let gone = ["parser", "gateway", "nodeSelector"];
    spec.as_object_mut().unwrap().retain(|key, _| !gone.contains(&key.as_str()));
    scene.onboard(spec).await;
    let _controller = scene.controller().await;
    let covered = async || {
        let status = scene.onboarding().await.status?;
        status.condition(Covered)?;
        status.coverage
    };
    let (coverage, _) = wait::until("the nodes are judged", PATIENCE, covered).await;
    assert_eq!((coverage.whole, coverage.expected), (1, 2));
    scene.leave("cpu-01").await;
    scene.until_condition(InSync, True, "Equal").await;
    assert_eq!(scene.entry("gpu-01").unwrap()["gpus"]["count"], 8);
}
