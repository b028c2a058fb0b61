//! The document of a cluster all of whose nodes have reported.

use std::sync::Arc;

use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::Api;
use serde_json::{Value, json};

use crate::environment::{Cluster, Environment, cases, lines, says};
use crate::run::Run;

cases![
    three_nodes_that_have_reported_are_one_document,
    versions_are_filled_in_where_the_profile_is_silent,
    nodes_that_cannot_run_an_agent_are_told_and_not_waited_for,
];

async fn three_nodes_that_have_reported_are_one_document(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let _nodes = [
        cluster.node("three", "three-10").await,
        cluster.node("three", "three-9").await,
        cluster.node("three", "three-1").await,
    ];
    let run = cluster.document_of("three", &["--expect-nodes", "3"]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    let document = run.json();
    let ids = document["nodes"]["nodeData"].as_array().unwrap().iter().map(|node| &node["id"]);
    assert_eq!(ids.collect::<Vec<_>>(), ["three-1", "three-9", "three-10"]);
    assert_eq!(document["gpus"], json!({ "count": 3, "memory": 3 * 81559 }));
    assert_eq!(document["memory"], 3 * 65536);
    assert_eq!(document["clusterMetadata"], json!({}));
    // Nodes of other tests are there too.
    assert!(lines(&run).iter().all(|line| line.starts_with("note: not counted: ")), "{run:?}");

    let run = cluster.document_of("three", &["--expect-nodes", "4"]);
    assert_eq!(run.exit, 6, "{}", run.stderr);
    let is_told = |line: &&str| {
        line.starts_with("error: the cluster has 3 nodes that count, and 4 are expected: ")
    };
    assert!(lines(&run).iter().any(is_told), "{}", run.stderr);
}

async fn versions_are_filled_in_where_the_profile_is_silent(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _node = cluster.node("", "node").await;
    let api: Api<ConfigMap> = Api::namespaced(cluster.admin.clone(), "kube-system");
    let configuration = "apiServer: {}\nkind: ClusterConfiguration\nkubernetesVersion: v1.35.4\n";
    let map = json!({
        "metadata": { "name": "kubeadm-config" },
        "data": { "ClusterConfiguration": configuration },
    });
    let info = |run: &Run| -> Value { run.json()["clusterMetadata"]["additionalInfo"].clone() };

    let run = cluster.document(&[]);
    assert_eq!(info(&run), Value::Null, "{run:?}");
    for note in [
        "note: clusterMetadata.additionalInfo.kubeadmVersion is left out: kubeadm did not ",
        "note: clusterMetadata.additionalInfo.kubectlVersion is left out: there is no kubectl ",
    ] {
        assert!(run.stderr.lines().any(|line| line.starts_with(note)), "{}", run.stderr);
    }

    cluster.create(api.clone(), map).await;
    let with_kubectl = |profile: &str| {
        cluster.profile("versions.yaml", &format!("id: c\nregionId: r\n{profile}"));
        let mut command = cluster.command(&cluster.kubeconfig);
        command.args(["--profile", "versions.yaml"]);
        Run::of(command.env("PATH", cluster.kubectl()))
    };
    let both = json!({ "kubeadmVersion": "v1.35.4", "kubectlVersion": "v1.34.2" });
    let said = |profile: &str| info(&with_kubectl(profile));
    assert_eq!(said(""), both);
    let own = "clusterMetadata: {additionalInfo: {kubeadmVersion: v9, kubectlVersion: ''}}\n";
    assert_eq!(said(own), json!({ "kubeadmVersion": "v9", "kubectlVersion": "v1.34.2" }));
    assert_eq!(said("clusterMetadata: {additionalInfo: mine}\n"), json!("mine"));
}

async fn nodes_that_cannot_run_an_agent_are_told_and_not_waited_for(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _node = cluster.node("", "worker").await;
    for (name, labels) in [
        ("windows", json!({ "kubernetes.io/os": "windows" })),
        ("virtual", json!({ "kubernetes.io/os": "linux", "type": "virtual-kubelet" })),
    ] {
        let node = json!({ "metadata": { "name": name, "labels": labels } });
        cluster
            .create::<k8s_openapi::api::core::v1::Node>(Api::all(cluster.admin.clone()), node)
            .await;
    }
    let run = cluster.document(&[]);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    assert_eq!(run.json()["nodes"]["count"], 1);
    says(
        &run,
        &["note: not counted: 'virtual': virtual", "note: not counted: 'windows': no Linux"],
    );
}
