//! Chapter 7: reading, updating, deleting at the gateway.

use fake_aios::Service;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Aios, ID, changed, empty, example, gateway_failed, read_back, with_example,
    without_database_keys,
};

#[tokio::test]
async fn an_absent_cluster_is_an_error_of_500() {
    let aios = empty();
    let text = aios.registry_error("404 Client Error: Not Found", "/clusters/nope");
    assert_eq!(aios.read("nope").await, gateway_failed(&text));
    assert_eq!(aios.update("nope", &json!({"memory": 1})).await, gateway_failed(&text));
    assert_eq!(aios.delete("/clusters/delete/nope").await, gateway_failed(&text));
}

#[tokio::test]
async fn head_works() {
    let aios = with_example();
    let response = aios
        .send(Method::HEAD, Service::Gateway, &format!("/clusters/read/{ID}"), &json!({}))
        .await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn a_deleted_cluster_may_come_again() {
    let aios = with_example();
    let path = format!("/clusters/delete/{ID}");
    let done = json!({"data": {"message": "Cluster deleted"}, "success": true});
    assert_eq!(aios.delete(&path).await, (200, done));
    assert_eq!(aios.delete(&path).await.0, 500);
    assert_eq!(aios.create(&example()).await.1["result"]["id"], ID);
}

/// Updates the example; the answer must be what is read afterwards.
async fn updated(aios: &Aios, update: &Value) -> Value {
    let (status, body) = aios.update(ID, update).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)), "{update}");
    assert_eq!(aios.read(ID).await.1["data"], body["data"], "{update}");
    without_database_keys(body["data"].clone())
}

/// An update, and what it leaves at a JSON pointer.
#[tokio::test]
async fn dotted_paths_are_set_and_nothing_else() {
    let entries = example()["nodes"]["nodeData"].clone();
    let cases = [
        (json!({"memory": 7, "regionId": "r9"}), "/memory", json!(7)),
        (json!({"memory": 7, "regionId": "r9"}), "/regionId", json!("r9")),
        (json!({"nodes.nodeData.0.swap": 4321}), "/nodes/nodeData/0/swap", json!(4321)),
        (
            json!({"nodes.nodeData.0.gpus.gpus.0.memory": 1}),
            "/nodes/nodeData/0/gpus/gpus/0/memory",
            json!(1),
        ),
        (json!({"nodes.nodeData.1.zz": {"a": []}}), "/nodes/nodeData/1/zz", json!({"a": []})),
        (json!({"nodes.nodeData.1.tags": ["x"]}), "/nodes/nodeData/1/tags", json!(["x"])),
        (json!({"clusterMetadata.status": "live"}), "/clusterMetadata/status", json!("live")),
        (json!({"config.urlMap": {"a": "b"}}), "/config/urlMap", json!({"a": "b"})),
        (json!({"memory": "192"}), "/memory", json!(192)),
        (json!({"memory": null}), "/memory", json!(null)),
        (json!({"tags": "one"}), "/tags", json!(["one"])),
        (json!({"nodes.count": 9}), "/nodes/count", json!(9)),
        (json!({"nodes.nodeData": {"id": "x"}}), "/nodes/nodeData", json!([{"id": "x"}])),
        (json!({"nodes.nodeData.1": null}), "/nodes/nodeData", json!([entries[0], null])),
        (json!({"nodes.nodeData.2": {"id": "x"}}), "/nodes/nodeData/2", json!({"id": "x"})),
    ];
    let aios = with_example();
    let before = aios.fake.stored(ID).unwrap();
    for (update, pointer, value) in cases {
        aios.fake.put(before.clone());
        let mut after = updated(&aios, &update).await;
        assert_eq!(after.pointer(pointer), Some(&value), "{update}");
        // With what was set put back, all is as before.
        for path in update.as_object().unwrap().keys() {
            let pointer = format!("/{}", path.replace('.', "/"));
            let before = read_back().pointer(&pointer).cloned();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            match (before, after.pointer_mut(parent).unwrap()) {
                (Some(before), Value::Object(map)) => drop(map.insert(key.to_owned(), before)),
                (None, Value::Object(map)) => drop(map.remove(key)),
                (Some(before), Value::Array(items)) => {
                    items[key.parse::<usize>().unwrap()] = before;
                }
                (_, Value::Array(items)) => drop(items.pop()),
                _ => panic!("{path}"),
            }
        }
        assert_eq!(after, read_back(), "{update}");
    }
}

#[tokio::test]
async fn what_the_schema_does_not_know_vanishes_silently() {
    let updates = [
        json!({"status": "live"}),
        json!({"foo": 1, "bar.baz": 2}),
        json!({"gpus.extra": 1, "nodes.extra": 2}),
        json!({}),
        json!([1]),
        json!({"$set": {"memory": 1}}),
        json!({"$push": {"nodes.nodeData": {"id": "x"}}}),
    ];
    let aios = with_example();
    let before = aios.fake.stored(ID);
    for update in updates {
        assert_eq!(updated(&aios, &update).await, read_back(), "{update}");
        assert_eq!(aios.fake.stored(ID), before, "{update}");
    }
}

