//! Chapter 6: how big a document may be.

use fake_aios::{LIMIT_BYTES, Service, python_json_bytes};
use serde_json::{Value, json};

use crate::support::{
    Aios, Answer, ID, changed, empty, example, gateway_failed, read_back, refused, with_example,
};

/// The example with a text in it that makes it this long without its status, as Python writes it.
fn of_bytes(bytes: usize) -> Value {
    let padded =
        |padding: String| changed(&vec![("/clusterMetadata/padding", Some(json!(padding)))]);
    let mut counted = padded(String::new());
    counted.as_object_mut().unwrap().remove("status");
    padded("x".repeat(bytes - python_json_bytes(&counted)))
}

fn with_nodes(nodes: &[Value]) -> Value {
    let count = nodes.len();
    changed(&vec![("/nodes/nodeData", Some(json!(nodes))), ("/nodes/count", Some(json!(count)))])
}

/// Nodes such as the example's second, with so many GPUs.
fn nodes(count: usize, gpus: usize) -> Vec<Value> {
    let node = |index: usize| {
        let mut node = example()["nodes"]["nodeData"][1].clone();
        node["id"] = json!(format!("node-{index:04}"));
        if gpus > 1 {
            let gpu = json!({"modelName": "NVIDIA GH200 144G HBM3e", "memory": 146_831});
            node["gpus"]["modelNames"] = json!([gpu["modelName"]]);
            node["gpus"]["memory"] = json!(gpus * 146_831);
            node["gpus"]["gpus"] = json!(vec![gpu; gpus]);
        }
        node
    };
    (1..=count).map(node).collect()
}

async fn assert_too_large(aios: &Aios, document: &Value) {
    let text = aios.registry_error("413 Client Error: Payload Too Large", "/clusters");
    assert_is(&aios.create(document).await, &refused(&text));
    let answer = aios.post(Service::Gateway, "/clusters/create", document).await;
    assert_is(&answer, &gateway_failed(&text));
    assert!(aios.fake.clusters().is_empty());
}

/// Without writing a hundred kilobytes where it fails.
fn assert_is(answer: &Answer, expected: &Answer) {
    assert!(answer == expected, "not {expected:?}");
}

#[tokio::test]
async fn the_last_byte_counts() {
    let aios = empty();
    let mut too_large = of_bytes(LIMIT_BYTES + 1);
    assert_eq!(aios.create(&too_large).await.1["result"][0], false);
    too_large.as_object_mut().unwrap().remove("status");
    assert_too_large(&aios, &too_large).await;
    assert_eq!(aios.create(&of_bytes(LIMIT_BYTES)).await.1["result"]["id"], ID);
}

#[tokio::test]
async fn what_is_not_ascii_counts_escaped() {
    let text = "é".repeat(17_000);
    assert!(text.len() < LIMIT_BYTES / 2);
    assert_too_large(&empty(), &changed(&vec![("/clusterMetadata/padding", Some(json!(text)))]))
        .await;
}

#[tokio::test]
async fn three_hundred_nodes_of_one_gpu_are_too_many_and_so_are_129_of_eight() {
    for (fits, too_many, gpus) in [(299, 300, 1), (128, 129, 8)] {
        let aios = empty();
        assert_too_large(&aios, &with_nodes(&nodes(too_many, gpus))).await;
        let (_, body) = aios.create(&with_nodes(&nodes(fits, gpus))).await;
        assert_eq!(body["result"]["nodes"]["count"], fits);
    }
}

#[tokio::test]
async fn the_registry_itself_refuses_with_a_page() {
    let aios = empty();
    let response = aios
        .send_text(
            Service::Registry,
            "/clusters",
            Some("application/json"),
            &of_bytes(LIMIT_BYTES + 100).to_string(),
        )
        .await;
    assert_eq!(response.status(), 200, "compact JSON is shorter than Python's");
    let body = " ".repeat(LIMIT_BYTES + 1);
    let response =
        aios.send_text(Service::Registry, "/clusters", Some("application/json"), &body).await;
    assert_eq!(response.status(), 413);
    assert!(response.text().await.unwrap().starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn ten_bytes_of_an_update_are_the_gateways() {
    let aios = with_example();
    let update = |bytes: usize| {
        let empty = python_json_bytes(&json!({"clusterMetadata.padding": ""}));
        json!({"clusterMetadata.padding": "x".repeat(bytes - empty)})
    };
    let before = aios.fake.clusters();
    let text =
        aios.registry_error("413 Client Error: Payload Too Large", &format!("/clusters/{ID}"));
    assert_eq!(aios.update(ID, &update(102_391)).await, gateway_failed(&text));
    assert_eq!(aios.fake.clusters(), before);
    assert_eq!(aios.update(ID, &update(102_390)).await.0, 200);
    assert_ne!(aios.fake.clusters(), before);
}

#[tokio::test]
async fn six_hundred_nodes_go_in_pieces() {
    let aios = empty();
    let sent = nodes(600, 1);
    let mut document = with_nodes(&[]);
    assert_eq!(
        aios.create(&document).await.1["result"]["nodes"],
        json!({"count": 0, "nodeData": []})
    );
    for piece in 0..6 {
        let entries = (piece * 100..(piece + 1) * 100)
            .map(|index| (format!("nodes.nodeData.{index}"), sent[index].clone()));
        assert_eq!(aios.update(ID, &Value::Object(entries.collect())).await.0, 200);
    }
    assert_eq!(aios.update(ID, &json!({"nodes.count": 600})).await.0, 200);
    document["nodes"] = json!({"count": 600, "nodeData": sent});
    document.as_object_mut().unwrap().remove("status");
    let read = crate::support::without_database_keys(aios.read(ID).await.1["data"].clone());
    assert_eq!(read, document);
    assert_ne!(read, read_back());
}
