//! Chapters 1 and 2: a cluster is created, and created again.

use fake_aios::{Route, Service, envelope};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    ID, answer, as_stored, changed, empty, example, gateway_failed, read_back, with_example,
    without_database_keys,
};

#[tokio::test]
async fn the_example_is_stored_as_it_was_sent_but_for_its_status() {
    let aios = empty();
    let (status, mut body) = aios.create(&example()).await;
    assert_eq!(status, 200);
    let result = body["result"].take();
    assert_eq!(body, json!({"result": null, "success": true, "task_id": ""}));
    assert_eq!(without_database_keys(result), read_back());
    let (status, body) = aios.read(ID).await;
    assert_eq!((status, &body["success"]), (200, &json!(true)));
    assert_eq!(without_database_keys(body["data"].clone()), read_back());
    assert_eq!(without_database_keys(aios.fake.stored(ID).unwrap()), read_back());
    assert_eq!(aios.count(Service::Parser, Route::Create), 1);
}

#[tokio::test]
async fn answers_look_like_flasks() {
    let aios = empty();
    let response =
        aios.send(Method::POST, Service::Parser, "/api/createCluster", &envelope(&example())).await;
    let header =
        |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("server").unwrap(), "Werkzeug");
    assert_eq!(header("connection").unwrap(), "close");
    assert_eq!(header("content-type").unwrap(), "application/json");
    assert_eq!(header("access-control-allow-origin"), None);
    let text = response.text().await.unwrap();
    assert!(text.starts_with("{\n  \"result\": {\n    \"__v\": 0,\n    \"_id\": "), "{text}");
}

#[tokio::test]
async fn a_second_one_with_the_same_id_is_refused_without_saying_why() {
    let aios = with_example();
    assert_eq!(aios.create(&example()).await, aios.refused_by_registry());
    let text = aios.registry_error("500 Server Error: Internal Server Error", "/clusters");
    assert_eq!(
        aios.post(Service::Gateway, "/clusters/create", &example()).await,
        gateway_failed(&text)
    );
    assert_eq!(
        aios.post(Service::Registry, "/clusters", &example()).await,
        (500, json!({"error": "E11000 duplicate key error collection: clusters.clusters"}))
    );
    assert_eq!(aios.fake.clusters().len(), 1);
}

#[tokio::test]
async fn of_eight_at_once_one_is_stored() {
    let aios = empty();
    let (request, url) = (envelope(&example()), aios.url(Service::Parser, "/api/createCluster"));
    let sent: Vec<_> =
        (0..8).map(|_| tokio::spawn(aios.client.post(&url).json(&request).send())).collect();
    let mut refused = 0;
    for sent in sent {
        let answer = answer(sent.await.unwrap().unwrap()).await;
        refused += usize::from(answer == aios.refused_by_registry());
    }
    assert_eq!((refused, aios.fake.clusters().len()), (7, 1));
}

#[tokio::test]
async fn empty_objects_vanish_and_free_form_objects_stay() {
    let aios = empty();
    let entry = json!({"id": "n", "nodeMetadata": {}, "tags": [], "zz": {"a": [{}]}});
    let sent = changed(&vec![
        ("/nodes/nodeData", Some(json!([entry, {}]))),
        ("/config", Some(json!({}))),
        ("/clusterMetadata", Some(json!({"a": {"b": {}}, "c": {"d": 1}}))),
        ("/foo", Some(json!(1))),
        ("/gpus/extra", Some(json!(1))),
        ("/nodes/extra", Some(json!(1))),
    ]);
    let stored = as_stored(&changed(&vec![
        ("/nodes/nodeData", Some(json!([{"id": "n", "tags": [], "zz": {"a": [{}]}}, {}]))),
        ("/config", None),
        ("/clusterMetadata", Some(json!({"c": {"d": 1}}))),
    ]));
    assert_eq!(aios.create(&sent).await.0, 200);
    assert_eq!(without_database_keys(aios.fake.stored(ID).unwrap()), stored);
    assert_eq!(without_database_keys(aios.read(ID).await.1["data"].clone()), stored);
}

#[tokio::test]
async fn keys_that_a_database_cannot_address_make_the_document_refused() {
    let aios = empty();
    let cases = [
        ("/nodes/nodeData", json!([{"id": "n", "nodeMetadata": {"kubernetes.io/os": "linux"}}])),
        ("/clusterMetadata", json!({"a": {"b.c": 1}})),
        ("/config", json!({"$a": 1})),
    ];
    for (pointer, value) in cases {
        let document = changed(&vec![(pointer, Some(value))]);
        assert_eq!(aios.create(&document).await, aios.refused_by_registry(), "{pointer}");
    }
    assert!(aios.fake.clusters().is_empty());
}

/// Each id as it is read back with its own characters escaped, which any client does.
#[tokio::test]
async fn some_ids_are_stored_and_never_found_again() {
    let aios = empty();
    let long = "x".repeat(300);
    let found = ["a", "a-b_c.9", "a b", "ä", "$x", &long];
    let lost = ["a/b", "..", "a?b", "a#b"];
    for id in found.into_iter().chain(lost) {
        let (_, body) = aios.create(&changed(&vec![("/id", Some(json!(id)))])).await;
        assert_eq!(body["result"]["id"], id);
    }
    let escaped = |id: &str| {
        percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    for id in found {
        assert_eq!(aios.read(&escaped(id)).await.1["data"]["id"], id);
    }
    for id in ["a/b", ".."] {
        let url = aios.url(Service::Gateway, &format!("/clusters/read/{}", escaped(id)));
        let response = aios.client.get(url).send().await.unwrap();
        assert_eq!(response.status(), 404, "{id}");
        assert!(response.text().await.unwrap().starts_with("<!doctype html>"), "{id}");
    }
    aios.fake.remove("a").unwrap();
    for id in ["a?b", "a#b"] {
        let text = aios.registry_error("404 Client Error: Not Found", &format!("/clusters/{id}"));
        assert_eq!(aios.read(&escaped(id)).await, gateway_failed(&text));
    }
}

#[tokio::test]
async fn an_escape_in_an_id_reads_and_deletes_another_cluster() {
    let aios = empty();
    for id in ["a/b", "a%2Fb"] {
        assert_eq!(aios.create(&changed(&vec![("/id", Some(json!(id)))])).await.0, 200);
    }
    assert_eq!(aios.read("a%252Fb").await.1["data"]["id"], "a/b");
    assert_eq!(aios.delete("/clusters/delete/a%252Fb").await.0, 200);
    assert!(aios.fake.stored("a/b").is_none());
    assert!(aios.fake.stored("a%2Fb").is_some());
}

#[tokio::test]
async fn authorization_changes_nothing() {
    let aios = with_example();
    let url = aios.url(Service::Gateway, &format!("/clusters/read/{ID}"));
    let response = aios.client.get(url).header("authorization", "Bearer x").send().await.unwrap();
    assert_eq!(response.status(), 200);
}
