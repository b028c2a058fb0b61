//! Chapter 10: infrastructure is scheduled for nearly anything, and the task knows what came of it.

use std::time::Duration;

use fake_aios::{Fault, Options, Service};
use serde_json::{Value, json};

use crate::support::{Aios, ID, answer, changed, example, with};

const CREATE: &str = "/create-cluster-infra";
const REMOVE: &str = "/remove-cluster-infra";

/// Tasks are done at once, and the cluster goes without Ambassador's gateway.
fn ready() -> Aios {
    let document = changed(&vec![("/config/useGateway", Some(json!(false)))]);
    with(&Options { clusters: vec![document], task_delay: Duration::ZERO, ..Options::default() })
}

fn kubeconfig() -> Value {
    json!({
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": "https://10.0.0.1:6443"}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
    })
}

/// What came of a call that was scheduled.
async fn task_of(aios: &Aios, path: &str, body: &Value) -> Value {
    let (status, body) = aios.post(Service::Gateway, path, body).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)), "{body}");
    assert_eq!(body["data"]["message"], "scheduled in background");
    let id = body["data"]["task_id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 36);
    let (status, body) = aios.get(Service::Tasks, &format!("/task/{id}")).await;
    assert_eq!(
        (status, &body["success"], &body["data"]["task_id"]),
        (200, &json!(true), &json!(id))
    );
    body["data"].clone()
}

#[tokio::test]
async fn a_failure_is_in_the_task_alone() {
    let aios = ready();
    let with = |pointer: &str, value: Value| {
        let mut kubeconfig = kubeconfig();
        kubeconfig.pointer_mut(pointer).unwrap()["certificate-authority"] = value;
        kubeconfig
    };
    let mut no_context = kubeconfig();
    no_context.as_object_mut().unwrap().remove("current-context");
    let prefix = "Failed to create cluster infrastructure: ";
    let cases = [
        (json!("apiVersion: v1"), "string indices must be integers, not 'str'"),
        (json!(5), "'int' object is not subscriptable"),
        (json!([1]), "list indices must be integers or slices, not str"),
        (no_context, "Invalid kube-config file. Expected key current-context in kube-config"),
        (
            with("/clusters/0/cluster", json!("/nonexistent/ca.crt")),
            "Invalid kube-config file. File does not exist: /nonexistent/ca.crt",
        ),
    ];
    for (kubeconfig, error) in cases {
        let task =
            task_of(&aios, CREATE, &json!({"cluster_id": ID, "kube_config_data": kubeconfig}))
                .await;
        assert_eq!(task["task_status"], "failed");
        assert_eq!(
            task["task_status_data"],
            json!({"error": format!("{prefix}{error}")}),
            "{kubeconfig}"
        );
    }
    let body = json!({"cluster_id": "nope", "kube_config_data": kubeconfig()});
    let error = aios.registry_error("404 Client Error: Not Found", "/clusters/nope");
    let error = format!("Failed to read cluster data: {error}");
    assert_eq!(task_of(&aios, CREATE, &body).await["task_status_data"], json!({"error": error}));
    aios.fake.set_kubernetes_reachable(false);
    let body = json!({"cluster_id": ID, "kube_config_data": kubeconfig()});
    let error = task_of(&aios, CREATE, &body).await["task_status_data"]["error"].to_string();
    assert!(error.contains("HTTPSConnectionPool(host='10.0.0.1:6443')"), "{error}");
}

#[tokio::test]
async fn what_is_missing_is_an_error_at_once() {
    let aios = ready();
    let missing = (400, json!({"error": "Missing 'kube_config_data' or 'cluster_id'"}));
    let bodies = [
        json!({"cluster_id": ID, "kube_config_data": {}}),
        json!({"cluster_id": ID, "kube_config_data": ""}),
        json!({"cluster_id": ID}),
        json!({"kube_config_data": kubeconfig()}),
        json!({}),
    ];
    for body in bodies {
        assert_eq!(aios.post(Service::Gateway, CREATE, &body).await, missing, "{body}");
    }
    for (kind, body) in
        [(Some("application/json"), "{nope"), (None, "{}"), (Some("application/json"), "null")]
    {
        let (status, body) =
            answer(aios.send_text(Service::Gateway, CREATE, kind, body).await).await;
        assert_eq!((status, &body["success"]), (500, &json!(false)));
        assert!(body["message"].is_string());
    }
}

