//! Clusters that cannot be read: one clear line each, and exit status 1.

use std::sync::Arc;

use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use kube::api::Api;
use serde_json::{Value, json};
use test_kubernetes::control_plane::write_kubeconfig;

use crate::environment::{Cluster, Environment, aggregator, cases, says};
use crate::run::Run;

cases![
    a_right_that_lacks_is_named,
    a_version_that_one_may_not_read_is_left_out_with_a_note,
    a_cluster_without_the_definition_is_told_from_an_empty_one,
    a_namespace_without_agents_is_named,
    a_cluster_that_is_not_there_is_told,
    a_kubeconfig_that_is_no_good_is_named,
];

fn refuses(run: &Run, start: &str) {
    assert_eq!((run.exit, run.stdout.as_str()), (1, ""), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(run.stderr.starts_with(start), "{}", run.stderr);
}

/// What is read, in the order in which it is.
const RIGHTS: [(&str, &str, &str); 4] = [
    ("apps", "daemonsets", "list daemonsets.apps"),
    ("", "pods", "list pods"),
    ("inventory.aios", "nodeinventories", "list nodeinventories.inventory.aios"),
    ("", "nodes", "list nodes"),
];

/// Gives a user the right to list what comes before number `lacking`.
async fn bind(cluster: &Cluster, user: &str, lacking: usize) {
    let right = |(group, resource, _): &(&str, &str, &str)| json!({ "apiGroups": [group], "resources": [resource], "verbs": ["list"] });
    let rules: Vec<Value> = RIGHTS.iter().take(lacking).map(right).collect();
    let metadata = json!({ "name": user });
    let role = json!({ "metadata": metadata, "rules": rules });
    cluster.create::<ClusterRole>(Api::all(cluster.admin.clone()), role).await;
    let group = "rbac.authorization.k8s.io";
    let binding = json!({
        "metadata": metadata,
        "roleRef": { "apiGroup": group, "kind": "ClusterRole", "name": user },
        "subjects": [{ "apiGroup": group, "kind": "User", "name": user }],
    });
    cluster.create::<ClusterRoleBinding>(Api::all(cluster.admin.clone()), binding).await;
}

/// `document` as this user.
fn document_as(cluster: &Cluster, user: &Value, url: &str) -> Run {
    let file = tempfile::NamedTempFile::new().unwrap();
    write_kubeconfig(&cluster.plane.kubeconfig(url, user), file.path());
    Run::of(&mut cluster.command(file.path()))
}

async fn a_right_that_lacks_is_named(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let url = cluster.plane.url();
    for (number, (_, resource, right)) in RIGHTS.iter().enumerate() {
        let user = format!("without-{resource}");
        bind(cluster, &user, number).await;
        let run = document_as(cluster, &json!({ "token": "administrator", "as": user }), &url);
        refuses(&run, &format!("error: cannot {right}: this user lacks the right, "));
        assert!(run.stderr.contains(&format!("User \"{user}\"")), "{}", run.stderr);
    }
    let run = document_as(cluster, &json!({ "token": "nobody" }), &url);
    refuses(
        &run,
        "error: cannot list daemonsets.apps: the API server does not accept these credentials, ",
    );
}

async fn a_version_that_one_may_not_read_is_left_out_with_a_note(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    bind(cluster, "without-configmaps", RIGHTS.len()).await;
    let user = json!({ "token": "administrator", "as": "without-configmaps" });
    let run = document_as(cluster, &user, &cluster.plane.url());
    let note = "note: clusterMetadata.additionalInfo.kubeadmVersion is left out: cannot get configmaps kubeadm-config in kube-system: this user lacks the right, ";
    assert!(run.stderr.lines().any(|line| line.starts_with(note)), "{}", run.stderr);
}

async fn a_cluster_without_the_definition_is_told_from_an_empty_one(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let run = cluster.document(&[]);
    assert_eq!((run.exit, run.stdout.as_str()), (6, ""), "{run:?}");
    let starts = ["error: the cluster has no node that counts: ", "error: only 0 of 0 nodes "];
    says(&run, &starts);
    cluster.chart.delete_definitions(&cluster.admin).await;
    let start = "error: cannot list nodeinventories.inventory.aios: the cluster does not know this kind: install ";
    refuses(&cluster.document(&[]), start);
}

async fn a_namespace_without_agents_is_named(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let run = cluster.document(&["--namespace", "elsewhere"]);
    refuses(&run, "error: there are no agents in namespace 'elsewhere': ");
}

async fn a_cluster_that_is_not_there_is_told(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    // Nobody listens at this port.
    let run = document_as(cluster, &json!({}), "https://127.0.0.1:1");
    refuses(&run, "error: cannot list daemonsets.apps: ");
    assert!(run.stderr.contains("onnection refused"), "{}", run.stderr);
}

async fn a_kubeconfig_that_is_no_good_is_named(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let run = cluster.document(&["--context", "other"]);
    refuses(&run, "error: no DUMP is given, and the cluster cannot be read: cannot use '");
    assert!(run.stderr.contains("other"), "{}", run.stderr);
    let missing = Run::of(&mut cluster.command("/nowhere/kubeconfig".as_ref()));
    let unread = "error: no DUMP is given, and the cluster cannot be read: cannot use '/nowhere/kubeconfig' (--kubeconfig): ";
    refuses(&missing, unread);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p.yaml"), "id: c\nregionId: r\n").unwrap();
    let mut command = aggregator();
    command.current_dir(folder.path()).env("HOME", folder.path()).env_remove("KUBECONFIG");
    let run = Run::of(command.args(["document", "--profile", "p.yaml"]));
    refuses(
        &run,
        "error: no DUMP is given, and the cluster cannot be read: no cluster to use: give --kubeconfig, or run in a pod: ",
    );
}
