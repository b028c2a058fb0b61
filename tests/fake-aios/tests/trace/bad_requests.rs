//! Chapter 3: what is wrong with a request, and what is taken all the same.

use fake_aios::{Service, envelope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Answer, Changes, ID, answer, as_stored, changed, empty, example, without_database_keys,
};

const PARSER: Service = Service::Parser;
const CREATE: &str = "/api/createCluster";

fn error(status: u16, text: &str) -> Answer {
    (status, json!({"error": text}))
}

fn set(pointer: &'static str, value: Value) -> Changes {
    vec![(pointer, Some(value))]
}

fn without(pointer: &'static str) -> Changes {
    vec![(pointer, None)]
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_an_error() {
    const NO_TYPE: &str = "415 Unsupported Media Type: Did not attempt to load JSON data because the request \
                           Content-Type was not 'application/json'.";
    const NO_JSON: &str = "400 Bad Request: Failed to decode JSON object: ";
    let aios = empty();
    let json_type = Some("application/json");
    let whole = envelope(&example()).to_string();
    let cases = [
        (json_type, "", 500, format!("{NO_JSON}Expecting value: line 1 column 1 (char 0)")),
        (None, "", 500, NO_TYPE.to_owned()),
        (Some("text/plain"), whole.as_str(), 500, NO_TYPE.to_owned()),
        (Some("application/x-www-form-urlencoded"), whole.as_str(), 500, NO_TYPE.to_owned()),
        (
            json_type,
            "{nope",
            500,
            format!(
                "{NO_JSON}Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"
            ),
        ),
        (json_type, "{}", 400, "Invalid JSON input".to_owned()),
        (json_type, "[]", 400, "Invalid JSON input".to_owned()),
        (json_type, "null", 400, "Invalid JSON input".to_owned()),
        (json_type, "[1]", 500, "'list' object has no attribute 'get'".to_owned()),
    ];
    for (kind, body, status, text) in cases {
        let answer = answer(aios.send_text(PARSER, CREATE, kind, body).await).await;
        assert_eq!(answer, error(status, &text), "{kind:?} {body}");
    }
    assert_eq!(aios.post(PARSER, CREATE, &example()).await, error(500, "'body'"));
    assert!(aios.fake.clusters().is_empty());
}

#[tokio::test]
async fn unusual_but_readable_bodies_are_accepted() {
    let whole = envelope(&example()).to_string();
    let cases = [
        ("application/json; charset=utf-8", whole.clone()),
        ("application/json", format!("\u{feff}{whole}")),
    ];
    for (kind, body) in cases {
        let aios = empty();
        assert_eq!(aios.send_text(PARSER, CREATE, Some(kind), &body).await.status(), 200);
        assert!(aios.fake.stored(ID).is_some(), "{kind}");
    }
    let aios = empty();
    let pieces = [whole[..100].to_owned(), whole[100..].to_owned()].map(Ok::<_, std::io::Error>);
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(pieces));
    let request =
        aios.client.post(aios.url(PARSER, CREATE)).header("content-type", "application/json");
    assert_eq!(request.body(body).send().await.unwrap().status(), 200);
    assert!(aios.fake.stored(ID).is_some(), "chunked");
}

#[tokio::test]
async fn a_missing_header_is_the_parsers_own() {
    for header in [None, Some(json!({}))] {
        let aios = empty();
        let mut whole = envelope(&example());
        whole.as_object_mut().unwrap().remove("header");
        if let Some(header) = header {
            whole["header"] = header;
        }
        assert_eq!(aios.post(PARSER, CREATE, &whole).await.0, 200);
        assert!(aios.fake.stored(ID).is_some());
    }
    let aios = empty();
    let mut whole = envelope(&example());
    whole["header"]["templateUri"] = json!("Parser/V2");
    let (status, body) = aios.post(PARSER, CREATE, &whole).await;
    let text = body["error"].as_str().unwrap();
    assert_eq!(status, 500);
    assert!(
        text.starts_with("HTTPConnectionPool(") && text.contains("/template/execute"),
        "{text}"
    );
}

