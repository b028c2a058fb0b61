//! A whole look, beside a stand-in for the API server.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::check::{Check, State};
use crate::cluster::report::tests::node as node_data;
use crate::kubernetes::stand_in::ApiServer;

/// What the pods of this project that are in the cluster run.
const IMAGE: &str = "registry/inventory:1";

fn node(name: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut node = json!({
        "metadata": { "name": name, "uid": name, "labels": { "kubernetes.io/os": "linux", "nodeID": name } },
        "spec": {},
        "status": {
            "conditions": [{ "type": "Ready", "status": "True" }],
            "addresses": [{ "type": "InternalIP", "address": "127.0.0.1" }],
        },
    });
    change(&mut node);
    node
}

/// A Service that opens this port on every node, for pods of its name.
fn service(namespace: &str, name: &str, port: u16) -> Value {
    let ports = json!([{ "name": "http", "port": 80, "nodePort": port }]);
    json!({
        "metadata": { "name": name, "namespace": namespace },
        "spec": { "type": "NodePort", "selector": { "app": name }, "ports": ports },
    })
}

/// A cluster that has what it needs.
fn cluster() -> ApiServer {
    let api = ApiServer::default();
    api.put("/version", json!({
        "major": "1", "minor": "35", "gitVersion": "v1.35.4", "gitCommit": "", "gitTreeState": "",
        "buildDate": "", "goVersion": "", "compiler": "", "platform": "",
    }));
    api.put("/apis", json!({ "groups": [] }));
    // Every right is granted.
    let granted = json!({ "spec": {}, "status": { "allowed": true } });
    api.put("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews/", granted);
    let pod = json!({ "containers": [{ "name": "agent", "image": IMAGE }] });
    let set = json!({ "metadata": { "name": "s" }, "spec": { "selector": {}, "template": { "spec": pod } } });
    api.list("/apis/apps/v1/namespaces/ns/daemonsets", &json!([set]));
    api.list("/apis/apps/v1/namespaces/ns/deployments", &json!([]));
    let ready =
        json!({ "phase": "Running", "conditions": [{ "type": "Ready", "status": "True" }] });
    let pod = |name: &str| json!({ "metadata": { "name": name }, "spec": { "nodeName": name, "containers": [] }, "status": ready });
    api.list("/api/v1/namespaces/ns/pods", &json!([pod("a"), pod("b")]));
    api.list("/api/v1/namespaces/ambassador/pods", &json!([pod("gate")]));
    api.list("/api/v1/nodes", &json!([node("a", |_| ()), node("b", |_| ())]));
    let complete = json!({
        "type": "Complete", "status": "True", "reason": "R", "message": "m",
        "lastTransitionTime": "2026-01-01T00:00:00Z",
    });
    let inventory = |name: &str| {
        let mut data = serde_json::to_value(node_data()).unwrap();
        data["id"] = name.into();
        json!({
            "apiVersion": "inventory.aios/v1alpha1", "kind": "NodeInventory", "metadata": { "name": name },
            "status": { "nodeData": data, "devices": {}, "conditions": [complete] },
        })
    };
    api.list(
        "/apis/inventory.aios/v1alpha1/nodeinventories",
        &json!([inventory("a"), inventory("b")]),
    );
    api.list("/api/v1/services", &json!([service("ambassador", "ambassador", 32_000)]));
    for namespace in ["ambassador", "web"] {
        let endpoints =
            json!([{ "addresses": ["10.0.0.1"], "conditions": { "ready": namespace != "web" } }]);
        let slice =
            json!({ "metadata": { "name": "e" }, "addressType": "IPv4", "endpoints": endpoints });
        let path = format!("/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices");
        api.list(&path, &json!([slice]));
    }
    api
}

fn wanted() -> Wanted {
    let spec = json!({
        "id": "c", "regionId": "r", "config": { "publicHostname": "c.example", "useGateway": false },
    });
    let settings = Settings::Known(serde_json::from_value(spec).unwrap());
    Wanted { limit: Duration::from_secs(2), ..Wanted::new("ns", settings) }
}

async fn looked(api: &ApiServer, wanted: &Wanted) -> Vec<Check> {
    look(&api.client(), wanted, &Pods::new("ns")).await
}

/// The checks of a section that are not as they should be.
fn bad(checks: &[Check], section: &str) -> Vec<(String, State)> {
    let bad = checks.iter().filter(|check| check.section == section && !check.passes());
    bad.map(|check| (check.name.clone(), check.state)).collect()
}

fn sections(checks: &[Check]) -> Vec<&'static str> {
    let mut sections: Vec<&str> = checks.iter().map(|check| check.section).collect();
    sections.dedup();
    sections
}

/// All sections, as the checks have them.
const ALL: [&str; 8] =
    ["access", "version", "helm", "gateway", "nodes", "agents", "settings", "ports from here"];

