//! What stands in the way of a document of the cluster.

use std::sync::Arc;
use std::time::Duration;

use inventory_common::resource::NodeInventory;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, ApiResource, DynamicObject, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use test_kubernetes::wait;

use crate::environment::{Cluster, Environment, cases, changed, inventory, lines, says};
use crate::run::Run;

cases![
    a_node_without_an_inventory_stops_it,
    a_node_whose_agent_is_not_at_work_is_not_whole_and_stays,
    a_cordoned_node_counts,
    a_node_is_known_by_its_label,
    what_a_node_says_of_itself_is_told,
    inventories_that_make_no_sense_or_are_nobody_s_are_named,
];

/// How long the API server may take to know a definition anew.
const PATIENCE: Duration = Duration::from_mins(1);

/// The lines about nodes whose names begin so: other tests' nodes are there too.
fn about<'a>(run: &'a Run, name: &str) -> Vec<&'a str> {
    let is_note = |line: &str| line.starts_with("note: not counted: ");
    lines(run).into_iter().filter(|line| line.contains(name) && !is_note(line)).collect()
}

async fn a_node_without_an_inventory_stops_it(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let _nodes =
        [cluster.node("lack", "lack-1").await, cluster.silent_node("lack", "lack-2").await];
    let run = cluster.document_of("lack", &[]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""), "{}", run.stderr);
    let [line] = about(&run, "lack-")[..] else { panic!("{}", run.stderr) };
    let start = "error: node 'lack-2' has no inventory, though its agent's pod is ready: see ";
    assert!(line.starts_with(start), "{line}");
    assert!(run.stderr.contains("error: only 1 of 2 nodes are there and fully known"), "{run:?}");

    let run = cluster.document_of("lack", &["--allow-partial"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let info = &run.json()["clusterMetadata"]["additionalInfo"];
    assert_eq!(info["inventoryCoverage"], "1 of 2 nodes");
}

async fn a_node_whose_agent_is_not_at_work_is_not_whole_and_stays(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let _well = cluster.node("stale", "stale-1").await;
    let unready = cluster.node("stale", "stale-2").await;
    let gone = cluster.node("stale", "stale-3").await;
    unready.set_ready(false).await;
    gone.stop_pod().await;
    // Another component's pod is no agent.
    let other = json!({
        "metadata": { "name": "other", "labels": { "app.kubernetes.io/component": "aggregator" } },
        "spec": {
            "nodeName": "stale-3", "serviceAccountName": cluster.chart.service_account,
            "containers": [{ "name": "other", "image": "none" }],
        },
    });
    cluster.create(gone.pods(), other).await;
    let ready = json!({ "status": { "conditions": [{ "type": "Ready", "status": "True" }] } });
    let ready = Patch::Strategic(ready);
    gone.pods().patch_status("other", &PatchParams::default(), &ready).await.unwrap();
    let run = cluster.document_of("stale", &[]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
    for (line, start) in about(&run, "stale-").iter().zip([
        "error: node 'stale-2': its inventory may be outdated, its agent's pod is not ready: see ",
        "error: node 'stale-3': its inventory may be outdated, no agent's pod is on it: see ",
    ]) {
        assert!(line.starts_with(start), "{line}");
    }
    assert_eq!(about(&run, "stale-").len(), 2, "{}", run.stderr);
    let run = cluster.document_of("stale", &["--allow-partial"]);
    assert_eq!((run.exit, &run.json()["nodes"]["count"]), (0, &json!(3)), "{}", run.stderr);

    unready.set_ready(true).await;
    let mut gone = gone;
    gone.start_pod().await;
    let run = cluster.document_of("stale", &[]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
}

async fn a_cordoned_node_counts(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let node = cluster.node("cordon", "cordoned").await;
    let patch = Patch::Merge(json!({ "spec": { "unschedulable": true } }));
    node.nodes().patch("cordoned", &PatchParams::default(), &patch).await.unwrap();
    let run = cluster.document_of("cordon", &["--expect-nodes", "1"]);
    assert_eq!((run.exit, &run.json()["nodes"]["count"]), (0, &json!(1)), "{}", run.stderr);
}

async fn a_node_is_known_by_its_label(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let _nodes = [cluster.node("label", "label-1").await, cluster.node("label", "label-2").await];
    cluster.label("label-1", &json!({ "nodeID": null })).await;
    cluster.label("label-2", &json!({ "nodeID": "rack-7" })).await;
    let run = cluster.document_of("label", &["--allow-partial"]);
    let lines = about(&run, "label-");
    assert_eq!(lines.len(), 2, "{}", run.stderr);
    assert!(lines[0].starts_with("warning: node 'label-1': its Node has no label nodeID: "));
    let mismatch = "warning: node 'label-2': its inventory has the id 'label-2', and its Node the label nodeID 'rack-7': ";
    assert!(lines[1].starts_with(mismatch), "{}", lines[1]);
    let nodes = run.json()["nodes"].clone();
    assert_eq!((&nodes["count"], &nodes["nodeData"][0]["id"]), (&json!(1), &json!("label-1")));
    let run = cluster.document_of("label", &[]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
}

async fn what_a_node_says_of_itself_is_told(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let _nodes = [cluster.node("says", "says-1").await, cluster.node("says", "says-2").await];
    let object = changed("says-1", |status| {
        status["nodeData"]["network"]["txBandwidth"] = json!(0);
        status["unknowns"] = json!(["network.txBandwidth"]);
        status["devices"]["ports"] = json!([{ "count": 1, "names": ["eth0"] }]);
        status["conditions"][2]["status"] = json!("False");
        status["devices"]["gpus"][0]["state"] = json!("gpu-lost");
        status["conditions"][1]["status"] = json!("False");
        status["conditions"][3]["status"] = json!("False");
    });
    cluster.report(&object).await;
    let run = cluster.document_of("says", &[]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
    let starts = [
        "note: node 'says-1': differs from kubelet: said by a test",
        "error: node 'says-1': GPU '0000:01:00.0' is gpu-lost, the GPU has fallen off the bus: ",
        "error: node 'says-1': the link speed of 'eth0' is unknown: state --link-speed eth0=MBPS ",
    ];
    let lines = about(&run, "says-");
    assert_eq!(lines.len(), starts.len(), "{}", run.stderr);
    for (line, start) in lines.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
}

/// From now on the API server takes any NodeInventory, as one of another version might.
async fn accept_anything(cluster: &Cluster) {
    let api: Api<CustomResourceDefinition> = Api::all(cluster.admin.clone());
    let schema = json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true });
    let patch = json!([{
        "op": "replace", "path": "/spec/versions/0/schema/openAPIV3Schema", "value": schema,
    }]);
    let patch: Patch<()> = Patch::Json(serde_json::from_value(patch).unwrap());
    api.patch("nodeinventories.inventory.aios", &PatchParams::default(), &patch).await.unwrap();
}

async fn inventories_that_make_no_sense_or_are_nobody_s_are_named(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _nodes = [
        cluster.node("", "good").await,
        cluster.silent_node("", "odd").await,
        cluster.silent_node("", "empty").await,
    ];
    cluster.report(&inventory("nobody")).await;
    accept_anything(&cluster).await;
    let mut odd = serde_json::to_value(inventory("odd")).unwrap();
    odd["status"]["nodeData"]["memory"] = json!(-5);
    let mut empty = odd.clone();
    empty["metadata"]["name"] = json!("empty");
    empty["status"] = Value::Null;
    let kind = ApiResource::erase::<NodeInventory>(&());
    let objects: Api<DynamicObject> = Api::all_with(cluster.admin.clone(), &kind);
    for object in [odd, empty] {
        let object: DynamicObject = serde_json::from_value(object).unwrap();
        let create = async || objects.create(&PostParams::default(), &object).await.ok();
        wait::until("the schema is gone", PATIENCE, create).await;
    }
    let run = cluster.document(&[]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
    let starts = [
        "error: there is an inventory of 'nobody' and no such Node: kubectl delete nodeinventory ",
        "error: the NodeInventory 'empty' makes no sense, ",
        "error: the NodeInventory 'odd' makes no sense, status.nodeData.memory: invalid value: ",
        "error: only 1 of 3 nodes are there",
    ];
    says(&run, &starts);
    let run = cluster.document(&["--allow-partial"]);
    let document = run.json();
    assert_eq!((run.exit, &document["nodes"]["count"]), (0, &json!(1)), "{}", run.stderr);
    assert_eq!(document["nodes"]["nodeData"][0]["id"], "good");
}
