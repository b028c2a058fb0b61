//! What goes wrong on the way: whether the request was carried out, and what its sender sees.

use std::time::Duration;

use fake_aios::{Fault, FaultRule, Options, Policy, Route, Service, Tls, envelope};
use reqwest::{Client, Response};
use serde_json::json;

use crate::support::{
    Aios, ID, empty, example, refused, with, with_example, without_database_keys,
};

async fn submit(aios: &Aios) -> reqwest::Result<Response> {
    aios.client
        .post(aios.url(Service::Parser, "/api/createCluster"))
        .json(&envelope(&example()))
        .send()
        .await
}

fn here(fault: Fault) -> FaultRule {
    fault.once().at(Service::Parser).on(Route::Create)
}

#[tokio::test]
async fn a_reset_comes_before_or_after_the_commit() {
    for (fault, is_stored) in [(Fault::Reset, false), (Fault::LoseAnswer, true)] {
        let aios = empty();
        aios.fake.inject(here(fault.clone()));
        let error = submit(&aios).await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{error:?}");
        assert!(format!("{error:?}").contains("ConnectionReset"), "{error:?}");
        assert_eq!(aios.fake.stored(ID).is_some(), is_stored, "{fault:?}");
        assert_eq!(aios.count(Service::Parser, Route::Create), 1);
        // It was for one request only.
        let refused =
            submit(&aios).await.unwrap().text().await.unwrap().contains("500 Server Error");
        assert_eq!(refused, is_stored);
    }
}

