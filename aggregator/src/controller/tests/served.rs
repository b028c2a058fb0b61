//! What the controller answers to who asks: kubelet, Prometheus and a browser.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::super::live::{self, Source};
use super::super::view::tests::inventory;
use super::super::{listener, metrics};
use super::lacks_memory;
use super::stage::{PATIENCE, Stage};

/// What is served, and where.
struct Served {
    stage: Stage,
    addresses: [String; 2],
}

impl Served {
    async fn start(nodes: &[&str]) -> Self {
        let stage = Stage::new(nodes, &json!({}));
        let (shared, leader) = (Arc::clone(&stage.shared), Arc::clone(&stage.leader));
        let [small, page] = ["127.0.0.1:0", "127.0.0.1:0"].map(listener::bind);
        let (small, page): (TcpListener, TcpListener) = (small.await.unwrap(), page.await.unwrap());
        let addresses = [&small, &page].map(|it| it.local_addr().unwrap().to_string());
        let registry = metrics::Metrics::default().registry(&shared, &leader);
        let source = Source::new(stage.api.client(), Arc::clone(&shared), Arc::clone(&leader));
        tokio::spawn(listener::serve(small, shared, leader, registry));
        let address = addresses[1].clone();
        tokio::spawn(async move { live::serve(page, source, &address).await });
        Self { stage, addresses }
    }

    async fn get(&self, listener: usize, path: &str) -> (StatusCode, String) {
        get(&self.addresses[listener], path).await
    }
}

async fn get(address: &str, path: &str) -> (StatusCode, String) {
    let mut line = TcpStream::connect(address).await.unwrap();
    let asked = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n");
    line.write_all(asked.as_bytes()).await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// The listeners of [`Served`].
const SMALL: usize = 0;
const PAGE: usize = 1;

#[tokio::test]
async fn it_is_ready_once_all_is_seen() {
    let served = Served::start(&["a"]).await;
    assert_eq!(served.get(SMALL, "/healthz").await, (StatusCode::OK, "ok\n".to_owned()));
    assert_eq!(served.get(SMALL, "/readyz").await, (StatusCode::OK, "ok\n".to_owned()));
    let (status, told) = served.get(SMALL, "/metrics").await;
    assert!(status.is_success() && told.contains("aios_inventory_aggregator_ready 1\n"), "{told}");
    assert!(told.contains("aios_inventory_aggregator_leads 0\n"), "{told}");
    served.stage.unlists();
    let unknown = "the Nodes were not listed yet\n".to_owned();
    assert_eq!(served.get(SMALL, "/readyz").await, (StatusCode::SERVICE_UNAVAILABLE, unknown));
    let (_, told) = served.get(SMALL, "/metrics").await;
    assert!(told.contains("aios_inventory_aggregator_ready 0\n"), "{told}");
}

#[tokio::test]
async fn who_asks_for_another_host_is_refused() {
    let served = Served::start(&["a"]).await;
    let mut line = TcpStream::connect(&served.addresses[PAGE]).await.unwrap();
    line.write_all(b"GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.0 403") && answer.contains("nosniff"), "{answer}");
}

#[tokio::test]
async fn the_document_is_served_once_it_is_known() {
    let served = Served::start(&["a", "b"]).await;
    let (status, text) = served.get(PAGE, "/cluster.json").await;
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((status, &document["memory"]), (StatusCode::OK, &json!(2 * 65_536)));
    served.stage.reports("a", lacks_memory);
    let (_, text) = served.get(PAGE, "/cluster.json").await;
    assert!(text.contains("1 of 2 nodes"), "{text}");
    served.stage.unlists();
    let unknown = "the Nodes were not listed yet\n".to_owned();
    let answer = served.get(PAGE, "/cluster.json").await;
    assert_eq!(answer, (StatusCode::SERVICE_UNAVAILABLE, unknown));
}

#[tokio::test]
async fn each_node_has_a_page_and_the_cluster_s_page_says_who_looks_at_aios() {
    let served = Served::start(&["a"]).await;
    let (status, page) = served.get(PAGE, "/").await;
    assert!(status.is_success() && page.contains("No replica leads at this time"));
    let object = serde_json::to_value(inventory("a", "a", "True")).unwrap();
    served.stage.api.put("/apis/inventory.aios/v1alpha1/nodeinventories/a", object);
    let (status, page) = served.get(PAGE, "/node/a").await;
    assert!(status.is_success() && page.contains("65,536 MiB") && !page.contains("cannot get"));
    // What is kept of it is shown where it cannot be asked for.
    served.stage.api.refuse("nodeinventories", StatusCode::FORBIDDEN);
    let (status, page) = served.get(PAGE, "/node/a").await;
    assert!(status.is_success() && page.contains("65,536 MiB") && page.contains("cannot get"));
    assert_eq!(served.get(PAGE, "/node/b").await.0, StatusCode::NOT_FOUND);
    assert_eq!(served.get(PAGE, "/other").await.0, StatusCode::NOT_FOUND);
    served.stage.unlists();
    for path in ["/", "/node/a"] {
        let (status, page) = served.get(PAGE, path).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.contains("the Nodes were not listed yet"));
    }
}

#[tokio::test]
async fn the_page_says_what_came_of_the_look_at_aios_where_it_was_made() {
    let mut served = Served::start(&["a"]).await;
    let address = served.addresses[PAGE].clone();
    let leader = Arc::clone(&served.stage.leader);
    let page = async || {
        served.stage.keeper.turn().await;
        get(&address, "/").await.1
    };
    let page = leader.hold_while(PATIENCE, page).await.unwrap();
    assert!(page.contains("AIOS says what is true of 1 nodes"));
    // Another one has the Lease.
    let lease = json!({ "spec": { "holderIdentity": "b-pod_1", "leaseDurationSeconds": 3600 } });
    served
        .stage
        .api
        .put("/apis/coordination.k8s.io/v1/namespaces/ns/leases/inventory-aggregator", lease);
    let page = async || get(&address, "/").await.1;
    let seen = async || {
        let mut standing = leader.standing();
        standing.wait_for(|seen| seen.holder.is_some()).await.unwrap();
    };
    tokio::select! {
        never = leader.run() => match never {},
        () = seen() => {}
    }
    assert!(page().await.contains("The replica 'b-pod' leads"));
}

#[tokio::test]
async fn a_browser_is_told_what_is_to_be_seen_and_of_each_change() {
    let served = Served::start(&["a"]).await;
    let mut line = TcpStream::connect(&served.addresses[PAGE]).await.unwrap();
    line.write_all(b"GET /changes HTTP/1.0\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut lines = BufReader::new(line).lines();
    let mut next = async || loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some(revision) = line.strip_prefix("data: ") {
            return revision.to_owned();
        }
    };
    let first = next().await;
    let (_, page) = served.get(PAGE, "/").await;
    assert!(page.contains(&format!("data-revision=\"{first}\"")));
    served.stage.reports("a", lacks_memory);
    let second = next().await;
    assert_ne!(second, first);
    let (_, page) = served.get(PAGE, "/").await;
    assert!(page.contains(&format!("data-revision=\"{second}\"")));
}
