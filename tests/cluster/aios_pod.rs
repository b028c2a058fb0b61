//! AIOS in a pod behind a Service, as it is for the aggregator's pod: nothing of it runs on this machine.

use std::sync::Arc;
use std::time::Instant;

use hyper::http::Request;
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use kube::Client;
use serde_json::{Value, json};
use test_kubernetes::wait;

use crate::environment::{Environment, ID, PATIENCE, cases};
use crate::release::{self, Release};
use crate::stand_in::{self, NAMESPACES, PORTS};

cases![one_command_brings_the_cluster_to_an_aios_in_pods];

/// The name of its Service, and of the namespace.
const NAME: &str = NAMESPACES[0];

async fn one_command_brings_the_cluster_to_an_aios_in_pods(environment: Arc<Environment>) {
    let cluster = environment.bare_cluster().await;
    let admin = &cluster.admin;
    stand_in::pod(admin, NAME).await;
    let ports = PORTS.map(|port| json!({ "name": format!("p{port}"), "port": port }));
    let address = stand_in::service(admin, NAME, NAME, ports.to_vec()).await;
    let [parser, gateway, _] = PORTS.map(|port| format!("http://{address}:{port}"));
    let release = Release::new(&parser, &gateway);
    release.namespace(admin).await;

    let started = Instant::now();
    release.apply(&json!({}));
    let installed = started.elapsed();
    wait::until("the cluster is submitted", PATIENCE, async || {
        let status = cluster.onboardings().get_opt("cluster").await.ok()??.status?;
        status.is(Submitted).then_some(())
    })
    .await;
    let submitted = started.elapsed();
    wait::until("it is in step", PATIENCE, async || {
        let status = cluster.onboardings().get("cluster").await.ok()?.status?;
        status.is(InSync).then_some(())
    })
    .await;
    eprintln!("helm install took {installed:?}, until Submitted it took {submitted:?}");

    let stored = stored(admin).await;
    let [stored] = &stored.as_array().unwrap()[..] else { panic!("{stored}") };
    let data = cluster.inventory().await.unwrap().status.node_data;
    assert_eq!(stored["id"], ID);
    assert_eq!(stored["nodes"]["nodeData"], json!([data]));
    assert_eq!(stored["memory"], data.memory_mib);
    release::uninstall_all();
    stand_in::take_away();
}

/// All clusters that it has, asked through the API server, which reaches its pods in every cluster.
async fn stored(admin: &Client) -> Value {
    let path = format!("/api/v1/namespaces/{NAME}/services/{NAME}:p{}/proxy/clusters", PORTS[2]);
    let request = Request::get(path).body(Vec::new()).unwrap();
    admin.request(request).await.unwrap()
}
