//! More nodes than come in one answer.

use std::sync::Arc;

use futures_util::StreamExt;
use inventory_common::resource::NodeInventory;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, Patch, PatchParams, PostParams};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::environment::{Cluster, Environment, cases, inventory, says};

cases![lists_come_in_pages];

/// More than twice what comes in one answer.
const NODES: usize = 1200;

/// So many requests at once.
const AT_ONCE: usize = 16;

async fn create_all<K>(api: &Api<K>, object: impl Fn(&str) -> Value)
where
    K: Clone + std::fmt::Debug + Serialize + DeserializeOwned,
{
    let create = async |n: usize| {
        let object: K = serde_json::from_value(object(&format!("node-{n}"))).unwrap();
        api.create(&PostParams::default(), &object).await.unwrap();
    };
    futures_util::stream::iter(0..NODES).map(create).buffer_unordered(AT_ONCE).count().await;
}

async fn lists_come_in_pages(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let admin = &cluster.admin;
    let labels = |name: &str| json!({ "kubernetes.io/os": "linux", "nodeID": name });
    let node = |name: &str| json!({ "metadata": { "name": name, "labels": labels(name) } });
    create_all::<Node>(&Api::all(admin.clone()), node).await;
    let object = |name: &str| serde_json::to_value(inventory(name)).unwrap();
    create_all::<NodeInventory>(&Api::all(admin.clone()), object).await;
    let pods: Api<Pod> = Api::namespaced(admin.clone(), &cluster.chart.namespace);
    create_all(&pods, |name| {
        json!({
            "metadata": { "name": name, "labels": {
                "app.kubernetes.io/name": "aios-inventory",
                "app.kubernetes.io/component": "agent",
            } },
            "spec": {
                "nodeName": name, "containers": [{ "name": "agent", "image": "none" }],
                "serviceAccountName": cluster.chart.service_account,
            },
        })
    })
    .await;
    let run = cluster.document(&["--allow-partial"]);
    assert_eq!((run.exit, &run.json()["nodes"]["count"]), (0, &json!(NODES)), "{}", run.stderr);

    let ready = async |n: usize| {
        let patch = json!({ "status": { "conditions": [{ "type": "Ready", "status": "True" }] } });
        let (name, params) = (format!("node-{n}"), PatchParams::default());
        pods.patch_status(&name, &params, &Patch::Strategic(patch)).await.unwrap();
    };
    futures_util::stream::iter(0..NODES).map(ready).buffer_unordered(AT_ONCE).count().await;
    let before = cluster.plane.requests().len();
    let run = cluster.document(&["--expect-nodes", &NODES.to_string()]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    says(&run, &["note: the document has "]);
    assert_eq!(run.json()["memory"], 65536 * NODES);
    let requests = cluster.plane.requests().split_off(before);
    for kind in ["nodeinventories", "nodes", "pods"] {
        let lists = requests
            .iter()
            .filter(|request| request.verb == "list" && request.uri.contains(&format!("/{kind}?")));
        let lists: Vec<&str> = lists.map(|request| request.uri.as_str()).collect();
        assert_eq!(lists.len(), 3, "{kind}: {lists:?}");
        assert!(lists.iter().all(|uri| uri.contains("limit=500")), "{lists:?}");
    }
}
