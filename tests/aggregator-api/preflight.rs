//! `preflight` on a real API server, with listeners on this machine in the place of nodes.

use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Pod, Service};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::ResourceExt;
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use test_kubernetes::control_plane::write_kubeconfig;
use test_kubernetes::kubelet::Kubelet;
use test_kubernetes::{SimulatedNode, wait};

use crate::environment::{Cluster, Environment, aggregator, cases};
use crate::run::Run;
use crate::stage::{OK, account, all, namespaces, ready, seen, serve, service, states, states_in};

cases![
    a_cluster_that_has_what_it_needs_passes_and_each_lack_is_told,
    nodes_are_told_by_their_labels,
    a_user_who_may_only_view_is_told_so_and_nothing_is_written,
    a_cluster_that_is_not_there_is_one_failure,
    pods_that_connect_from_the_nodes_are_gone_however_it_ends,
];

/// An address of this machine that stands for a node's. Each test has its own: the ports are fixed.
fn address(test: u8, node: u8) -> Ipv4Addr {
    Ipv4Addr::new(127, 92, test, node)
}

/// A folder with a Helm that says this of its version.
fn helm(cluster: &Cluster, version: &str) -> PathBuf {
    let folder = cluster.folder().join(version);
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("helm");
    let text = format!("#!/bin/sh\n[ \"$*\" = 'version --short' ] && echo {version}\n");
    std::fs::write(&file, text).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// `preflight`, about to be run with a new Helm and JSON to be printed.
fn command_of(cluster: &Cluster, kubeconfig: &Path) -> Command {
    let mut command = aggregator();
    command.current_dir(cluster.folder()).env("PATH", helm(cluster, "v3.19.0"));
    command.env("INVENTORY_CHECK_FORMAT", "json");
    command.args(["preflight", "--kubeconfig"]).arg(kubeconfig);
    command
}

/// The same as the cluster's administrator.
fn command(cluster: &Cluster) -> Command {
    command_of(cluster, &cluster.kubeconfig)
}

/// The kubeconfig of a user who may do this and no more.
async fn user(cluster: &Cluster, name: &str, allowed: &Value) -> PathBuf {
    let metadata = json!({ "name": name });
    let role = json!({ "metadata": metadata, "rules": [allowed] });
    cluster.create::<ClusterRole>(Api::all(cluster.admin.clone()), role).await;
    let group = "rbac.authorization.k8s.io";
    let binding = json!({
        "metadata": metadata,
        "roleRef": { "apiGroup": group, "kind": "ClusterRole", "name": name },
        "subjects": [{ "apiGroup": group, "kind": "User", "name": name }],
    });
    cluster.create::<ClusterRoleBinding>(Api::all(cluster.admin.clone()), binding).await;
    let file = cluster.folder().join(format!("{name}.kubeconfig"));
    let user = json!({ "token": "administrator", "as": name });
    write_kubeconfig(&cluster.plane.kubeconfig(&cluster.plane.url(), &user), &file);
    file
}

fn preflight(cluster: &Cluster, args: &[&str]) -> Run {
    Run::of(command(cluster).args(args))
}

/// The checks that do not pass.
fn bad(run: &Run) -> Vec<(String, String)> {
    states(run).into_iter().filter(|(_, state)| state != "pass").collect()
}

/// A node of the control plane at this address, with everything known of it.
async fn node(cluster: &Cluster, name: &str, address: Ipv4Addr) -> SimulatedNode {
    let node = cluster.node("preflight", name).await;
    ready(cluster, name, address).await;
    cluster.label(name, &json!({ "node-role.kubernetes.io/control-plane": "" })).await;
    node
}

/// A gateway as the page wants it, with one pod.
async fn gateway(cluster: &Cluster, is_ready: bool) {
    service(cluster, "ambassador", "ambassador", &[32000], 1).await;
    account(cluster, "ambassador").await;
    let api: Api<Pod> = Api::namespaced(cluster.admin.clone(), "ambassador");
    let spec = json!({ "containers": [{ "name": "a", "image": "none" }] });
    cluster.create(api, json!({ "metadata": { "name": "ambassador-0" }, "spec": spec })).await;
    set_ready(cluster, is_ready).await;
}

async fn set_ready(cluster: &Cluster, is_ready: bool) {
    let api: Api<Pod> = Api::namespaced(cluster.admin.clone(), "ambassador");
    let status = if is_ready { "True" } else { "False" };
    let patch = json!({ "status": { "conditions": [{ "type": "Ready", "status": status }] } });
    let patch = Patch::Strategic(patch);
    api.patch_status("ambassador-0", &PatchParams::default(), &patch).await.unwrap();
}

async fn delete_service(cluster: &Cluster, namespace: &str, name: &str) {
    let api: Api<Service> = Api::namespaced(cluster.admin.clone(), namespace);
    api.delete(name, &DeleteParams::default()).await.unwrap();
}

const GOOD: &str =
    "id: west\nregionId: r\nconfig: {useGateway: false, publicHostname: west.example.com}\n";

async fn a_cluster_that_has_what_it_needs_passes_and_each_lack_is_told(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    namespaces(&cluster).await;
    let here = address(1, 1);
    let _node = node(&cluster, "n-1", here).await;
    cluster.profile("good", GOOD);
    let maps: Api<ConfigMap> = Api::namespaced(cluster.admin.clone(), "kube-system");
    let data = json!({ "ClusterConfiguration": "kubernetesVersion: v1.35.4\n" });
    cluster.create(maps, json!({ "metadata": { "name": "kubeadm-config" }, "data": data })).await;
    gateway(&cluster, true).await;
    serve(here, 32000, OK).await;
    serve(here, 2379, OK).await;
    let before = cluster.plane.requests().len();
    let run = preflight(&cluster, &["--profile", "good"]);
    assert_eq!((run.exit, bad(&run)), (0, vec![]), "{run:?}");
    let requests = cluster.plane.requests();
    let asks = |uri: &str| uri.contains("selfsubjectaccessreviews");
    let writes = requests[before..].iter().filter(|it| it.is_write() && !asks(&it.uri));
    assert_eq!((writes.count(), requests.len() > before), (0, true));
    let port = "NodePorts 30000-32767 (workers)";
    let open = "open (TCP 32000, at which every node must answer; connecting tells nothing of UDP)";
    assert_eq!(seen(&run, port), open);

    // From outside.
    let run = preflight(&cluster, &["--profile", "good", "--external-nodes", "--skip=access"]);
    let expected = [
        ("kube-apiserver 6443 (control plane)", "failure"),
        ("etcd 2379-2380 (control plane)", "warning"),
        ("kubelet 10250 (control plane)", "failure"),
    ];
    assert_eq!((run.exit, bad(&run)), (1, all(&expected)), "{run:?}");
    let etcd = "1 of 2 open: n-1 (127.92.1.1:2380) is closed";
    assert_eq!(seen(&run, "etcd 2379-2380 (control plane)"), etcd);
    assert!(run.stderr.contains("VPN"), "{run:?}");
    assert!(states_in(&run, "access").is_empty());

    // The gateway and what it lacks.
    let args = ["--profile", "good", "--skip", "access,version,helm,nodes,agents,ports"];
    set_ready(&cluster, false).await;
    assert_eq!(bad(&preflight(&cluster, &args)), all(&[("pods", "failure")]));
    delete_service(&cluster, "ambassador", "ambassador").await;
    // With useGateway false AIOS brings a proxy of its own to that port, and one there would be in its way.
    let none = [("NodePort 32000", "warning"), ("pods", "warning")];
    assert_eq!(bad(&preflight(&cluster, &args)), all(&none));
    cluster.profile("gate", &GOOD.replace("useGateway: false", "useGateway: true"));
    let through = [&["--profile", "gate"], &args[2..]].concat();
    let none =
        [("NodePort 32000", "failure"), ("pods", "failure"), ("config.useGateway", "warning")];
    assert_eq!(bad(&preflight(&cluster, &through)), all(&none));
    service(&cluster, "controllers", "grpc-proxy", &[32000], 1).await;
    let run = preflight(&cluster, &args);
    assert_eq!(bad(&run)[0], all(&[("NodePort 32000", "warning")])[0], "{run:?}");
    delete_service(&cluster, "controllers", "grpc-proxy").await;
    service(&cluster, "mine", "shop", &[32000, 32301, 30501], 1).await;
    let taken = [
        ("NodePort 32000", "failure"),
        ("pods", "failure"),
        ("NodePort 32301 for metrics", "failure"),
        ("NodePort 32000 for gateway", "failure"),
        ("NodePort 30501 for membership", "failure"),
    ];
    assert_eq!(bad(&preflight(&cluster, &args)), all(&taken));

    // Nothing answers there any more, Helm is old, and nobody says what AIOS needs.
    let mut command = command(&cluster);
    command.env("PATH", helm(&cluster, "v2.17.0")).args(["--skip", "access,version,gateway"]);
    let run = Run::of(&mut command);
    let expected = all(&[("Helm", "warning"), ("config", "notTried")]);
    assert!(expected.iter().all(|check| bad(&run).contains(check)), "{run:?}");
    let closed = all(&[(port, "failure")]);
    assert!(bad(&run).contains(&closed[0]), "{run:?}");
    assert!(seen(&run, port).contains("n-1 (127.92.1.1:32301) is closed"), "{run:?}");
}

async fn nodes_are_told_by_their_labels(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _nodes = [
        node(&cluster, "n-1", address(2, 1)).await,
        node(&cluster, "n-2", address(2, 2)).await,
        node(&cluster, "n-3", address(2, 3)).await,
    ];
    let args = ["--skip", "access,version,helm,gateway,settings,ports"];
    let run = preflight(&cluster, &args);
    assert_eq!((run.exit, bad(&run)), (0, vec![]), "{run:?}");

    cluster.label("n-1", &json!({ "nodeID": null })).await;
    cluster.label("n-3", &json!({ "nodeID": "n-2" })).await;
    let run = preflight(&cluster, &args);
    let expected = [
        ("ready", "pass"),
        ("label nodeID", "failure"),
        ("valid nodeIDs", "pass"),
        ("unique nodeIDs", "failure"),
        ("nodeIDs equal nodeData's ids", "failure"),
    ];
    assert_eq!((run.exit, states_in(&run, "nodes")), (1, all(&expected)), "{run:?}");
    assert_eq!(seen(&run, "label nodeID"), "1 of 3 nodes have none: n-1");
    assert_eq!(seen(&run, "unique nodeIDs"), "'n-2' is on n-2, n-3");
    let different = "n-3 has 'n-2', and 'n-3' there";
    assert_eq!(seen(&run, "nodeIDs equal nodeData's ids"), different);
    assert_eq!(seen(&run, "inventories"), "only 1 of 3 nodes are there, fresh and fully known");

    cluster.label("n-1", &json!({ "nodeID": "unknown" })).await;
    assert_eq!(seen(&preflight(&cluster, &args), "valid nodeIDs"), "'unknown' of n-1");
}

async fn a_user_who_may_only_view_is_told_so_and_nothing_is_written(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _node = node(&cluster, "n-1", address(3, 1)).await;
    // What of Kubernetes' own role `view` matters here; elsewhere a controller fills that.
    let resources = ["pods", "services", "configmaps", "daemonsets", "endpointslices"];
    let groups = ["", "apps", "discovery.k8s.io"];
    let view = json!({ "apiGroups": groups, "resources": resources, "verbs": ["get", "list"] });
    let file = user(&cluster, "viewer", &view).await;
    let before = cluster.plane.requests().len();
    let mut command = command_of(&cluster, &file);
    command.args(["--from-nodes", "--image", "none"]);
    let run = Run::of(&mut command);
    assert_eq!(run.exit, 1, "{run:?}");
    let states: Vec<_> = states(&run);
    let is = |name: &str, state: &str| states.contains(&(name.to_owned(), state.to_owned()));
    for (name, state) in [
        ("API server", "pass"),
        ("list nodes", "failure"),
        ("list nodeinventories.inventory.aios", "failure"),
        ("list pods", "pass"),
        ("patch nodes", "warning"),
        // It may read what kubeadm keeps, and there is nothing to read.
        ("kubeadm", "warning"),
        ("nodes", "notTried"),
        ("inventories", "notTried"),
        ("config", "notTried"),
        ("ports", "notTried"),
        ("pods on the nodes", "notTried"),
    ] {
        assert!(is(name, state), "{name}: {states:#?}");
    }
    let why = "cannot list nodes: this user lacks the right, bind a role that has it: ";
    assert!(seen(&run, "nodes").starts_with(why), "{run:?}");
    let requests = cluster.plane.requests();
    let asks = |uri: &str| uri.contains("selfsubjectaccessreviews");
    let writes = requests[before..].iter().filter(|it| it.is_write() && !asks(&it.uri));
    assert_eq!((writes.count(), requests.len() > before), (0, true));
}

async fn a_cluster_that_is_not_there_is_one_failure(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let file = cluster.folder().join("nowhere.kubeconfig");
    // Nobody listens at this port.
    write_kubeconfig(&cluster.plane.kubeconfig("https://127.0.0.1:1", &json!({})), &file);
    let mut command = aggregator();
    command.args(["preflight", "--kubeconfig"]).arg(&file).args(["--skip", "helm"]);
    let run = Run::of(command.args(["--format", "json"]));
    let expected = [("API server", "failure"), ("all else", "notTried")];
    assert_eq!((run.exit, states(&run)), (1, all(&expected)), "{run:?}");
    assert!(seen(&run, "API server").contains("onnection refused"), "{run:?}");

    let run = Run::of(aggregator().args(["endpoints", "--kubeconfig"]).arg(file));
    assert_eq!((run.exit, run.stderr.lines().count(), run.stdout.as_str()), (1, 1, ""), "{run:?}");
    assert!(run.stderr.starts_with("error: cannot get the version: "), "{run:?}");
}

/// The pods in this namespace.
fn pods(cluster: &Cluster, namespace: &str) -> Api<Pod> {
    Api::namespaced(cluster.admin.clone(), namespace)
}

/// Waits for the pod on this node.
async fn pod_on(cluster: &Cluster, node: &str) -> Pod {
    let look = async || {
        let pods = pods(cluster, STRICT).list(&ListParams::default()).await.unwrap();
        let is_on = |pod: &Pod| pod.spec.as_ref().unwrap().node_name.as_deref() == Some(node);
        pods.items.into_iter().find(is_on)
    };
    wait::until("there is a pod", Duration::from_mins(1), look).await.0
}

/// Has a pod end so, as kubelet does.
async fn end(api: &Api<Pod>, pod: &Pod, phase: &str) {
    let patch = Patch::Merge(json!({ "status": { "phase": phase } }));
    api.patch_status(&pod.name_any(), &PatchParams::default(), &patch).await.unwrap();
}

/// What the command came to.
fn ended(child: Child) -> Run {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let exit = output.status.code().unwrap();
    Run { exit, stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A namespace that takes only pods which may do next to nothing.
const STRICT: &str = "strict";

async fn pods_that_connect_from_the_nodes_are_gone_however_it_ends(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let _nodes =
        [node(&cluster, "n-1", address(4, 1)).await, node(&cluster, "n-2", address(4, 2)).await];
    let labels = json!({ "pod-security.kubernetes.io/enforce": "restricted" });
    let metadata = json!({ "name": STRICT, "labels": labels });
    let namespaces: Api<Namespace> = Api::all(cluster.admin.clone());
    cluster.create(namespaces, json!({ "metadata": metadata })).await;
    account(&cluster, STRICT).await;
    let api = pods(&cluster, STRICT);
    let begin = || {
        let mut command = command(&cluster);
        command.args(["--namespace", STRICT, "--from-nodes", "--image", "example.test/image"]);
        command.args(["--skip", "access,version,helm,gateway,nodes,agents,settings"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };

    // What the pods run is run here instead.
    let kubelets = [
        Kubelet::start(&cluster.plane, address(4, 1)).await,
        Kubelet::start(&cluster.plane, address(4, 2)).await,
    ];
    let child = begin();
    for (node, kubelet) in ["n-1", "n-2"].into_iter().zip(&kubelets) {
        let pod = pod_on(&cluster, node).await;
        assert_eq!(pod.labels()["app.kubernetes.io/component"], "preflight");
        let args = pod.spec.as_ref().unwrap().containers[0].args.clone().unwrap();
        let ran = Run::of(aggregator().args(args));
        assert_eq!(ran.exit, 0, "{ran:?}");
        kubelet.set_log(&ran.stdout);
        end(&api, &pod, "Succeeded").await;
    }
    let run = ended(child);
    let expected = [
        ("pods on the nodes", "pass"),
        ("kube-apiserver 6443 (control plane)", "failure"),
        ("etcd 2379-2380 (control plane)", "pass"),
        ("kubelet 10250 (control plane)", "pass"),
        ("kube-controller-manager 10257 (control plane)", "pass"),
        ("kube-scheduler 10259 (control plane)", "pass"),
        ("kubelet 10250 (workers)", "pass"),
        ("NodePorts 30000-32767 (workers)", "notTried"),
    ];
    let told = states_in(&run, "ports from the nodes");
    assert_eq!((run.exit, told), (1, all(&expected)), "{run:?}");
    let closed = "n-2 (127.92.4.2:6443) is closed from n-1";
    assert!(run.stdout.contains(closed), "{run:?}");
    assert_eq!(api.list(&ListParams::default()).await.unwrap().items.len(), 0);

    // One pod has nothing to say, and the other fails.
    let child = begin();
    for (node, phase) in [("n-1", "Succeeded"), ("n-2", "Failed")] {
        kubelets[0].set_log("exec format error\n");
        end(&api, &pod_on(&cluster, node).await, phase).await;
    }
    let run = ended(child);
    assert_eq!(run.exit, 3, "{run:?}");
    let told = seen(&run, "pods on the nodes");
    let image = "n-1: image 'example.test/image' has no inventory-aggregator that knows this";
    assert!(told.starts_with(&format!("tried from 0 of 2; {image}, ")), "{told}");
    assert!(told.ends_with("n-2: its pod failed: its container failed"), "{told}");
    let from_nodes = states_in(&run, "ports from the nodes");
    assert!(from_nodes.iter().all(|(_, state)| state == "notTried"), "{from_nodes:?}");
    assert_eq!(api.list(&ListParams::default()).await.unwrap().items.len(), 0);

    // Somebody may look at nodes, and make no pods: none is made, and none is left behind.
    let rule = json!({ "apiGroups": [""], "resources": ["nodes"], "verbs": ["list"] });
    let file = user(&cluster, "looker", &rule).await;
    let mut command = command_of(&cluster, &file);
    command.args(["--namespace", STRICT, "--from-nodes", "--image", "example.test/image"]);
    let run = Run::of(&mut command);
    let told = seen(&run, "pods on the nodes");
    let why = "tried from 0 of 2; n-1: cannot create pods: this user lacks the right, ";
    assert!(told.starts_with(why), "{told}");
    assert_eq!(run.stderr, "");

    // Somebody ends it.
    let mut child = begin();
    pod_on(&cluster, "n-1").await;
    pod_on(&cluster, "n-2").await;
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(api.list(&ListParams::default()).await.unwrap().items.len(), 0);
}