#[tokio::test]
async fn with_the_pages_gateway_it_fails_without_addresses() {
    let aios = with(&Options {
        clusters: vec![example()],
        task_delay: Duration::ZERO,
        ..Options::default()
    });
    let task =
        task_of(&aios, CREATE, &json!({"cluster_id": ID, "kube_config_data": kubeconfig()})).await;
    assert_eq!(task["task_status"], "failed");
    assert!(task["task_status_data"]["error"].as_str().unwrap().contains("'membership_url'"));
    assert!(aios.fake.stored(ID).unwrap()["config"].get("urlMap").is_none());
}

#[tokio::test]
async fn without_it_three_addresses_become_lists_and_removal_clears_all() {
    let aios = ready();
    let task =
        task_of(&aios, CREATE, &json!({"cluster_id": ID, "kube_config_data": kubeconfig()})).await;
    assert_eq!(
        (&task["task_status"], &task["task_status_data"]),
        (&json!("completed"), &json!({}))
    );
    assert_eq!(task["task_type"], "cluster_infra_creation");
    assert_eq!(task["task_data"], json!({"cluster_id": ID}));
    assert!(task["task_create_timestamp"].is_u64() && task["task_update_timestamp"].is_u64());
    let map = aios.fake.stored(ID).unwrap()["config"]["urlMap"].clone();
    assert_eq!(map["membershipServer"], json!([aios.fake.membership_url(ID)]));
    assert!(map["publicGateway"].is_array() && map["parameterUpdater"].is_array());
    assert!(map["controllerService"].is_string());
    let (_, body) = aios.get(Service::Gateway, &format!("/sync-cluster/{ID}")).await;
    let text = body["error"].as_str().unwrap();
    assert!(text.starts_with("No connection adapters were found for \"['http://"), "{text}");
    // Nothing about it was looked at: neither the kubeconfig nor the API server.
    aios.fake.set_kubernetes_reachable(false);
    let task = task_of(&aios, REMOVE, &json!({"cluster_id": ID})).await;
    assert_eq!(
        (&task["task_status"], &task["task_type"]),
        (&json!("completed"), &json!("cluster_infra_creation"))
    );
    assert!(aios.read(ID).await.1["data"]["config"].get("urlMap").is_none());
    assert_eq!(
        task_of(&aios, REMOVE, &json!({"cluster_id": "nope"})).await["task_status"],
        "failed"
    );
}

#[tokio::test]
async fn without_a_hostname_creation_fails() {
    let aios = ready();
    aios.fake
        .change(ID, &fake_aios::Change::Edit(json!({"config": {"useGateway": false}})))
        .unwrap();
    let task =
        task_of(&aios, CREATE, &json!({"cluster_id": ID, "kube_config_data": kubeconfig()})).await;
    let error = "Failed to create cluster infrastructure: 'publicHostname'";
    assert_eq!(task["task_status_data"], json!({"error": error}));
}

#[tokio::test]
async fn a_task_is_pending_until_it_is_due_and_written() {
    let aios = ready();
    aios.fake.set_task_writer_running(false);
    let body = json!({"cluster_id": ID, "kube_config_data": "text"});
    let task = task_of(&aios, CREATE, &body).await;
    assert_eq!((&task["task_status"], &task["task_status_data"]), (&json!("pending"), &json!({})));
    let list = async |query: &str| {
        let (_, body) = aios.get(Service::Tasks, &format!("/tasks{query}")).await;
        body["data"].as_array().unwrap().len()
    };
    assert_eq!(list("?task_type=cluster_infra_creation&task_status=pending").await, 1);
    assert_eq!(list("?task_type=cluster_infra_creation").await, 1);
    assert_eq!(list("?task_status=pending").await, 0);
    assert_eq!(list("").await, 0);
    aios.fake.set_task_writer_running(true);
    assert_eq!(list("?task_type=cluster_infra_creation&task_status=pending").await, 0);
    let absent = (404, json!({"message": "No document found", "success": false}));
    assert_eq!(aios.get(Service::Tasks, "/task/nope").await, absent);
}

#[tokio::test]
async fn the_tasks_service_may_be_down() {
    let aios = ready();
    aios.fake.inject(Fault::TasksDown.once().at(Service::Gateway));
    let body = json!({"cluster_id": ID, "kube_config_data": kubeconfig()});
    let (status, body) = aios.post(Service::Gateway, CREATE, &body).await;
    assert_eq!((status, &body["success"]), (500, &json!(false)));
    let text = body["message"].as_str().unwrap();
    assert!(text.starts_with("HTTPConnectionPool(") && text.contains("/task "), "{text}");
}
