//! `label` on a real cluster.

use std::sync::Arc;

use inventory_common::resource::NODE_ID_LABEL;
use k8s_openapi::api::core::v1::Node;
use kube::ResourceExt;
use kube::api::{Api, ListParams, PostParams};
use serde_json::json;

use crate::environment::{Cluster, Environment, aggregator, cases, says};
use crate::run::Run;

cases![nodes_get_the_ids_that_a_person_wants_and_nothing_half_done];

/// Runs `label` as the cluster's administrator.
fn label(cluster: &Cluster, args: &[&str]) -> Run {
    let mut command = aggregator();
    command.args(["label", "--kubeconfig"]).arg(cluster.plane.admin_kubeconfig());
    Run::of(command.current_dir(cluster.folder()).args(args))
}

/// Every Node's label, in the order of their names.
async fn ids(cluster: &Cluster) -> Vec<Option<String>> {
    let api: Api<Node> = Api::all(cluster.admin.clone());
    let nodes = api.list(&ListParams::default()).await.unwrap();
    nodes.iter().map(|node| node.labels().get(NODE_ID_LABEL).cloned()).collect()
}

async fn nodes_get_the_ids_that_a_person_wants_and_nothing_half_done(_: Arc<Environment>) {
    let cluster = Cluster::start().await;
    let api: Api<Node> = Api::all(cluster.admin.clone());
    for name in ["a", "b", "c"] {
        let node = json!({ "metadata": { "name": name } });
        let node: Node = serde_json::from_value(node).unwrap();
        api.create(&PostParams::default(), &node).await.unwrap();
    }
    let some = |ids: [&str; 3]| ids.map(|id| Some(id.to_owned())).to_vec();
    let none = vec![None; 3];

    cluster.profile("twice", "a x\nb x\nz y\n");
    let run = label(&cluster, &["--file", "twice"]);
    assert_eq!((run.exit, ids(&cluster).await), (1, none.clone()), "{run:?}");
    says(
        &run,
        &["error: node 'z': the cluster has no such Node", "error: 'x' would be the id of a and b"],
    );

    let run = label(&cluster, &["--pattern", "west-{n}", "--dry-run"]);
    assert_eq!((run.exit, ids(&cluster).await), (0, none), "{run:?}");
    assert!(run.stderr.contains("node 'c': nodeID 'west-3' (not written)"), "{run:?}");

    let run = label(&cluster, &["--pattern", "west-{n}"]);
    assert_eq!(
        (run.exit, ids(&cluster).await),
        (0, some(["west-1", "west-2", "west-3"])),
        "{run:?}"
    );

    cluster.profile("one", "# ours\na best\n");
    let run = label(&cluster, &["--file", "one"]);
    assert_eq!(run.exit, 1);
    says(&run, &["error: node 'a': it has the id 'west-1' already: --overwrite replaces it"]);
    let run = label(&cluster, &["--file", "one", "--overwrite"]);
    assert_eq!((run.exit, ids(&cluster).await), (0, some(["best", "west-2", "west-3"])), "{run:?}");
    let run = label(&cluster, &["--file", "one"]);
    says(&run, &["note: every label says so already"]);
}