#[tokio::test]
async fn a_missing_part_is_an_error_that_names_it() {
    let aios = empty();
    for key in ["gpus", "nodes", "vcpus", "storage", "network"] {
        let mut document = example();
        document.as_object_mut().unwrap().remove(key);
        assert_eq!(aios.create(&document).await, error(500, &format!("'{key}'")));
    }
    let cases = [
        ("/nodes", json!([]), "'list' object has no attribute 'get'"),
        ("/nodes", json!(null), "'NoneType' object has no attribute 'get'"),
        ("/gpus", json!([]), "'list' object has no attribute 'get'"),
    ];
    for (pointer, value, text) in cases {
        assert_eq!(aios.create(&changed(&set(pointer, value))).await, error(500, text));
    }
    assert!(aios.fake.clusters().is_empty());
}

#[tokio::test]
async fn what_the_registry_refuses_has_one_text() {
    let aios = empty();
    let cases = [
        without("/swap"),
        without("/memory"),
        without("/reputation"),
        without("/regionId"),
        without("/id"),
        without("/gpus/count"),
        without("/nodes/count"),
        without("/storage/size"),
        without("/network/txBandwidth"),
        set("/memory", json!("192GB")),
        set("/memory", json!(null)),
        set("/reputation", json!("high")),
        set("/tags", json!(null)),
        set("/tags", json!([1, {}])),
        set("/id", json!("")),
        set("/id", json!(null)),
        set("/regionId", json!("")),
        set("/clusterMetadata", json!(null)),
        set("/gpus", json!({})),
        set("/nodes", json!({})),
    ];
    for changes in cases {
        assert_eq!(
            aios.create(&changed(&changes)).await,
            aios.refused_by_registry(),
            "{changes:?}"
        );
    }
    assert!(aios.fake.clusters().is_empty());
}

/// What was changed, and how the document is then stored; the same where nothing is said.
#[tokio::test]
async fn what_the_registry_takes_it_may_coerce() {
    let cases = [
        (without("/tags"), set("/tags", json!([]))),
        (without("/config"), without("/config")),
        (without("/clusterMetadata"), without("/clusterMetadata")),
        (without("/status"), vec![]),
        (without("/nodes/nodeData"), set("/nodes/nodeData", json!([]))),
        (set("/memory", json!("196608")), set("/memory", json!(196_608))),
        (set("/memory", json!(-5)), set("/memory", json!(-5))),
        (set("/memory", json!(1.5)), set("/memory", json!(1.5))),
        (set("/memory", json!(true)), set("/memory", json!(1))),
        (
            set("/memory", json!(9_007_199_254_740_993_u64)),
            set("/memory", json!(9_007_199_254_740_992_u64)),
        ),
        (set("/swap", json!(0)), set("/swap", json!(0))),
        (
            set("/gpus", json!({"count": 0, "memory": 0})),
            set("/gpus", json!({"count": 0, "memory": 0})),
        ),
        (set("/tags", json!([])), set("/tags", json!([]))),
        (set("/tags", json!("gpu")), set("/tags", json!(["gpu"]))),
        (set("/nodes/nodeData", json!("x")), set("/nodes/nodeData", json!(["x"]))),
        (set("/nodes/nodeData", json!({"id": "a"})), set("/nodes/nodeData", json!([{"id": "a"}]))),
        (set("/nodes/nodeData", json!(null)), set("/nodes/nodeData", json!(null))),
        (set("/nodes/count", json!(77)), set("/nodes/count", json!(77))),
        (
            set("/nodes/nodeData", json!([{"id": "a"}, {"id": "a"}])),
            set("/nodes/nodeData", json!([{"id": "a"}, {"id": "a"}])),
        ),
        (set("/config", json!({})), without("/config")),
        (set("/clusterMetadata", json!({})), without("/clusterMetadata")),
        (set("/config", json!(null)), set("/config", json!(null))),
        (set("/config", json!("text")), set("/config", json!("text"))),
    ];
    let aios = empty();
    for (sent, stored) in cases {
        let (status, body) = aios.create(&changed(&sent)).await;
        let expected = as_stored(&changed(&stored));
        assert_eq!(status, 200);
        assert_eq!(without_database_keys(body["result"].clone()), expected, "{sent:?}");
        assert_eq!(without_database_keys(aios.fake.stored(ID).unwrap()), expected, "{sent:?}");
        aios.fake.remove(ID).unwrap();
    }
    assert_eq!(aios.create(&changed(&set("/id", json!(7)))).await.1["result"]["id"], "7");
}

