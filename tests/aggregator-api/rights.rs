//! What the chart lets the aggregator do, as the API server sees it: what it needs, and little else.

use std::sync::Arc;

use k8s_openapi::api::authorization::v1::SubjectAccessReview;
use kube::api::{Api, PostParams};
use serde_json::{Value, json};

use crate::environment::{Cluster, Environment, cases};

cases![the_aggregator_may_do_what_it_needs_and_little_else];

/// Where the aggregator runs.
const OWN: &str = "aios-inventory";

/// Verbs, group, resource, namespace (none for the whole cluster) and name (none for any).
type Right = (&'static [&'static str], &'static str, &'static str, &'static str, &'static str);

const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch", "delete", "deletecollection"];

const GRANTED: [Right; 12] = [
    (READ, "", "nodes", "", ""),
    (READ, "inventory.aios", "nodeinventories", "", ""),
    (READ, "inventory.aios", "clusteronboardings", "", ""),
    (&["patch", "update"], "inventory.aios", "clusteronboardings/status", "", "cluster"),
    (&["list", "watch"], "", "pods", OWN, ""),
    (&["list", "watch"], "apps", "daemonsets", OWN, ""),
    (&["create"], "coordination.k8s.io", "leases", OWN, ""),
    (&["get", "update"], "coordination.k8s.io", "leases", OWN, "inventory-aggregator"),
    (&["get"], "", "secrets", OWN, "join"),
    (&["get"], "", "configmaps", "kube-system", "kubeadm-config"),
    (&["create", "patch"], "events.k8s.io", "events", "default", ""),
    // What everybody may.
    (&["create"], "authorization.k8s.io", "selfsubjectaccessreviews", "", ""),
];

const WITHHELD: [Right; 15] = [
    (WRITE, "", "nodes", "", ""),
    (&["patch", "update"], "", "nodes/status", "", ""),
    (WRITE, "inventory.aios", "nodeinventories", "", ""),
    (WRITE, "inventory.aios", "clusteronboardings", "", "cluster"),
    (READ, "", "pods", "", ""),
    (WRITE, "", "pods", OWN, ""),
    (&["create", "get"], "", "pods/exec", OWN, ""),
    (WRITE, "apps", "daemonsets", OWN, ""),
    (&["get", "update", "patch", "delete"], "coordination.k8s.io", "leases", OWN, "another"),
    (&["get", "update"], "coordination.k8s.io", "leases", "kube-system", "inventory-aggregator"),
    (READ, "", "secrets", OWN, "another"),
    (&["list", "watch"], "", "secrets", OWN, ""),
    (&["get"], "", "secrets", "kube-system", "join"),
    (READ, "", "configmaps", "kube-system", "another"),
    (&["create"], "", "serviceaccounts/token", OWN, ""),
];

async fn the_aggregator_may_do_what_it_needs_and_little_else(environment: Arc<Environment>) {
    let Cluster { admin, chart, .. } = environment.cluster().await;
    let user = format!("system:serviceaccount:{}:{}", chart.namespace, chart.account("aggregator"));
    let reviews: Api<SubjectAccessReview> = Api::all(admin.clone());
    for (rights, is_granted) in [(&GRANTED[..], true), (&WITHHELD, false)] {
        for right in rights {
            for (verb, review) in questions(&user, right) {
                let review = serde_json::from_value(review).unwrap();
                let answer = reviews.create(&PostParams::default(), &review).await.unwrap();
                assert_eq!(answer.status.unwrap().allowed, is_granted, "{verb}: {right:?}");
            }
        }
    }
}

/// A question for each verb.
fn questions(
    user: &str,
    &(verbs, group, resource, namespace, name): &Right,
) -> Vec<(&'static str, Value)> {
    let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
    let question = |verb: &&'static str| {
        let attributes = json!({
            "verb": verb, "group": group, "resource": resource, "subresource": subresource,
            "namespace": namespace, "name": name,
        });
        let groups = ["system:serviceaccounts", "system:authenticated"];
        let spec = json!({ "user": user, "groups": groups, "resourceAttributes": attributes });
        (*verb, json!({ "spec": spec }))
    };
    verbs.iter().map(question).collect()
}
