//! AIOS in a pod behind a Service, as it is for the aggregator's pod: nothing of it runs on this machine.

use std::sync::Arc;
use std::time::Instant;

use hyper::http::Request;
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use k8s_openapi::api::core::v1::{Namespace, Pod, Service};
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::wait;

use crate::environment::{Environment, ID, PATIENCE, cases, variable};
use crate::release::{self, Release};

cases![one_command_brings_the_cluster_to_an_aios_in_pods];

/// The image of the stand-in for AIOS's services.
pub const IMAGE: &str = "CLUSTER_AIOS_IMAGE";

/// The names of the pod, its Service and their namespace.
pub const NAME: &str = "fake-aios";

/// The Service's ports: those that the stand-in takes unless told.
const PORTS: [(&str, u16); 3] = [("parser", 8000), ("gateway", 5000), ("control", 8900)];

async fn one_command_brings_the_cluster_to_an_aios_in_pods(environment: Arc<Environment>) {
    let cluster = environment.bare_cluster().await;
    let admin = &cluster.admin;
    let address = start(admin).await;
    let at = |port: usize| format!("http://{address}:{}", PORTS[port].1);
    let release = Release::new(&at(0), &at(1));
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
}

/// Starts it, and answers with the Service's address.
async fn start(admin: &Client) -> String {
    let namespaces: Api<Namespace> = Api::all(admin.clone());
    let pods: Api<Pod> = Api::namespaced(admin.clone(), NAME);
    let services: Api<Service> = Api::namespaced(admin.clone(), NAME);
    let params = PatchParams::apply("test").force();
    let labels = json!({ "app": NAME });
    let namespace =
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": NAME } });
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": NAME, "labels": labels },
        "spec": {
            "containers": [{
                "name": NAME, "image": variable(IMAGE), "imagePullPolicy": "IfNotPresent",
                "args": ["--listen", "0.0.0.0"],
                "readinessProbe": { "tcpSocket": { "port": PORTS[1].1 }, "periodSeconds": 1 },
            }],
            "terminationGracePeriodSeconds": 0,
        },
    });
    let ports = PORTS.map(|(name, port)| json!({ "name": name, "port": port }));
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": NAME },
        "spec": { "selector": labels, "ports": ports },
    });
    namespaces.patch(NAME, &params, &Patch::Apply(namespace)).await.unwrap();
    pods.patch(NAME, &params, &Patch::Apply(pod)).await.unwrap();
    let service = services.patch(NAME, &params, &Patch::Apply(service)).await.unwrap();
    wait::until("the pod of AIOS is ready", PATIENCE, async || {
        let conditions = pods.get(NAME).await.ok()?.status?.conditions?;
        let is_ready = conditions.iter().any(|it| it.type_ == "Ready" && it.status == "True");
        is_ready.then_some(())
    })
    .await;
    service.spec.unwrap().cluster_ip.unwrap()
}

/// All clusters that it has, asked through the API server, which reaches its pods in every cluster.
async fn stored(admin: &Client) -> Value {
    let path = format!("/api/v1/namespaces/{NAME}/services/{NAME}:control/proxy/clusters");
    let request = Request::get(path).body(Vec::new()).unwrap();
    admin.request(request).await.unwrap()
}
