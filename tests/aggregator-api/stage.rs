//! What stands in for a cluster's machines and the services on them: objects, and listeners on this
//! machine.

use std::net::Ipv4Addr;

use k8s_openapi::api::core::v1::{Namespace, Node, Service, ServiceAccount};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::environment::Cluster;
use crate::run::Run;

/// Answers every request at this port so, for as long as the test runs.
pub async fn serve(address: Ipv4Addr, port: u16, answer: &'static str) {
    let listener = TcpListener::bind((address, port)).await.unwrap();
    tokio::spawn(async move {
        loop {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            tokio::spawn(async move {
                let _request = stream.read(&mut [0; 4096]).await;
                let _gone = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
}

/// What a service that is well answers.
pub const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

/// A Node that is ready at this address.
pub async fn node(cluster: &Cluster, name: &str, address: Ipv4Addr) {
    let api: Api<Node> = Api::all(cluster.admin.clone());
    cluster.create(api, json!({ "metadata": { "name": name } })).await;
    ready(cluster, name, address).await;
}

/// Has a Node say that it is ready at this address.
pub async fn ready(cluster: &Cluster, name: &str, address: Ipv4Addr) {
    let api: Api<Node> = Api::all(cluster.admin.clone());
    let status = json!({ "status": {
        "conditions": [{ "type": "Ready", "status": "True" }],
        "addresses": [{ "type": "InternalIP", "address": address }],
    }});
    api.patch_status(name, &PatchParams::default(), &Patch::Strategic(status)).await.unwrap();
}

/// A Service with these `NodePort`s, and so many endpoints that are ready.
pub async fn service(cluster: &Cluster, namespace: &str, name: &str, ports: &[u16], ready: usize) {
    let metadata = json!({ "name": name, "namespace": namespace });
    let port = |port: &u16| json!({ "name": format!("p{port}"), "port": port, "nodePort": port });
    let spec = json!({ "type": "NodePort", "ports": ports.iter().map(port).collect::<Vec<_>>() });
    let admin = || cluster.admin.clone();
    let service = json!({ "metadata": metadata, "spec": spec });
    cluster.create::<Service>(Api::namespaced(admin(), namespace), service).await;
    let endpoint = |n: usize| json!({ "addresses": [format!("10.1.0.{}", n + 1)], "conditions": { "ready": n < ready } });
    let slice = json!({
        "metadata": {
            "name": name, "namespace": namespace, "labels": { "kubernetes.io/service-name": name },
        },
        "addressType": "IPv4", "endpoints": [endpoint(0), endpoint(1)],
    });
    cluster.create::<EndpointSlice>(Api::namespaced(admin(), namespace), slice).await;
}

/// The account that pods have which name none; elsewhere a controller makes it.
pub async fn account(cluster: &Cluster, namespace: &str) {
    let api: Api<ServiceAccount> = Api::namespaced(cluster.admin.clone(), namespace);
    cluster.create(api, json!({ "metadata": { "name": "default" } })).await;
}

/// The namespaces of the page's services, and one of somebody else.
pub async fn namespaces(cluster: &Cluster) {
    let api = || Api::<Namespace>::all(cluster.admin.clone());
    for name in ["controllers", "metrics", "ambassador", "mine"] {
        cluster.create(api(), json!({ "metadata": { "name": name } })).await;
    }
}

/// Each check's name and state.
pub fn states(run: &Run) -> Vec<(String, String)> {
    named_states(run, |_| true)
}

/// The same of one section.
pub fn states_in(run: &Run, section: &str) -> Vec<(String, String)> {
    named_states(run, |check| check["section"] == section)
}

fn named_states(run: &Run, is_meant: impl Fn(&Value) -> bool) -> Vec<(String, String)> {
    let json = run.json();
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let checks = json["checks"].as_array().unwrap().iter().filter(|check| is_meant(check));
    checks.map(|check| (text(check, "name"), text(check, "state"))).collect()
}

/// What was seen of a check.
pub fn seen(run: &Run, name: &str) -> String {
    let json = run.json();
    let check = json["checks"].as_array().unwrap().iter().find(|check| check["name"] == name);
    check.unwrap_or_else(|| panic!("{name}: {json}"))["seen"].as_str().unwrap().to_owned()
}

/// These names and states.
pub fn all(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(name, state)| ((*name).to_owned(), (*state).to_owned())).collect()
}