#[tokio::test]
async fn what_is_there_passes_and_only_what_is_wanted_is_looked_at() {
    let (api, wanted) = (cluster(), wanted());
    let checks = looked(&api, &wanted).await;
    assert_eq!(sections(&checks), ALL);
    let of_access = checks.iter().filter(|check| check.section == "access").count();
    assert_eq!(of_access, 1 + 15, "the server, and each right");
    for section in ["access", "gateway", "nodes", "agents"] {
        assert_eq!(bad(&checks, section), []);
    }
    let all = Section::value_variants();
    api.asked("");
    for (section, called) in all.iter().zip(ALL) {
        let skipped = all.iter().copied().filter(|other| other != section).collect();
        let checks = looked(&api, &Wanted { skipped, ..wanted.clone() }).await;
        assert_eq!(sections(&checks), [called]);
        let asks = !api.asked("GET /api/v1/").is_empty();
        assert_eq!(asks, !["access", "helm"].contains(&called), "{called}");
        let skipped = [*section].into();
        let checks = looked(&api, &Wanted { skipped, ..wanted.clone() }).await;
        api.asked("");
        assert!(!sections(&checks).contains(&called) && sections(&checks).len() == 7, "{called}");
    }
}

#[tokio::test]
async fn nodes_that_do_not_count_are_not_judged() {
    let api = cluster();
    let windows =
        |node: &mut Value| node["metadata"]["labels"] = json!({ "kubernetes.io/os": "windows" });
    let unlabelled =
        |node: &mut Value| node["metadata"]["labels"] = json!({ "kubernetes.io/os": "linux" });
    api.list("/api/v1/nodes", &json!([node("a", |_| ()), node("b", windows)]));
    assert_eq!(bad(&looked(&api, &wanted()).await, "nodes"), []);
    api.list("/api/v1/nodes", &json!([node("a", |_| ()), node("b", unlabelled)]));
    let lacks =
        [("label nodeID", State::Failure), ("nodeIDs equal nodeData's ids", State::NotTried)];
    let lacks = lacks.map(|(name, state)| (name.to_owned(), state));
    assert_eq!(bad(&looked(&api, &wanted()).await, "nodes"), lacks);
    // A person says which count.
    let mut wanted = wanted();
    let Settings::Known(spec) = &mut wanted.settings else { panic!("they are known") };
    spec.node_selector = [("nodeID".to_owned(), "a".to_owned())].into();
    assert_eq!(bad(&looked(&api, &wanted).await, "nodes"), []);
}

#[tokio::test]
async fn without_a_gateway_what_lacks_hangs_on_whether_aios_uses_it() {
    let api = cluster();
    api.list("/api/v1/namespaces/ambassador/pods", &json!([]));
    let state = async |services: Value, uses_gateway: bool| {
        api.list("/api/v1/services", &services);
        let mut wanted = wanted();
        let Settings::Known(spec) = &mut wanted.settings else { panic!("they are known") };
        spec.profile.config["useGateway"] = uses_gateway.into();
        bad(&looked(&api, &wanted).await, "gateway")
            .into_iter()
            .map(|(_, state)| state)
            .collect::<Vec<_>>()
    };
    assert_eq!(state(json!([]), true).await, [State::Failure; 2]);
    assert_eq!(state(json!([]), false).await, [State::Warning; 2]);
    assert_eq!(state(json!([service("web", "shop", 32_001)]), false).await, [State::Warning; 2]);
    assert_eq!(state(json!([service("web", "shop", 32_000)]), false).await, [State::Failure; 2]);
}

#[tokio::test]
async fn a_node_port_is_tried_where_somebody_is_behind_it_on_every_node() {
    let api = cluster();
    let seen = async |services: Value| {
        api.list("/api/v1/services", &services);
        let checks = looked(&api, &wanted()).await;
        let range =
            checks.into_iter().rev().find(|check| check.section == "ports from here").unwrap();
        range.seen
    };
    let (live, idle) =
        (service("ambassador", "ambassador", 32_000), service("web", "shop", 32_001));
    let told = seen(json!([live, idle])).await;
    assert!(told.contains("(TCP 32000, at which"), "{told}");
    let mut local = live;
    local["spec"]["externalTrafficPolicy"] = "Local".into();
    let none = "has a ready endpoint to be reached on every node";
    for services in [json!([local]), json!([idle])] {
        let told = seen(services).await;
        assert!(told.contains(none), "{told}");
    }
    let unknown = service("elsewhere", "shop", 32_001);
    assert!(seen(json!([unknown])).await.contains("cannot list endpointslices"));
    assert_eq!(seen(json!([])).await, "no Service has one, and so nothing would answer");
}

