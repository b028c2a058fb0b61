//! Pods and Services that stand in for AIOS's own: the pod's program is the fake AIOS, which answers HTTP.

use k8s_openapi::api::core::v1::{Namespace, Node, Pod, Service};
use kube::Client;
use kube::api::{Api, ListParams, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::wait;
use tokio::net::TcpStream;

use crate::environment::{PATIENCE, variable};
use crate::release::must_run;

/// The image of the stand-in for AIOS's services.
pub const IMAGE: &str = "CLUSTER_AIOS_IMAGE";

/// The ports of the Parser, the gateway and the control, which the stand-in takes unless told.
pub const PORTS: [u16; 3] = [8000, 5000, 8900];

/// The namespaces that stand-ins are in.
pub const NAMESPACES: [&str; 4] = ["fake-aios", "ambassador", "controllers", "metrics"];

/// Takes all of them away.
pub fn take_away() {
    let delete = ["delete", "namespace", "--ignore-not-found"];
    must_run("kubectl", &[&delete[..], &NAMESPACES].concat());
}

/// A pod in a namespace of its own, which is ready.
pub async fn pod(admin: &Client, namespace: &str) {
    let namespaces: Api<Namespace> = Api::all(admin.clone());
    let pods: Api<Pod> = Api::namespaced(admin.clone(), namespace);
    let params = PatchParams::apply("test").force();
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "it", "labels": { "app": "it" } },
        "spec": {
            "containers": [{
                "name": "it", "image": variable(IMAGE), "imagePullPolicy": "IfNotPresent",
                "args": ["--listen", "0.0.0.0"],
                "readinessProbe": { "tcpSocket": { "port": PORTS[1] }, "periodSeconds": 1 },
            }],
            "terminationGracePeriodSeconds": 0,
        },
    });
    let object =
        json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace } });
    namespaces.patch(namespace, &params, &Patch::Apply(object)).await.unwrap();
    pods.patch("it", &params, &Patch::Apply(pod)).await.unwrap();
    wait::until("the stand-in is ready", PATIENCE, async || {
        let conditions = pods.get("it").await.ok()?.status?.conditions?;
        let is_ready = conditions.iter().any(|it| it.type_ == "Ready" && it.status == "True");
        is_ready.then_some(())
    })
    .await;
}

/// A Service before the pod of its namespace, with these ports. Answers with its address.
pub async fn service(admin: &Client, namespace: &str, name: &str, ports: Vec<Value>) -> String {
    let services: Api<Service> = Api::namespaced(admin.clone(), namespace);
    let is_open = ports.iter().any(|port| port.get("nodePort").is_some());
    let kind = if is_open { "NodePort" } else { "ClusterIP" };
    let service = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": { "name": name },
        "spec": { "type": kind, "selector": { "app": "it" }, "ports": &ports },
    });
    let params = PatchParams::apply("test").force();
    let service = services.patch(name, &params, &Patch::Apply(service)).await.unwrap();
    for port in &ports {
        answers(admin, port).await;
    }
    service.spec.unwrap().cluster_ip.unwrap()
}

/// Waits until the node takes connections at a port that a Service opens there: kube-proxy needs a moment.
async fn answers(admin: &Client, port: &Value) {
    let Some(port) = port["nodePort"].as_u64() else { return };
    let nodes: Api<Node> = Api::all(admin.clone());
    wait::until(&format!("port {port} of the node answers"), PATIENCE, async || {
        let node = nodes.list(&ListParams::default()).await.ok()?.items.pop()?;
        let addresses = node.status?.addresses?;
        let address = addresses.iter().find(|address| address.type_ == "InternalIP")?;
        TcpStream::connect(format!("{}:{port}", address.address)).await.ok()
    })
    .await;
}

/// A port of every node, behind which the stand-in's gateway answers.
pub fn node_port(port: u16) -> Value {
    json!({ "name": format!("p{port}"), "port": port, "targetPort": PORTS[1], "nodePort": port })
}
