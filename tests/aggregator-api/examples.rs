//! The examples of the docs that need an API server say what the pages say.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::Service;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use test_kubernetes::chart::folder;
use test_kubernetes::{SimulatedNode, assets};

use crate::environment::{Cluster, Environment, cases};
use crate::infra::Scene;
use crate::pages::kind::{Kind, Place, Use};
use crate::pages::page::{Page, pages, root};
use crate::pages::stage::Stage;
use crate::pages::{failure, has_commands};
use crate::stage::{OK, namespaces, ready, serve, service};

cases![
    commands_say_of_a_cluster_what_their_page_says,
    preflight_says_what_its_page_says,
    endpoints_say_what_their_page_says,
    infrastructure_says_what_its_page_says,
    no_page_with_examples_is_forgotten,
    values_that_the_pages_show_are_taken_by_the_chart,
];

/// The pages that have examples for here.
const COMMANDS: [&str; 3] =
    ["docs/how-to/nodes.md", "docs/how-to/onboard-by-commands.md", "docs/how-to/report.md"];
const PREFLIGHT: &str = "docs/how-to/preflight.md";
const ENDPOINTS: &str = "docs/how-to/endpoints.md";
const INFRASTRUCTURE: &str = "docs/how-to/infrastructure.md";

/// Runs the page's examples with this kubeconfig.
async fn is_true(
    page: Page,
    mut stage: Stage,
    kubeconfig: &Path,
    nodes: &[(&'static str, Ipv4Addr)],
) {
    let own = nodes.iter().map(|(written, address)| (*written, address.to_string()));
    stage.names.0.extend(own);
    let mut bash = stage.command();
    bash.env("KUBECONFIG", kubeconfig);
    let told = tokio::task::spawn_blocking(move || {
        failure(&page, Place::Api, bash, &stage.names)
            .map(|told| format!("{}: {told}", page.name()))
    });
    if let Some(told) = told.await.unwrap() {
        panic!("{told}");
    }
}

fn page(name: &str) -> Page {
    Page::read(&root().join(name))
}

async fn commands_say_of_a_cluster_what_their_page_says(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _nodes = (cluster.node("docs", "gpu-01").await, cluster.node("docs", "gpu-02").await);
    for page in COMMANDS.map(page) {
        let stage = Stage::new(&page.text);
        is_true(page, stage, &cluster.kubeconfig, &[]).await;
    }
}

/// A node of the control plane at this address.
async fn node(cluster: &Cluster, name: &str, address: Ipv4Addr) -> SimulatedNode {
    let node = cluster.node("docs", name).await;
    ready(cluster, name, address).await;
    cluster.label(name, &json!({ "node-role.kubernetes.io/control-plane": "" })).await;
    node
}

async fn preflight_says_what_its_page_says(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    namespaces(&cluster).await;
    let [first, second] = [Ipv4Addr::new(127, 94, 1, 1), Ipv4Addr::new(127, 94, 1, 2)];
    let _nodes = (node(&cluster, "node-1", first).await, node(&cluster, "node-2", second).await);
    cluster.label("node-2", &json!({ "nodeID": "node-1" })).await;
    service(&cluster, "ambassador", "ambassador", &[32000], 1).await;
    name_port(&cluster, "ambassador", "http").await;
    serve(first, 32000, OK).await;
    serve(second, 32000, OK).await;
    let page = page(PREFLIGHT);
    let stage = Stage::new(&page.text);
    let nodes = [("10.0.0.1", first), ("10.0.0.2", second)];
    is_true(page, stage, &cluster.kubeconfig, &nodes).await;
}

/// Gives the one port of this Service another name.
async fn name_port(cluster: &Cluster, name: &str, port: &str) {
    let api: Api<Service> = Api::namespaced(cluster.admin.clone(), name);
    let ports = json!([{ "name": port, "port": 32000, "nodePort": 32000 }]);
    let patch = Patch::Merge(json!({ "spec": { "ports": ports } }));
    api.patch(name, &PatchParams::default(), &patch).await.unwrap();
}

async fn endpoints_say_what_their_page_says(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    namespaces(&cluster).await;
    let here = Ipv4Addr::new(127, 94, 2, 1);
    let _node = node(&cluster, "node-1", here).await;
    service(
        &cluster,
        "controllers",
        "west-controller-svc",
        &[32300, 32302, 32303, 32304, 32305],
        1,
    )
    .await;
    service(&cluster, "ambassador", "ambassador", &[32000], 1).await;
    for port in [32000, 32300, 32303, 32304, 32305] {
        serve(here, port, OK).await;
    }
    let page = page(ENDPOINTS);
    let stage = Stage::new(&page.text);
    is_true(page, stage, &cluster.kubeconfig, &[("10.0.0.1", here)]).await;
}

/// Time enough to delete what AIOS should.
const AIOS_TAKES: Duration = Duration::from_secs(2);

/// The stand-in for AIOS touches no cluster: what it makes is there from the beginning, and what it deletes
/// is deleted here.
async fn infrastructure_says_what_its_page_says(_: Arc<Environment>) {
    let scene = Arc::new(Scene::of("my-cluster", AIOS_TAKES).await);
    scene.put_infrastructure().await;
    scene.make_ready().await;
    let page = page(INFRASTRUCTURE);
    let kubeconfig = scene.plane.admin_kubeconfig();
    let stage = Stage::with(&page.text, Arc::clone(&scene.aios));
    let removed = Arc::clone(&scene);
    let removal = tokio::spawn(async move { removed.remove_when_asked().await });
    is_true(page, stage, &kubeconfig, &[]).await;
    removal.await.unwrap();
}

async fn no_page_with_examples_is_forgotten(_: Arc<Environment>) {
    let tried = [&COMMANDS[..], &[PREFLIGHT, ENDPOINTS, INFRASTRUCTURE]].concat();
    for page in pages() {
        let is_tried = tried.contains(&page.name().as_str());
        assert_eq!(has_commands(&page, Place::Api), is_tried, "{}", page.name());
    }
}

async fn values_that_the_pages_show_are_taken_by_the_chart(_: Arc<Environment>) {
    let mut tried = 0;
    for page in pages() {
        for block in &page.blocks {
            let Ok(Kind::File { used_as: Use::Values, .. }) = Kind::of(block.info.as_deref())
            else {
                continue;
            };
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), &block.text).unwrap();
            let mut helm = Command::new(assets::binary("helm"));
            helm.args(["template", "a"]).arg(folder()).args(["--set", "image.repository=r"]);
            helm.args(["--kube-version", test_kubernetes::chart::KUBERNETES, "--values"]);
            let output = helm.arg(file.path()).output().unwrap();
            let told = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{}:{}: {told}", page.name(), block.line);
            tried += 1;
        }
    }
    assert!(tried > 3, "{tried}");
}