#[tokio::test]
async fn an_empty_object_is_stored_and_never_shown() {
    let aios = with_example();
    let after =
        updated(&aios, &json!({"clusterMetadata": {}, "nodes.nodeData.0.nodeMetadata": {}})).await;
    assert!(after.get("clusterMetadata").is_none());
    assert!(after["nodes"]["nodeData"][0].get("nodeMetadata").is_none());
    let stored = aios.fake.stored(ID).unwrap();
    assert_eq!(stored["clusterMetadata"], json!({}));
    assert_eq!(stored["nodes"]["nodeData"][0]["nodeMetadata"], json!({}));
}

#[tokio::test]
async fn nodes_set_as_a_whole_lose_what_was_not_sent() {
    let aios = with_example();
    let after = updated(&aios, &json!({"nodes": {"count": 3}})).await;
    assert_eq!(after["nodes"], json!({"count": 3, "nodeData": []}));
    // In what is absent now an index is a key like any other.
    let after = updated(&aios, &json!({"nodes.nodeData.0": {"id": "a"}})).await;
    assert_eq!(after["nodes"]["nodeData"], json!([{"0": {"id": "a"}}]));
    let whole = json!({"count": 2, "nodeData": [{"id": "a"}, {"id": "b"}]});
    assert_eq!(updated(&aios, &json!({"nodes": whole})).await["nodes"], whole);
}

#[tokio::test]
async fn a_gap_is_filled_with_nulls() {
    let aios = with_example();
    let first = json!({"id": "a"});
    let after = updated(&aios, &json!({"nodes.nodeData.2": first})).await;
    assert_eq!(after["nodes"]["nodeData"].as_array().unwrap().len(), 3);
    let after = updated(&aios, &json!({"nodes.nodeData.6": {"id": "b"}})).await;
    let entries = after["nodes"]["nodeData"].as_array().unwrap();
    assert_eq!(entries[3..], [json!(null), json!(null), json!(null), json!({"id": "b"})]);
    let after = updated(&aios, &json!({"nodes.nodeData.9.swap": 1})).await;
    let entries = after["nodes"]["nodeData"].as_array().unwrap();
    assert_eq!(entries[7..], [json!(null), json!(null), json!({"swap": 1})]);
}

#[tokio::test]
async fn a_bad_update_changes_nothing() {
    let updates = [
        json!({"memory": "192GB"}),
        json!({"nodes.nodeData.-1": {}}),
        json!({"nodes.nodeData.foo": {}}),
        json!({"regionId": "r9", "nodes.nodeData": [], "nodes.nodeData.0.swap": 1}),
        json!({"_id": "x"}),
        json!({"id": "taken"}),
        json!({"config": {"a.b": 1}}),
        json!({"nodes.nodeData.0.nodeMetadata": {"kubernetes.io/os": "linux"}}),
    ];
    let aios = with_example();
    aios.create(&changed(&vec![("/id", Some(json!("taken")))])).await;
    let before = aios.fake.clusters();
    let path = format!("/clusters/{ID}");
    let text = aios.registry_error("500 Server Error: Internal Server Error", &path);
    for update in updates {
        assert_eq!(aios.update(ID, &update).await, gateway_failed(&text), "{update}");
        assert_eq!(aios.fake.clusters(), before, "{update}");
    }
}

#[tokio::test]
async fn an_id_can_be_renamed() {
    let aios = with_example();
    assert_eq!(aios.update(ID, &json!({"id": "new"})).await.1["data"]["id"], "new");
    assert_eq!(aios.read(ID).await.0, 500);
    assert_eq!(aios.read("new").await.0, 200);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_named_in_data() {
    let aios = with_example();
    let put = |kind: Option<&'static str>| {
        let request =
            aios.client.put(aios.url(Service::Gateway, &format!("/clusters/update/{ID}")));
        let request = request.body("{nope");
        kind.into_iter().fold(request, |request, kind| request.header("content-type", kind)).send()
    };
    for (kind, begins) in
        [(Some("application/json"), "400 Bad Request: "), (None, "415 Unsupported Media Type: ")]
    {
        let (status, body) = crate::support::answer(put(kind).await.unwrap()).await;
        assert_eq!((status, &body["success"]), (500, &json!(false)));
        assert!(body["data"].as_str().unwrap().starts_with(begins), "{body}");
    }
}

#[tokio::test]
async fn the_registry_itself_takes_operators() {
    let aios = with_example();
    let path = format!("/clusters/{ID}");
    let put = async |update: Value| {
        let response = aios.send(Method::PUT, Service::Registry, &path, &update).await;
        crate::support::answer(response).await
    };
    let (status, body) = put(json!({"$push": {"nodes.nodeData": {"id": "x"}}})).await;
    assert_eq!((status, &body["nodes"]["nodeData"][2]), (200, &json!({"id": "x"})));
    assert!(put(json!({"$unset": {"config": 1}})).await.1.get("config").is_none());
    assert_eq!(put(json!({"memory": 44})).await.1["memory"], 44);
}
