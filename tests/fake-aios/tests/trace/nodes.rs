//! Chapter 8: adding a node, and why it hardly ever works.

use fake_aios::{Options, Service, envelope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Aios, Answer, ID, answer, changed, example, refused, with, with_example};

const GATEWAY: Service = Service::Gateway;

#[tokio::test]
async fn the_parsers_add_node_fails_in_every_form() {
    let aios = with_example();
    let before = aios.fake.clusters();
    let node = example()["nodes"]["nodeData"][0].clone();
    let mut without_gpus = node.clone();
    without_gpus.as_object_mut().unwrap().remove("gpus");
    let nested = |node: &Value| envelope(&json!({"cluster_id": ID, "node_data": node}));
    let error = |text: &str| (500, json!({"error": text}));
    let cases = [
        (nested(&node), refused("Expecting value: line 1 column 1 (char 0)")),
        (envelope(&node), error("'NoneType' object has no attribute 'get'")),
        (nested(&without_gpus), error("'gpus'")),
        (node, error("'body'")),
    ];
    for (body, expected) in cases {
        assert_eq!(aios.post(Service::Parser, "/api/addNode", &body).await, expected, "{body}");
    }
    assert_eq!(aios.fake.clusters(), before);
    let path = format!("/nodes/add-node-to-cluster/{ID}");
    assert_eq!(aios.send(Method::POST, GATEWAY, &path, &json!({})).await.status(), 404);
}

/// A cluster whose urlMap names a membership server.
async fn joined(aios: &Aios, server: Value) {
    let update = json!({"config.urlMap": {"membershipServer": server}});
    assert_eq!(aios.update(ID, &update).await.0, 200);
}

async fn each_call(aios: &Aios, id: &str) -> Vec<(bool, Answer)> {
    let mut answers = vec![(false, aios.get(GATEWAY, &format!("/sync-cluster/{id}")).await)];
    for path in ["pre-checks", "join-node", "remove-node", "dry_run"] {
        let answer = aios.post(GATEWAY, &format!("/{path}/{id}"), &json!({"id": "x"})).await;
        answers.push((path == "dry_run", answer));
    }
    answers
}

async fn assert_each_says(aios: &Aios, id: &str, text: &str) {
    for (is_dry_run, answer) in each_call(aios, id).await {
        let mut body = json!({"error": text});
        if !is_dry_run {
            body["success"] = json!(false);
        }
        assert_eq!(answer, (500, body));
    }
}

#[tokio::test]
async fn before_the_infrastructure_exists_nothing_of_it_works() {
    let aios = with_example();
    assert_each_says(&aios, ID, "config did not provide URL MAP").await;
    let text = aios.registry_error("404 Client Error: Not Found", "/clusters/nope");
    assert_each_says(&aios, "nope", &text).await;
    let no_config = changed(&vec![("/config", None)]);
    let aios = with(&Options { clusters: vec![no_config], ..Options::default() });
    assert_each_says(&aios, ID, "'config'").await;
}

#[tokio::test]
async fn the_gateways_sync_can_never_work() {
    let aios = with_example();
    let url = aios.fake.membership_url(ID);
    joined(&aios, json!(url)).await;
    let text = format!("405 Client Error: METHOD NOT ALLOWED for url: {url}/sync-cluster");
    let expected = (500, json!({"error": text, "success": false}));
    assert_eq!(aios.get(GATEWAY, &format!("/sync-cluster/{ID}")).await, expected);
    joined(&aios, json!(["http://x:30501"])).await;
    let text = "No connection adapters were found for \"['http://x:30501']/sync-cluster\"";
    let expected = (500, json!({"error": text, "success": false}));
    assert_eq!(aios.get(GATEWAY, &format!("/sync-cluster/{ID}")).await, expected);
}

#[tokio::test]
async fn a_dry_run_tells_whether_the_cluster_would_take_a_node() {
    let aios = with_example();
    joined(&aios, json!(aios.fake.membership_url(ID))).await;
    let node = json!({"id": "node-3"});
    for allowed in [true, false] {
        aios.fake.set_nodes_allowed(allowed);
        let (status, body) = aios.post(GATEWAY, &format!("/dry_run/{ID}"), &node).await;
        assert_eq!(status, 200);
        assert_eq!(
            (&body["allowed"], &body["data"], &body["success"]),
            (&json!(allowed), &node, &json!(true))
        );
        assert_eq!(body["cluster_response"]["allowed"], allowed);
    }
}

#[tokio::test]
async fn the_gateway_joins_and_removes_through_the_membership_service() {
    let aios = with_example();
    joined(&aios, json!(aios.fake.membership_url(ID))).await;
    let node = example()["nodes"]["nodeData"][0].clone();
    let (status, _) =
        aios.post(GATEWAY, &format!("/join-node/{ID}"), &json!({"node_data": node})).await;
    assert_eq!(status, 200);
    let stored = aios.fake.stored(ID).unwrap();
    assert_eq!((&stored["nodes"]["count"], &stored["nodes"]["nodeData"][2]), (&json!(3), &node));
    let (status, _) =
        aios.post(GATEWAY, &format!("/remove-node/{ID}"), &json!({"node_id": "node-1"})).await;
    assert_eq!((status, &aios.fake.stored(ID).unwrap()["nodes"]["count"]), (200, &json!(1)));
    joined(&aios, json!("http://127.0.0.1:1")).await;
    let path = format!("/remove-node/{ID}");
    let (status, body) = aios.post(GATEWAY, &path, &json!({"node_id": "node-2"})).await;
    assert_eq!(status, 500);
    assert!(body["error"].as_str().unwrap().contains("http://127.0.0.1:1/remove-node"), "{body}");
    joined(&aios, json!(aios.fake.membership_url(ID))).await;
    aios.fake.stop(Service::Membership);
    let (status, _) =
        aios.post(GATEWAY, &format!("/remove-node/{ID}"), &json!({"node_id": "node-2"})).await;
    assert_eq!(status, 500);
}

#[tokio::test]
async fn the_membership_service_answers_on_its_own_port() {
    let aios = with_example();
    let response =
        aios.client.post(format!("{}/sync-cluster", aios.fake.membership_url(ID))).send().await;
    assert_eq!(response.unwrap().status(), 405);
    let response =
        aios.client.get(format!("{}/sync-cluster", aios.fake.membership_url(ID))).send().await;
    assert_eq!(answer(response.unwrap()).await.0, 200);
    assert_eq!(aios.fake.stored(ID).unwrap()["nodes"]["count"], 0);
}