/// What the pods of nodes connect to is told by their logs, which this puts there beforehand.
mod within {
    use super::*;

    fn wanted_within() -> Wanted {
        let skipped = Section::value_variants().iter().copied();
        let skipped = skipped.filter(|section| *section != Section::Ports).collect();
        let within = Within { namespace: "ns".into(), image: None, limit: Duration::from_secs(2) };
        Wanted { skipped, within: Some(within), ..wanted() }
    }

    /// The check of the pods themselves.
    async fn pods(api: &ApiServer, wanted: &Wanted) -> Check {
        let all = looked(api, wanted).await;
        all.into_iter().find(|check| check.section == "ports from the nodes").unwrap()
    }

    #[tokio::test]
    async fn only_nodes_that_take_pods_are_asked_and_none_is_left_behind() {
        let api = cluster();
        let cordoned = |node: &mut Value| node["spec"]["unschedulable"] = true.into();
        let unready = |node: &mut Value| node["status"]["conditions"] = json!([]);
        let windows =
            |node: &mut Value| node["metadata"]["labels"]["kubernetes.io/os"] = "windows".into();
        let all =
            json!([node("a", |_| ()), node("b", cordoned), node("c", unready), node("d", windows)]);
        api.list("/api/v1/nodes", &all);
        // It never ends well, and so nobody waits for it.
        api.fill(
            "/api/v1/namespaces/ns/pods",
            json!({ "status": { "phase": "Failed", "reason": "Evicted" } }),
        );
        let check = pods(&api, &wanted_within()).await;
        assert_eq!(check.seen, "tried from 0 of 1; a: its pod failed: Evicted");
        let [made] = api.written("/pods").try_into().unwrap();
        assert_eq!(
            (&made["spec"]["nodeName"], &made["spec"]["containers"][0]["image"]),
            (&json!("a"), &json!(IMAGE))
        );
        let name = made["metadata"]["name"].as_str().unwrap();
        assert!(name.starts_with("inventory-preflight-") && name.ends_with("-0"), "{name}");
        assert_eq!(api.object(&format!("/api/v1/namespaces/ns/pods/{name}")), None);

        api.list("/api/v1/nodes", &json!([node("b", cordoned)]));
        let check = pods(&api, &wanted_within()).await;
        assert_eq!(check.seen, "no Linux node is ready and takes pods");
    }

    #[tokio::test]
    async fn what_a_pod_has_seen_is_told_from_where() {
        let api = cluster();
        api.fill("/api/v1/namespaces/ns/pods", json!({ "status": { "phase": "Succeeded" } }));
        let target = |port: u16| json!({ "host": "127.0.0.1", "port": port, "reach": "open" });
        api.log(json!({ "reached": [target(10_250), target(32_000)] }));
        let checks = looked(&api, &wanted_within()).await;
        let of = |name: &str| {
            let mut all = checks.iter().filter(|check| check.section == "ports from the nodes");
            all.find(|check| check.name.contains(name)).unwrap()
        };
        assert_eq!(of("pods on the nodes").seen, "tried from all 2 that take pods");
        assert!(of("kubelet 10250 (workers)").passes(), "{checks:#?}");
        assert!(api.asked("/log?").iter().all(|asked| asked.contains("limitBytes=4194304")));
        let names = api.written("/pods");
        assert_ne!(names[0]["metadata"]["name"], names[1]["metadata"]["name"]);
    }

    #[tokio::test]
    async fn a_pod_that_may_be_there_is_deleted_in_the_end_and_told_where_it_cannot() {
        use axum::http::StatusCode;
        let left = async |refused: &'static str, status| {
            let (api, pods) = (cluster(), Pods::new("ns"));
            api.list("/api/v1/nodes", &json!([node("a", |_| ())]));
            api.fill("/api/v1/namespaces/ns/pods", json!({ "status": { "phase": "Failed" } }));
            api.refuse(refused, status);
            look(&api.client(), &wanted_within(), &pods).await;
            (pods.clear(&api.client()).await, api.asked("DELETE").len())
        };
        let (lines, tries) = left("DELETE", StatusCode::FORBIDDEN).await;
        let [line] = lines.try_into().unwrap();
        assert_eq!(tries, 2);
        assert!(line.starts_with("pod 'inventory-preflight-"), "{line}");
        assert!(line.contains("is left behind, cannot delete pods: "), "{line}");
        // Nobody knows whether it was made, and it can be deleted.
        let broken =
            left("POST /api/v1/namespaces/ns/pods", StatusCode::INTERNAL_SERVER_ERROR).await;
        assert_eq!(broken, (vec![], 1));
        // It was refused for sure, and there is nothing to delete.
        let refused = left("POST /api/v1/namespaces/ns/pods", StatusCode::FORBIDDEN).await;
        assert_eq!(refused, (vec![], 0));
    }
}
