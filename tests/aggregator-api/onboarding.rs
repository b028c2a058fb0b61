//! What the API server makes of a ClusterOnboarding.

use std::sync::Arc;

use inventory_common::resource::{
    ClusterOnboarding, ClusterOnboardingStatus, Condition, CoverageCount, OnboardingConditionType,
    SubmitPolicy,
};
use kube::api::{Api, DeleteParams, DynamicObject, Patch, PatchParams, ValidationDirective};
use kube::core::ApiResource;
use kube::{Client, Error};
use serde_json::{Value, json};

use crate::environment::{Environment, cases};

cases![what_may_not_be_said_is_refused, what_is_said_stays_and_the_rest_is_filled_in];

/// As `kubectl apply --server-side` does.
async fn apply(
    client: &Client,
    name: &str,
    spec: Value,
    is_only_tried: bool,
) -> Result<DynamicObject, String> {
    let api: Api<DynamicObject> =
        Api::all_with(client.clone(), &ApiResource::erase::<ClusterOnboarding>(&()));
    let object = json!({
        "apiVersion": "inventory.aios/v1alpha1", "kind": "ClusterOnboarding",
        "metadata": { "name": name }, "spec": spec,
    });
    let mut params = PatchParams::apply("kubectl").force();
    params.field_validation = Some(ValidationDirective::Strict);
    params.dry_run = is_only_tried;
    match api.patch(name, &params, &Patch::Apply(&object)).await {
        Err(Error::Api(status)) => Err(status.message.clone()),
        answer => Ok(answer.unwrap()),
    }
}

/// What may not be said, beside an id and a region, and a part of the refusal.
fn refused() -> Vec<(Value, &'static str)> {
    let long = "x".repeat(300);
    vec![
        (json!({ "regoinId": "r" }), ".spec.regoinId: field not declared in schema"),
        (json!({ "joinCommandSecret": { "name": "n", "kye": "k" } }), "kye"),
        (json!({ "id": "a/b" }), "spec.id: Invalid value: \"a/b\""),
        (json!({ "id": "" }), "spec.id"),
        (json!({ "id": ".." }), "AIOS could not find the cluster again"),
        (json!({ "id": long }), "Too long"),
        (json!({ "regionId": " " }), "spec.regionId"),
        (json!({ "id": 7 }), "expected string"),
        (json!({ "parser": "10.0.0.1:30501" }), "spec.parser"),
        (json!({ "parser": "ftp://p" }), "spec.parser"),
        (json!({ "gateway": "http://user:secret@g" }), "spec.gateway"),
        (json!({ "gateway": "http://g/a b" }), "spec.gateway"),
        (json!({ "submit": "Now" }), "supported values: \"Manual\", \"WhenComplete\""),
        (json!({ "allowRemovals": -1 }), "spec.allowRemovals"),
        (json!({ "nodeSelector": { "pool": "a b" } }), "spec.nodeSelector.pool"),
        (json!({ "reputation": "high" }), "expected numeric"),
        (json!({ "config": [] }), "spec.config"),
        (json!({ "tags": ["a", 1] }), "spec.tags[1]"),
    ]
}

async fn what_may_not_be_said_is_refused(environment: Arc<Environment>) {
    let admin = &environment.cluster().await.admin;
    for (wrong, part) in refused() {
        let mut spec = json!({ "id": "c", "regionId": "r" });
        spec.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let message = apply(admin, "cluster", spec, true).await.unwrap_err();
        assert!(message.contains(part), "{wrong}: {message}");
    }
    let spec = json!({ "id": "c", "regionId": "r" });
    let message = apply(admin, "mine", spec.clone(), true).await.unwrap_err();
    assert!(message.contains("its name is cluster"), "{message}");
    let message = apply(admin, "cluster", json!({ "id": "c" }), true).await.unwrap_err();
    assert!(message.contains("spec.regionId: Required value"), "{message}");
    apply(admin, "cluster", spec, true).await.unwrap();
}

async fn what_is_said_stays_and_the_rest_is_filled_in(environment: Arc<Environment>) {
    let admin = &environment.cluster().await.admin;
    let api: Api<ClusterOnboarding> = Api::all(admin.clone());
    let config = json!({ "useGateway": true, "a": { "b": [1, 2.5, null, "c"] } });
    let spec = json!({
        "id": "c", "regionId": "r", "config": config, "reputation": -0.5,
        "parser": "http://10.0.0.1:30501", "gateway": "https://g.example/aios",
        "nodeSelector": { "example.com/pool": "gpu" },
    });
    apply(admin, "cluster", spec.clone(), false).await.unwrap();
    let made = api.get("cluster").await.unwrap();
    assert_eq!((made.spec.submit, made.spec.allow_removals), (SubmitPolicy::Manual, 0));
    let profile = &made.spec.profile;
    assert_eq!((profile.status.as_str(), profile.tags.len()), ("live", 0));
    assert_eq!(json!(profile.config), config);
    assert_eq!(profile.reputation.as_f64(), Some(-0.5));

    let mut renamed = spec.clone();
    renamed["id"] = json!("d");
    let message = apply(admin, "cluster", renamed, false).await.unwrap_err();
    assert!(message.contains("AIOS cannot rename a cluster"), "{message}");
    let mut moved = spec;
    moved["regionId"] = json!("elsewhere");
    apply(admin, "cluster", moved, false).await.unwrap();

    let status = ClusterOnboardingStatus {
        observed_generation: Some(2),
        coverage: Some(CoverageCount { whole: 1, expected: 2 }),
        conditions: vec![not_covered()].into(),
        receipt: Some(serde_json::from_value(receipt()).unwrap()),
        ..ClusterOnboardingStatus::default()
    };
    let patch = Patch::Merge(json!({ "status": status, "spec": { "tags": ["ignored"] } }));
    let written = api.patch_status("cluster", &PatchParams::default(), &patch).await.unwrap();
    assert_eq!(written.status, Some(status));
    assert!(written.spec.profile.tags.is_empty());
    assert_eq!(written.metadata.generation, Some(2));
    api.delete("cluster", &DeleteParams::default()).await.unwrap();
}

fn not_covered() -> Condition<OnboardingConditionType> {
    let condition = json!({
        "type": "Covered", "status": "False", "reason": "NodesMissing", "message": "1 of 2 nodes",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    });
    serde_json::from_value(condition).unwrap()
}

fn receipt() -> Value {
    json!({
        "time": "2026-01-01T00:00:00Z", "parser": "http://10.0.0.1:30501",
        "sha256": "0".repeat(64), "answers": ["created"],
    })
}
