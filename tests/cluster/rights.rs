//! What the pods' own tokens and their namespace allow.

use std::sync::Arc;

use inventory_common::resource::NodeInventory;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::authentication::v1::BoundObjectReference;
use k8s_openapi::api::core::v1::{Namespace, Node, Pod, PodTemplateSpec, ServiceAccount};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use test_kubernetes::{account, control_plane};

use crate::environment::{Cluster, Environment, cases, kubeconfig};
use crate::release;

cases![
    an_agents_own_token_writes_about_its_own_node_only,
    the_aggregator_passes_restricted_and_the_agent_all_but_its_mount,
];

/// A client with the token that kubelet gave the agent's pod, or one of the same kind.
async fn agent(cluster: &Cluster) -> Client {
    let pods: Api<Pod> = Api::namespaced(cluster.admin.clone(), release::NAME);
    let selector = format!("{},app.kubernetes.io/component=agent", release::SELECTOR);
    let pods = pods.list(&ListParams::default().labels(&selector)).await.unwrap();
    let [pod] = &pods.items[..] else { panic!("one agent") };
    let token = mounted_token().unwrap_or_default();
    let token = if token.is_empty() { token_for(cluster, pod).await } else { token };
    let mut kubeconfig = kubeconfig();
    let user = json!([{ "name": "agent", "user": { "token": token } }]);
    kubeconfig.auth_infos = serde_json::from_value(user).unwrap();
    for context in kubeconfig.contexts.iter_mut().filter_map(|named| named.context.as_mut()) {
        context.user = Some("agent".to_owned());
    }
    control_plane::client(kubeconfig).await
}

/// The token in the agent's pod, where its process is on this machine.
fn mounted_token() -> Option<String> {
    crate::environment::missing_for_host().is_none().then_some(())?;
    let process = crate::processes::Process::of("inventory-agent")?;
    let file = "var/run/secrets/kubernetes.io/serviceaccount/token";
    Some(std::fs::read_to_string(process.file(file)).unwrap())
}

async fn token_for(cluster: &Cluster, pod: &Pod) -> String {
    let bound = BoundObjectReference {
        api_version: Some("v1".to_owned()),
        kind: Some("Pod".to_owned()),
        name: pod.metadata.name.clone(),
        uid: pod.metadata.uid.clone(),
    };
    let account = pod.spec.as_ref().unwrap().service_account_name.as_ref().unwrap();
    account::token(cluster.admin.clone(), release::NAME, account, Some(bound)).await
}

async fn an_agents_own_token_writes_about_its_own_node_only(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let agent = agent(cluster).await;
    // A virtual node, which no agent is for.
    let other = json!({ "metadata": { "name": "other", "labels": { "type": "virtual-kubelet" } } });
    let other: Node = serde_json::from_value(other).unwrap();
    cluster.nodes().create(&PostParams::default(), &other).await.unwrap();

    let nodes: Api<Node> = Api::all(agent.clone());
    let patch = async |name: &str, metadata: Value| {
        let patch = Patch::Merge(json!({ "metadata": metadata }));
        let params = PatchParams { dry_run: true, ..PatchParams::default() };
        nodes.patch(name, &params, &patch).await.map(drop).map_err(|error| error.to_string())
    };
    let own = &cluster.node;
    let mut refusals = Vec::new();
    for (name, metadata) in [
        ("other", json!({ "annotations": { "gpu.aios/info": "[]" } })),
        ("other", json!({ "labels": { "nodeID": "other" } })),
        (own, json!({ "labels": { "nodeID": "another" } })),
        (own, json!({ "labels": { "nodeID": null } })),
        (own, json!({ "labels": { "more": "1" } })),
    ] {
        refusals.push((format!("{name} {metadata}"), patch(name, metadata).await));
    }
    let mut inventory = cluster.inventory().await.unwrap();
    inventory.metadata = serde_json::from_value(json!({ "name": "other" })).unwrap();
    let inventories: Api<NodeInventory> = Api::all(agent.clone());
    let created = inventories.create(&PostParams::default(), &inventory).await;
    refusals.push(("its inventory".to_owned(), created.map(drop).map_err(|e| e.to_string())));
    let allowed = patch(own, json!({ "annotations": { "gpu.aios/info": "[]" } })).await;
    cluster.nodes().delete("other", &DeleteParams::default()).await.unwrap();

    for (what, refusal) in refusals {
        let refusal = refusal.expect_err(&what);
        assert!(refusal.contains("ValidatingAdmissionPolicy"), "{what}: {refusal}");
    }
    allowed.unwrap();
}

async fn the_aggregator_passes_restricted_and_the_agent_all_but_its_mount(
    environment: Arc<Environment>,
) {
    let cluster = environment.cluster().await;
    let admin = &cluster.admin;
    let deployments: Api<Deployment> = Api::namespaced(admin.clone(), release::NAME);
    let sets: Api<DaemonSet> = Api::namespaced(admin.clone(), release::NAME);
    let list = ListParams::default().labels(release::SELECTOR);
    let deployments = deployments.list(&list).await.unwrap();
    let [deployment] = &deployments.items[..] else { panic!("one Deployment") };
    let sets = sets.list(&list).await.unwrap();
    let other = sets.items.iter().find(|set| set.name_any().ends_with("-other")).unwrap();

    let namespace = "aios-inventory-restricted";
    let level = json!({ "pod-security.kubernetes.io/enforce": "restricted" });
    let object = json!({ "metadata": { "name": namespace, "labels": level } });
    let namespaces: Api<Namespace> = Api::all(admin.clone());
    let object: Namespace = serde_json::from_value(object).unwrap();
    namespaces.create(&PostParams::default(), &object).await.unwrap();
    let aggregator = tried(admin, namespace, &deployment.spec.as_ref().unwrap().template).await;
    let agent = tried(admin, namespace, &other.spec.as_ref().unwrap().template).await;
    namespaces.delete(namespace, &DeleteParams::default()).await.unwrap();

    aggregator.unwrap();
    let refusal = agent.unwrap_err();
    let (_, violations) = refusal.split_once("\"restricted:latest\": ").expect(&refusal);
    let mount = "restricted volume types (volume \"sys\" uses restricted volume type \"hostPath\")";
    assert!(violations.starts_with(mount), "{violations}");
    assert!(!violations[mount.len()..].starts_with(','), "{violations}");
}

/// What the API server says of a pod of this template in a namespace, where it is only tried.
async fn tried(admin: &Client, namespace: &str, template: &PodTemplateSpec) -> Result<(), String> {
    let mut spec = template.spec.clone().unwrap();
    let accounts: Api<ServiceAccount> = Api::namespaced(admin.clone(), namespace);
    let name = spec.service_account_name.take().unwrap();
    let account = serde_json::from_value(json!({ "metadata": { "name": name } })).unwrap();
    accounts.create(&PostParams::default(), &account).await.unwrap();
    spec.service_account_name = Some(name);
    let pod = Pod { spec: Some(spec), ..Pod::default() };
    let mut pod = pod;
    pod.metadata.name = Some("tried".to_owned());
    let pods: Api<Pod> = Api::namespaced(admin.clone(), namespace);
    let params = PostParams { dry_run: true, ..PostParams::default() };
    pods.create(&params, &pod).await.map(drop).map_err(|error| error.to_string())
}
