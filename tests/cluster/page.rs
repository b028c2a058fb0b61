//! What the onboarding page wants of a cluster and brings into it, looked at on a real one: `preflight` and
//! `endpoints`.

use std::sync::Arc;

use fake_aios::{FakeAios, Options, Route, Service};
use k8s_openapi::api::core::v1::{Node, Pod, ServiceAccount};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use test_kubernetes::control_plane::write_kubeconfig;
use test_kubernetes::{account, wait};

use crate::environment::{
    Cluster, Environment, PATIENCE, cases, kubeconfig, kubeconfig_file, variable,
};
use crate::release;
use crate::run::{self, Run};
use crate::stand_in::{self, node_port};

cases![
    preflight_tells_what_is_there_and_what_is_not,
    preflight_connects_from_the_nodes_too,
    a_user_who_may_only_look_learns_what_is_not_known,
    endpoints_are_found_by_the_nodes_address,
    one_command_takes_the_steps_up_to_aios,
];

/// The aggregator's command, whose checks come as JSON.
async fn checks(args: &[&str], kubeconfig: &std::path::Path) -> Run {
    let mut command = run::command(env!("CARGO_BIN_EXE_inventory-aggregator"));
    command.args(args).args(["--format", "json", "--kubeconfig"]).arg(kubeconfig);
    tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
}

async fn as_admin(args: &[&str]) -> Run {
    checks(args, &kubeconfig_file()).await
}

/// The state of a check, and what was seen.
fn check<'a>(json: &'a Value, section: &str, name: &str) -> (&'a str, &'a str) {
    let mut checks = json["checks"].as_array().unwrap().iter();
    let found = checks.find(|check| check["section"] == section && check["name"] == name);
    let found = found.unwrap_or_else(|| panic!("no {section}, {name}: {json:#}"));
    (found["state"].as_str().unwrap(), found["seen"].as_str().unwrap())
}

impl Cluster {
    /// Gives the node the role that kubeadm gives to a control plane's, or takes it away.
    async fn is_control_plane(&self, is: bool) {
        let value = if is { json!("") } else { Value::Null };
        let labels = json!({ "node-role.kubernetes.io/control-plane": value });
        let patch = Patch::Merge(json!({ "metadata": { "labels": labels } }));
        self.nodes().patch(&self.node, &PatchParams::default(), &patch).await.unwrap();
    }
}

async fn preflight_tells_what_is_there_and_what_is_not(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    // Nobody is there to label them rightly.
    let others = [("same", Some(&cluster.node)), ("bare", None)];
    for (name, id) in others {
        let mut labels = json!({ "kubernetes.io/os": "linux" });
        if let Some(id) = id {
            labels["nodeID"] = id.as_str().into();
        }
        let node = json!({ "metadata": { "name": name, "labels": labels } });
        let node: Node = serde_json::from_value(node).unwrap();
        cluster.nodes().create(&PostParams::default(), &node).await.unwrap();
    }
    let run = as_admin(&["preflight"]).await;
    for (name, _) in others {
        cluster.nodes().delete(name, &DeleteParams::default()).await.unwrap();
    }
    let json = run.json();
    assert_eq!(run.exit, 1, "{json:#}");
    assert_eq!(check(&json, "gateway", "NodePort 32000").0, "failure");
    assert_eq!(check(&json, "nodes", "unique nodeIDs").0, "failure");
    assert_eq!(check(&json, "nodes", "label nodeID").0, "failure");
    assert_eq!(check(&json, "agents", "inventories").0, "failure");

    stand_in::pod(&cluster.admin, "ambassador").await;
    stand_in::service(&cluster.admin, "ambassador", "ambassador", vec![node_port(32000)]).await;
    let json = as_admin(&["preflight"]).await.json();
    for (section, name) in [
        ("access", "API server"),
        ("version", "Kubernetes"),
        ("gateway", "NodePort 32000"),
        ("gateway", "pods"),
        ("nodes", "label nodeID"),
        ("nodes", "unique nodeIDs"),
        ("nodes", "nodeIDs equal nodeData's ids"),
        ("agents", "inventories"),
    ] {
        let (state, seen) = check(&json, section, name);
        assert_eq!(state, "pass", "{section}, {name}: {seen}");
    }
    stand_in::take_away();
}

async fn preflight_connects_from_the_nodes_too(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    cluster.is_control_plane(true).await;
    let image = variable("CLUSTER_IMAGE");
    let run = as_admin(&["preflight", "--from-nodes", "--image", &image, "--external-nodes"]).await;
    cluster.is_control_plane(false).await;
    let json = run.json();
    let from = |name: &str| {
        let mut checks = json["checks"].as_array().unwrap().iter().filter(|check| {
            let section = check["section"].as_str().unwrap();
            section.contains("nodes") && section.contains("ports")
        });
        let found = checks.find(|check| check["name"].as_str().unwrap().starts_with(name));
        found.unwrap_or_else(|| panic!("no {name}: {json:#}"))["seen"].as_str().unwrap().to_owned()
    };
    // Here the API server is behind 443, and etcd listens to its own machine only.
    assert!(from("kube-apiserver 6443").contains("closed"), "{json:#}");
    assert!(from("etcd 2379-2380").contains("closed"), "{json:#}");
    assert!(from("kubelet 10250").contains("open"), "{json:#}");
    let pods: Api<Pod> = Api::namespaced(cluster.admin.clone(), release::NAME);
    wait::until("only the release's pods are left", PATIENCE, async || {
        let pods = pods.list(&ListParams::default()).await.ok()?;
        (pods.items.len() == 2).then_some(())
    })
    .await;
}

