//! Chapter 5: pieces that are down.

use std::time::Duration;

use fake_aios::{Fault, Route, Service, envelope};
use serde_json::json;

use crate::support::{Aios, Answer, ID, empty, example, gateway_failed, with_example};

const GATEWAY: Service = Service::Gateway;

/// The text of a Parser's refusal.
fn reason(answer: &Answer) -> String {
    assert_eq!(
        (answer.0, &answer.1["success"], &answer.1["task_id"]),
        (200, &json!(true), &json!(""))
    );
    assert_eq!(answer.1["result"][0], false);
    answer.1["result"][1].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_parser_says_that_the_gateway_is_down() {
    let aios = empty();
    let port = aios.fake.address(GATEWAY).unwrap().port();
    let begins = format!(
        "HTTPConnectionPool(host='127.0.0.1', port={port}): Max retries exceeded with url: /clusters/create \
         (Caused by NewConnectionError("
    );
    aios.fake.inject(Fault::GatewayDown.once());
    let text = reason(&aios.create(&example()).await);
    assert!(text.starts_with(&begins) && text.contains("Connection refused"), "{text}");
    aios.fake.stop(GATEWAY);
    assert!(reason(&aios.create(&example()).await).starts_with(&begins));
    aios.fake.resume(GATEWAY);
    assert_eq!(aios.create(&example()).await.1["result"]["id"], ID);
}

async fn each_way_through(aios: &Aios) -> Vec<Answer> {
    vec![
        aios.post(GATEWAY, "/clusters/create", &example()).await,
        aios.read(ID).await,
        aios.update(ID, &json!({"memory": 1})).await,
        aios.delete(&format!("/clusters/delete/{ID}")).await,
        aios.post(GATEWAY, "/clusters/query", &json!({"query": {}})).await,
    ]
}

#[tokio::test]
async fn everybody_says_that_the_registry_is_down() {
    let aios = with_example();
    let before = aios.fake.clusters();
    aios.fake.stop(Service::Registry);
    let port = aios.fake.address(Service::Registry).unwrap().port();
    let begins = format!("Error occurred: HTTPConnectionPool(host='127.0.0.1', port={port})");
    assert!(reason(&aios.create(&example()).await).starts_with(&begins));
    for (status, body) in each_way_through(&aios).await {
        assert_eq!((status, &body["success"]), (500, &json!(false)));
        assert!(body["data"].as_str().unwrap().starts_with(&begins), "{body}");
    }
    assert_eq!(aios.fake.clusters(), before);
    aios.fake.resume(Service::Registry);
    assert_eq!(aios.read(ID).await.0, 200);
}

#[tokio::test]
async fn without_a_database_everything_fails() {
    let aios = with_example();
    let before = aios.fake.clusters();
    let after = Duration::from_millis(40);
    aios.fake.inject(Fault::DatabaseDown { after });
    assert_eq!(aios.create(&example()).await, aios.refused_by_registry());
    for (status, body) in each_way_through(&aios).await {
        assert_eq!(status, 500);
        let text = "HTTP error occurred: 500 Server Error: Internal Server Error for url: ";
        assert!(body["data"].as_str().unwrap().starts_with(text), "{body}");
    }
    let (status, body) = aios.post(Service::Registry, "/clusters", &example()).await;
    let text = "Operation `clusters.insertOne()` buffering timed out after 10000ms";
    assert_eq!((status, body), (500, json!({"error": text})));
    assert_eq!(aios.fake.clusters(), before);
    aios.fake.clear_faults();
    assert_eq!(aios.read(ID).await.0, 200);
}

#[tokio::test]
async fn without_a_database_an_answer_takes_its_time() {
    let aios = with_example();
    let (patience, after) = (Duration::from_millis(50), Duration::from_secs(30));
    aios.fake.inject(Fault::DatabaseDown { after });
    let url = aios.url(GATEWAY, &format!("/clusters/read/{ID}"));
    let error = aios.client.get(url).timeout(patience).send().await.unwrap_err();
    assert!(error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn with_its_task_database_the_parser_does_nothing() {
    let aios = empty();
    aios.fake.inject(Fault::TaskDatabase.always().at(Service::Parser).on(Route::Create));
    let text = "create_task() got an unexpected keyword argument 'payload'";
    assert_eq!(aios.create(&example()).await, (500, json!({"error": text})));
    assert!(aios.fake.clusters().is_empty());
}

#[tokio::test]
async fn a_stopped_service_refuses_connections() {
    let aios = empty();
    aios.fake.stop(Service::Parser);
    let url = aios.url(Service::Parser, "/api/createCluster");
    let error = aios.client.post(&url).json(&envelope(&example())).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    aios.fake.resume(Service::Parser);
    assert_eq!(aios.create(&example()).await.0, 200);
}

#[tokio::test]
async fn what_is_down_at_its_own_port_resets() {
    let aios = with_example();
    aios.fake.inject(Fault::GatewayDown.once());
    let url = aios.url(GATEWAY, &format!("/clusters/read/{ID}"));
    assert!(aios.client.get(&url).send().await.is_err());
    assert_ne!(aios.read(ID).await, gateway_failed(""));
    assert_eq!(aios.read(ID).await.0, 200);
}
