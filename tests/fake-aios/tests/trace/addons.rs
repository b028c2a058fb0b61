//! The registries of add-ons: by reading, and not by a record.

use fake_aios::Service;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Aios, answer, empty};

async fn send(aios: &Aios, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}{path}", aios.fake.url(Service::Addons));
    answer(aios.client.request(method, url).json(body).send().await.unwrap()).await
}

#[tokio::test]
async fn an_entry_is_made_read_changed_found_and_taken_away() {
    let aios = empty();
    for (one, many, prefix) in [
        ("container_registry", "container_registries", "container_registry"),
        ("asset_registry", "asset_registries", "asset_registry"),
        ("inference_server", "inference_servers", "inference_server"),
        ("split-runner", "split-runners", "split_runner"),
    ] {
        let tags = format!("{prefix}_tags");
        let body = json!({ &tags: ["t"], "foreign": 1, "cluster_k8s_config": {} });
        let (status, made) = send(&aios, Method::POST, &format!("/{one}"), &body).await;
        assert_eq!((status, &made["success"]), (201, &json!(true)), "{made}");
        let id = made["data"]["id"].as_str().unwrap().to_owned();
        let path = format!("/{one}/{id}");
        let changed = json!({ &tags: ["u"] });
        assert_eq!(send(&aios, Method::PUT, &path, &changed).await.0, 200);
        let (_, read) = send(&aios, Method::GET, &path, &json!({})).await;
        assert_eq!((&read["data"][&tags], read["data"].get("foreign")), (&json!(["u"]), None));
        let (_, found) = send(&aios, Method::POST, &format!("/{many}"), &json!({})).await;
        assert_eq!(found["data"], json!([read["data"]]));
        assert_eq!(send(&aios, Method::DELETE, &path, &json!({})).await.0, 200);
        let (status, gone) = send(&aios, Method::DELETE, &path, &json!({})).await;
        assert_eq!((status, &gone["success"]), (404, &json!(false)));
    }
}

#[tokio::test]
async fn the_policy_system_answers_200_either_way() {
    let aios = empty();
    let executor = json!({
        "executor_id": "e", "executor_metadata": {}, "executor_hardware_info": {}, "cluster_public_ip": "h",
    });
    for (body, success) in [(json!({}), false), (executor.clone(), true), (executor, false)] {
        let (status, told) = send(&aios, Method::POST, "/executor", &body).await;
        assert_eq!((status, &told["success"]), (200, &json!(success)), "{told}");
    }
    let (_, read) = send(&aios, Method::GET, "/executor/e", &json!({})).await;
    assert_eq!(read["data"]["executor_host_uri"], "http://h:30900");
    let config = json!({ "current-context": "c" });
    for (body, status) in [
        (json!({ "cluster_config": config }), 500),
        (json!({ "cluster_config": {}, "max_processes": 1 }), 500),
        (json!({ "cluster_config": config, "max_processes": 1 }), 200),
    ] {
        assert_eq!(send(&aios, Method::POST, "/executor/e/create-infra", &body).await.0, status);
        assert_eq!(send(&aios, Method::DELETE, "/executor/e/remove-infra", &body).await.0, status);
    }
}