async fn a_user_who_may_only_look_learns_what_is_not_known(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let admin = &cluster.admin;
    let accounts: Api<ServiceAccount> = Api::namespaced(admin.clone(), "default");
    let bindings: Api<ClusterRoleBinding> = Api::all(admin.clone());
    let params = PatchParams::apply("test").force();
    let account =
        json!({ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "viewer" } });
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
        "metadata": { "name": "test-viewer" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view" },
        "subjects": [{ "kind": "ServiceAccount", "name": "viewer", "namespace": "default" }],
    });
    accounts.patch("viewer", &params, &Patch::Apply(account)).await.unwrap();
    bindings.patch("test-viewer", &params, &Patch::Apply(binding)).await.unwrap();
    let token = account::token(admin.clone(), "default", "viewer", None).await;
    let mut kubeconfig = kubeconfig();
    for user in kubeconfig.auth_infos.iter_mut().filter_map(|named| named.auth_info.as_mut()) {
        user.token = Some(token.clone().into());
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    write_kubeconfig(&kubeconfig, file.path());

    let before = cluster.versions().await;
    let preflight = checks(&["preflight", "--from-nodes"], file.path()).await;
    let endpoints = checks(&["endpoints"], file.path()).await;
    assert_eq!(cluster.versions().await, before, "somebody wrote");
    bindings.delete("test-viewer", &DeleteParams::default()).await.unwrap();
    accounts.delete("viewer", &DeleteParams::default()).await.unwrap();

    let json = preflight.json();
    assert!([1, 3].contains(&preflight.exit), "{json:#}");
    assert_ne!(check(&json, "access", "list nodes").0, "pass");
    let (state, why) = check(&json, "nodes", "nodes");
    assert_eq!(state, "notTried", "{json:#}");
    assert!(why.contains("this user lacks the right"), "{why}");
    assert!([1, 3].contains(&endpoints.exit), "{endpoints:?}");
}

async fn endpoints_are_found_by_the_nodes_address(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let admin = &cluster.admin;
    for namespace in ["controllers", "metrics"] {
        stand_in::pod(admin, namespace).await;
    }
    let controller = [32300, 32302, 32303, 32304, 32305].map(node_port);
    stand_in::service(admin, "controllers", "c-controller-svc", controller.to_vec()).await;
    stand_in::service(admin, "controllers", "membership-server-svc", vec![node_port(30501)]).await;
    stand_in::service(admin, "controllers", "grpc-proxy", vec![node_port(32000)]).await;
    let run = as_admin(&["endpoints", "--gateway-mode", "off"]).await;
    let json = run.json();
    assert_eq!(run.exit, 1, "{json:#}");
    let metrics = check(&json, "endpoints by node port", "metrics (32301)");
    assert_eq!(metrics, ("failure", "no Service has NodePort 32301"));

    let watched = tokio::spawn(async {
        as_admin(&["endpoints", "--gateway-mode", "off", "--watch", "--timeout", "120"]).await
    });
    stand_in::service(admin, "metrics", "metrics-writer-svc", vec![node_port(32301)]).await;
    let watched = watched.await.unwrap();
    assert_eq!(watched.exit, 0, "{watched:?}");
    assert_eq!(watched.json()["summary"]["pass"], 8);

    // Through the gateway: what answers there routes none of AIOS's paths.
    let json = as_admin(&["endpoints", "--gateway-mode", "on"]).await.json();
    let suffix = check(&json, "endpoints by gateway", "cluster (/controller)");
    assert_eq!(suffix.0, "failure", "{json:#}");
    stand_in::take_away();
}

async fn one_command_takes_the_steps_up_to_aios(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    // Another AIOS, to which nobody has brought this cluster.
    let aios = FakeAios::start(&Options::default()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let profile = |config: Value| {
        let profile = json!({ "id": "by-hand", "regionId": "r", "config": config });
        std::fs::write(folder.path().join("p.json"), profile.to_string()).unwrap();
    };
    let onboard = async || {
        let mut command = run::command(env!("CARGO_BIN_EXE_inventory-aggregator"));
        command.current_dir(folder.path()).args(["onboard", "--profile", "p.json", "--yes"]);
        command.args(["--until", "submit", "--kubeconfig"]).arg(kubeconfig_file());
        command.args(["--parser", &aios.url(Service::Parser)]);
        command.args(["--gateway", &aios.url(Service::Gateway)]);
        tokio::task::spawn_blocking(move || Run::of(&mut command)).await.unwrap()
    };

    // AIOS could not create its infrastructure.
    profile(json!({ "useGateway": false }));
    let stopped = onboard().await;
    assert_eq!(stopped.exit, 1, "{stopped:?}");
    assert!(stopped.stderr.contains("stopped at step 1 of 6, preflight"), "{stopped:?}");
    assert!(aios.received().is_empty());

    profile(json!({ "useGateway": false, "publicHostname": "h" }));
    let done = onboard().await;
    let again = onboard().await;
    assert_eq!((done.exit, again.exit), (0, 0), "{done:?}");
    assert_eq!(aios.count(Service::Parser, Route::Create), 1);
    let stored = aios.stored("by-hand").unwrap();
    assert_eq!(Some(&stored["nodes"]["nodeData"][0]), cluster.entry().as_ref());
}