#[tokio::test]
async fn an_answer_may_come_too_late_to_a_request_that_is_carried_out() {
    let delay = Duration::from_millis(50);
    for fault in [Fault::DelayAnswer(delay), Fault::DelayRequest(delay)] {
        let aios = empty();
        aios.fake.inject(here(fault.clone()));
        submit_and_go(&aios).await;
        assert!(is_stored_soon(&aios).await, "{fault:?}");
    }
    let aios = empty();
    aios.fake.inject(here(Fault::DelayAnswer(delay)));
    assert_eq!(submit(&aios).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_request_may_hang_for_ever() {
    let aios = empty();
    aios.fake.inject(here(Fault::Hang));
    submit_and_go(&aios).await;
    assert_eq!(aios.create(&example()).await.1["result"]["id"], ID);
}

/// Sends the example, and hangs up once that has arrived.
async fn submit_and_go(aios: &Aios) {
    let request = aios.client.post(aios.url(Service::Parser, "/api/createCluster"));
    let sending = tokio::spawn(request.json(&envelope(&example())).send());
    while aios.count(Service::Parser, Route::Create) == 0 {
        assert!(!sending.is_finished(), "it was answered before it arrived");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    sending.abort();
    assert!(sending.await.unwrap_err().is_cancelled());
}

/// Whether it is stored before a long time is over.
async fn is_stored_soon(aios: &Aios) -> bool {
    for _ in 0..1000 {
        if aios.fake.stored(ID).is_some() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn something_in_between_may_answer_in_its_place() {
    let aios = empty();
    aios.fake.inject(here(Fault::Html { status: 502 }));
    aios.fake.inject(here(Fault::Html { status: 200 }));
    let location = "http://127.0.0.1:1/elsewhere";
    aios.fake.inject(here(Fault::Redirect { status: 307, location: location.to_owned() }));
    let response = submit(&aios).await.unwrap();
    assert_eq!(response.status(), 502);
    assert_eq!(response.headers()["content-type"], "text/html");
    // The rules befall one request together, and the first answers.
    assert_eq!(submit(&aios).await.unwrap().status(), 200);
    assert!(aios.fake.stored(ID).is_some());

    let aios = empty();
    aios.fake.inject(here(Fault::Redirect { status: 307, location: location.to_owned() }));
    let response = submit(&aios).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["location"]),
        (307, &location.parse().unwrap())
    );
    aios.fake.inject(here(Fault::Html { status: 200 }));
    assert!(submit(&aios).await.unwrap().text().await.unwrap().starts_with("<html>"));
    assert!(aios.fake.clusters().is_empty());
}

#[tokio::test]
async fn an_answer_may_be_huge() {
    let aios = empty();
    aios.fake.inject(here(Fault::Huge { bytes: 200_000_000 }));
    let mut response = submit(&aios).await.unwrap();
    assert_eq!((response.status().as_u16(), response.content_length()), (200, None));
    let mut bytes = 0;
    while let Some(piece) = response.chunk().await.unwrap() {
        bytes += piece.len();
        if bytes > 1_000_000 {
            break;
        }
    }
    assert!(bytes > 1_000_000);
    assert!(aios.fake.stored(ID).is_some());
}

#[tokio::test]
async fn an_answer_may_come_in_drops() {
    let aios = empty();
    aios.fake.inject(here(Fault::Slow { piece: 500, pause: Duration::from_millis(5) }));
    let mut response = submit(&aios).await.unwrap();
    let mut pieces = Vec::new();
    while let Some(piece) = response.chunk().await.unwrap() {
        pieces.push(piece);
    }
    assert!(pieces.len() > 3 && pieces.iter().all(|piece| piece.len() <= 500), "{}", pieces.len());
    let body: serde_json::Value = serde_json::from_slice(&pieces.concat()).unwrap();
    assert_eq!(body["result"]["id"], ID);
}

#[tokio::test]
async fn an_answer_may_break_off() {
    let aios = empty();
    aios.fake.inject(here(Fault::CutBody));
    let mut response = submit(&aios).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(!response.chunk().await.unwrap().unwrap().is_empty());
    assert!(response.chunk().await.is_err());
    assert!(aios.fake.stored(ID).is_some());
}

#[tokio::test]
async fn a_policy_may_be_a_fault_too() {
    let aios = empty();
    aios.fake.inject(here(Fault::Policy(Policy::Deny("no".to_owned()))));
    let text = "Error occurred: cluster not allowed to be added: no";
    assert_eq!(aios.create(&example()).await, refused(text));
    assert_eq!(aios.create(&example()).await.1["result"]["id"], ID);
}

#[tokio::test]
async fn a_fault_befalls_its_route_until_it_is_cleared() {
    let aios = with_example();
    aios.fake.inject(Fault::Html { status: 502 }.always().at(Service::Gateway).on(Route::Update));
    for _ in 0..3 {
        assert_eq!(aios.read(ID).await.0, 200);
        let url = aios.url(Service::Gateway, &format!("/clusters/update/{ID}"));
        assert_eq!(
            aios.client.put(&url).json(&json!({"memory": 1})).send().await.unwrap().status(),
            502
        );
    }
    aios.fake.clear_faults();
    assert_eq!(aios.update(ID, &json!({"memory": 1})).await.0, 200);
}

#[tokio::test]
async fn requests_are_remembered_with_their_bytes() {
    let aios = empty();
    aios.create(&example()).await;
    aios.client.get(aios.url(Service::Gateway, "/nope?x=1")).send().await.unwrap();
    let received = aios.fake.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, envelope(&example()).to_string());
    assert_eq!((received[0].json(), received[1].json()), (Some(envelope(&example())), None));
    assert_eq!((received[0].service, received[0].route), (Service::Parser, Some(Route::Create)));
    assert_eq!(
        (received[1].method.as_str(), received[1].path.as_str(), received[1].route),
        ("GET", "/nope", None)
    );
    assert!(received[0].at <= received[1].at);
    aios.fake.forget_received();
    assert!(aios.fake.received().is_empty());
}

#[tokio::test]
async fn documents_may_be_put_and_removed_by_hand() {
    let aios = empty();
    aios.fake.put(json!({"id": "a", "nodes": {"count": 1, "nodeData": [null]}}));
    aios.fake.put(json!({"id": "a", "nodes": {"count": 2, "nodeData": [null]}}));
    assert_eq!(aios.read("a").await.1["data"]["nodes"]["count"], 2);
    assert_eq!(aios.fake.clusters().len(), 1);
    aios.fake.remove("a").unwrap();
    assert_eq!(aios.read("a").await.0, 500);
}

#[tokio::test]
async fn the_parser_may_speak_tls() {
    let made = rcgen::generate_simple_self_signed(vec!["parser.example".to_owned()]).unwrap();
    let tls = Tls {
        certificates_pem: made.cert.pem().into_bytes(),
        key_pem: made.signing_key.serialize_pem().into_bytes(),
    };
    let aios = with(&Options { parser_tls: Some(tls), ..Options::default() });
    let address = aios.fake.address(Service::Parser).unwrap();
    let trusted = reqwest::Certificate::from_pem(made.cert.pem().as_bytes()).unwrap();
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([trusted])
        .resolve("parser.example", address)
        .resolve("other.example", address)
        .build()
        .unwrap();
    let send = async |host: &str| {
        let url = format!("https://{host}:{}/api/createCluster", address.port());
        client.post(url).json(&envelope(&example())).send().await
    };
    let error = send("other.example").await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert!(
        aios.client.post(aios.url(Service::Parser, "/api/createCluster")).send().await.is_err()
    );
    assert!(aios.fake.received().is_empty());
    assert_eq!(send("parser.example").await.unwrap().status(), 200);
    assert!(without_database_keys(aios.fake.stored(ID).unwrap()).is_object());
}

#[tokio::test]
async fn dropping_it_closes_its_ports() {
    let aios = empty();
    let address = aios.fake.address(Service::Parser).unwrap();
    assert!(std::net::TcpStream::connect(address).is_ok());
    drop(aios.fake);
    assert!(std::net::TcpStream::connect(address).is_err());
}
