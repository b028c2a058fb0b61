//! Without Helm: what the docs say to apply, word for word but for the names.

use std::process::{Command, Stdio};
use std::sync::Arc;

use inventory_common::resource::ConditionType;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use kube::api::{Api, ListParams};
use test_kubernetes::{assets, chart, wait};

use crate::environment::{Environment, PATIENCE, cases, kubeconfig_file, variable};
use crate::release::{self, must_run};

cases![the_manifest_installs_the_same_without_helm];

async fn the_manifest_installs_the_same_without_helm(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    cluster.take_out().await;
    let manifest = manifest();
    kubectl(&["apply", "--server-side", "--filename", "-"], &manifest);
    let sets: Api<DaemonSet> = Api::namespaced(cluster.admin.clone(), release::NAME);
    let deployments: Api<Deployment> = Api::namespaced(cluster.admin.clone(), release::NAME);
    wait::until("its pods are ready", PATIENCE, async || {
        let all = ListParams::default();
        let agents = sets.list(&all).await.ok()?.items.into_iter().map(|set| set.status);
        let agents: i32 = agents.map(|status| status.map_or(0, |it| it.number_ready)).sum();
        let aggregators = deployments.list(&all).await.ok()?.items.into_iter();
        let aggregators: i32 =
            aggregators.map(|it| it.status.and_then(|it| it.ready_replicas).unwrap_or(0)).sum();
        ((agents, aggregators) == (1, 1)).then_some(())
    })
    .await;
    let inventory = cluster.inventory().await.unwrap();
    let complete = inventory.status.condition(ConditionType::Complete).unwrap();
    assert_eq!(inventory.status.node_data.id, cluster.node, "{complete:?}");
    // The same again changes nothing, and a newer one needs no more than that.
    kubectl(&["apply", "--server-side", "--filename", "-"], &manifest);
    kubectl(&["delete", "--filename", "-"], &manifest);
    let table = must_run("kubectl", &["get", "clusterroles", "--selector", release::SELECTOR]);
    assert_eq!(table, "");
}

/// The manifest with the image that is tried.
fn manifest() -> String {
    let image = variable("CLUSTER_IMAGE");
    let (repository, tag) = image.rsplit_once(':').unwrap();
    let text = std::fs::read_to_string(chart::folder().join("../install.yaml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let released = format!("{repository}:{version}");
    text.replace("IMAGE_REPOSITORY", repository).replace(&released, &format!("{repository}:{tag}"))
}

/// Gives kubectl a text.
fn kubectl(args: &[&str], text: &str) {
    use std::io::Write;
    let mut command = Command::new(assets::binary("kubectl"));
    command.args(args).arg("--kubeconfig").arg(kubeconfig_file()).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let status = child.wait().unwrap();
    assert!(status.success(), "kubectl {args:?}: {status}");
}
