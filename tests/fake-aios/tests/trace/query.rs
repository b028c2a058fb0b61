//! Chapter 9: finding clusters.

use fake_aios::{Options, Service};
use serde_json::{Value, json};

use crate::support::{Aios, changed, gateway_failed, with};

const QUERY: &str = "/clusters/query";

/// The example as `a`, and as `b` with half the memory and no nodes.
fn two() -> Aios {
    let a = changed(&vec![("/id", Some(json!("a")))]);
    let b = changed(&vec![
        ("/id", Some(json!("b"))),
        ("/memory", Some(json!(98_304))),
        ("/nodes/nodeData", Some(json!([]))),
        ("/config", None),
    ]);
    with(&Options { clusters: vec![a, b], ..Options::default() })
}

fn ids(found: &Value) -> Vec<&str> {
    found.as_array().unwrap().iter().map(|cluster| cluster["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn filters_find_whole_clusters() {
    let cases = [
        (json!({"query": {}}), vec!["a", "b"]),
        (json!({}), vec!["a", "b"]),
        (json!({"query": null}), vec!["a", "b"]),
        (json!({"query": {"id": "a"}}), vec!["a"]),
        (json!({"query": {"nodes.nodeData.id": "node-1"}}), vec!["a"]),
        (json!({"query": {"nodes.nodeData.gpus.gpus.modelName": "NVIDIA V100"}}), vec!["a"]),
        (json!({"query": {"memory": {"$gte": 100_000}}}), vec!["a"]),
        (json!({"query": {"id": {"$in": ["b", "c"]}}}), vec!["b"]),
        (json!({"query": {"$or": [{"id": "a"}, {"id": "b"}]}}), vec!["a", "b"]),
        (json!({"query": {"id": {"$regex": "^b"}}}), vec!["b"]),
        (json!({"query": {"config": {"$exists": false}}}), vec!["b"]),
        (json!({"query": {"id": "c"}}), vec![]),
        (json!({"query": {"status": "live"}}), vec![]),
    ];
    let aios = two();
    for (body, expected) in cases {
        let (status, answer) = aios.post(Service::Gateway, QUERY, &body).await;
        assert_eq!((status, &answer["success"]), (200, &json!(true)), "{body}");
        assert_eq!(ids(&answer["data"]), expected, "{body}");
        let (status, answer) = aios.post(Service::Registry, QUERY, &body).await;
        assert_eq!((status, ids(&answer)), (200, expected), "{body}");
    }
    let (_, found) = aios.post(Service::Gateway, QUERY, &json!({"query": {"id": "a"}})).await;
    assert_eq!(found["data"][0], aios.read("a").await.1["data"]);
}

#[tokio::test]
async fn bad_filters_fail_without_a_reason() {
    let aios = two();
    let text = aios.registry_error("500 Server Error: Internal Server Error", QUERY);
    for query in [json!({"id": {"$like": "a"}}), json!({"memory": "much"}), json!("a"), json!([1])]
    {
        let answer = aios.post(Service::Gateway, QUERY, &json!({"query": query})).await;
        assert_eq!(answer, gateway_failed(&text), "{query}");
    }
}