#[tokio::test]
async fn not_a_number_is_refused_by_the_parser() {
    let aios = empty();
    let whole = envelope(&example()).to_string().replace("196608", "NaN");
    let answer =
        answer(aios.send_text(PARSER, CREATE, Some("application/json"), &whole).await).await;
    assert_eq!(answer, crate::support::refused("Out of range float values are not JSON compliant"));
    assert!(aios.fake.clusters().is_empty());
}

#[tokio::test]
async fn other_actions_are_refused() {
    let aios = empty();
    let whole = envelope(&example());
    assert_eq!(
        aios.post(PARSER, "/api/createClusters", &whole).await,
        error(500, "Invalid action: createClusters")
    );
    assert_eq!(
        aios.post(PARSER, "/api/parameterUpdate", &whole).await,
        (400, json!({"message": "Action parameterUpdate is not implemented", "success": false}))
    );
    let (status, body) = aios.post(PARSER, "/api/filter", &whole).await;
    assert_eq!(
        (status, &body["success"], &body["result"]["success"]),
        (200, &json!(true), &json!(false))
    );
}

#[tokio::test]
async fn other_methods_and_paths_are_answered_by_pages() {
    let aios = empty();
    let cases = [
        (Method::GET, PARSER, CREATE, 405),
        (Method::POST, PARSER, "/api/createCluster/", 404),
        (Method::GET, Service::Gateway, "/clusters/query", 405),
        (Method::GET, Service::Gateway, "/clusters", 404),
        (Method::GET, Service::Registry, "/clusters", 404),
    ];
    for (method, service, path, status) in cases {
        let response = aios.send(method.clone(), service, path, &json!({})).await;
        assert_eq!(response.status(), status, "{method} {path}");
        assert!(
            response.text().await.unwrap().to_lowercase().starts_with("<!doctype html>"),
            "{path}"
        );
    }
    for (service, path) in [(PARSER, CREATE), (Service::Gateway, "/clusters/create")] {
        let response = aios.send(Method::OPTIONS, service, path, &json!({})).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["allow"], "OPTIONS, POST");
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn the_registry_itself_says_what_is_wrong() {
    const REGISTRY: Service = Service::Registry;
    let aios = empty();
    let mut document = changed(&set("/memory", json!("192GB")));
    document.as_object_mut().unwrap().remove("swap");
    let text = "Cluster validation failed: memory: Cast to Number failed for value \"192GB\" (type string) at \
                path \"memory\", swap: Path `swap` is required.";
    assert_eq!(aios.post(REGISTRY, "/clusters", &document).await, error(500, text));
    let response = aios.send_text(REGISTRY, "/clusters", Some("application/json"), "{nope").await;
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    let response = aios.send_text(REGISTRY, "/clusters", None, &example().to_string()).await;
    let (status, body) = answer(response).await;
    assert_eq!(status, 500);
    assert!(body["error"].as_str().unwrap().contains("Path `swap` is required."));
    assert_eq!(aios.get(REGISTRY, "/clusters/x").await, error(404, "Cluster not found"));
    assert_eq!(aios.get(REGISTRY, "/groups").await, error(500, "groupService is not defined"));
}

#[tokio::test]
async fn the_gateway_takes_no_envelope() {
    let aios = empty();
    let (status, body) =
        aios.post(Service::Gateway, "/clusters/create", &envelope(&example())).await;
    let text = aios.registry_error("500 Server Error: Internal Server Error", "/clusters");
    assert_eq!((status, &body["data"]), (500, &json!(text)));
}
