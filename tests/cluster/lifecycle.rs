//! Upgrade, rollback, changed values, and the release that goes and comes back.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;
use kube::api::{Api, ListParams};
use serde_json::json;
use test_kubernetes::{chart, wait};

use crate::environment::{Cluster, Environment, ID, PATIENCE, cases, variable};
use crate::release::{self, must_run};

cases![
    another_image_is_rolled_out_and_back,
    values_and_definitions_change,
    the_release_goes_and_comes_back,
];

impl Cluster {
    /// Waits until the release's pods, two where all is there, are of this image and run.
    async fn until_image(&self, image: &str) {
        self.until_pods(&format!("of image {image}"), 2, |pod| {
            let containers = &pod.spec.as_ref().unwrap().containers;
            containers.iter().all(|container| container.image.as_deref() == Some(image))
        })
        .await;
    }

    /// Waits until the release has so many pods, and each is ready and as it is wanted.
    pub async fn until_pods(&self, what: &str, count: usize, is_wanted: impl Fn(&Pod) -> bool) {
        let pods: Api<Pod> = Api::namespaced(self.admin.clone(), release::NAME);
        let selected = ListParams::default().labels(release::SELECTOR);
        let is_ready = |pod: &Pod| {
            let status = pod.status.as_ref().and_then(|status| status.conditions.as_ref());
            let mut conditions = status.into_iter().flatten();
            conditions.any(|condition| condition.type_ == "Ready" && condition.status == "True")
        };
        wait::until(&format!("there are {count} pods {what}"), PATIENCE, async || {
            let pods = pods.list(&selected).await.ok()?.items;
            let are_right = pods.iter().all(|pod| is_ready(pod) && is_wanted(pod));
            (pods.len() == count && are_right).then_some(())
        })
        .await;
    }
}

async fn another_image_is_rolled_out_and_back(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let image = variable("CLUSTER_IMAGE");
    let tag = variable("CLUSTER_NEXT_TAG");
    let (repository, _) = image.rsplit_once(':').unwrap();
    cluster.release.apply(&json!({ "image": { "tag": tag } }));
    cluster.until_image(&format!("{repository}:{tag}")).await;
    cluster.is_right().await;
    release::roll_back();
    cluster.until_image(&image).await;
    cluster.is_right().await;
}

async fn values_and_definitions_change(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let definitions = chart::folder().join("crds");
    let definitions = definitions.to_str().unwrap();
    // As an older version would have it, which helm installed.
    let older = r#"{"spec": {"names": {"shortNames": ["old"]}}}"#;
    let name = "nodeinventories.inventory.aios";
    let patch = ["patch", "crd", name, "--type=merge", "--field-manager=helm", "--patch", older];
    must_run("kubectl", &patch);
    let apply = ["apply", "--server-side", "--force-conflicts", "--filename", definitions];
    must_run("kubectl", &apply);
    let names =
        must_run("kubectl", &["get", "crd", name, "--output=jsonpath={.spec.names.shortNames}"]);
    assert_eq!(names, r#"["ninv"]"#);

    cluster
        .release
        .apply(&json!({ "extraLabels": { "changed": "1" }, "agent": { "interval": 3 } }));
    let is_changed = |pod: &Pod| {
        pod.metadata.labels.as_ref().is_some_and(|labels| labels.contains_key("changed"))
    };
    cluster.until_pods("with the new label", 2, is_changed).await;
    cluster.is_right().await;
    cluster.release.apply(&json!({}));
    cluster.until_pods("without the new label", 2, |pod| !is_changed(pod)).await;
    cluster.is_right().await;
}

async fn the_release_goes_and_comes_back(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let known = cluster.entry().unwrap();
    release::uninstall();
    cluster.until_pods("", 0, |_| true).await;
    // AIOS keeps what it has, and the cluster the definitions with what the agents wrote.
    assert_eq!(cluster.entry().as_ref(), Some(&known));
    assert!(cluster.onboardings().get_opt("cluster").await.unwrap().is_none());
    assert!(cluster.inventory().await.is_some());
    assert!(cluster.aios.stored(ID).is_some());
    cluster.release.apply(&json!({}));
    cluster.is_right().await;
}
