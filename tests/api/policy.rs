//! What an agent may write, and what it may not: each attempt is made, at the real server, with the
//! rights and the policies of the chart.

use std::sync::Arc;

use http::Request;
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use crate::environment::{Environment, cases};

cases![
    an_agent_writes_nothing_but_what_is_its_own,
    an_agent_writes_what_is_its_own,
    an_agent_whose_token_is_bound_to_no_pod_writes_nothing,
    an_agent_leaves_an_id_of_somebody_else_s_alone,
];

const MERGE: &str = "application/merge-patch+json";
const JSON: &str = "application/json-patch+json";
const STRATEGIC: &str = "application/strategic-merge-patch+json";
const APPLY: &str = "application/apply-patch+yaml";
const PLAIN: &str = "application/json";

const NODES: &str = "/api/v1/nodes";
const INVENTORIES: &str = "/apis/inventory.aios/v1alpha1/nodeinventories";

/// A request.
struct Attempt {
    method: &'static str,
    path: String,
    kind: &'static str,
    body: Value,
}

impl Attempt {
    fn patch_node(name: &str, body: Value) -> Self {
        Self::new("PATCH", format!("{NODES}/{name}"), MERGE, body)
    }

    fn inventory(method: &'static str, name: &str, kind: &'static str, body: Value) -> Self {
        let end = if method == "POST" { String::new() } else { format!("/{name}") };
        Self::new(method, format!("{INVENTORIES}{end}"), kind, body)
    }

    fn new(method: &'static str, path: String, kind: &'static str, body: Value) -> Self {
        Self { method, path, kind, body }
    }

    async fn make(&self, client: &Client) -> Result<Value, kube::Error> {
        let uri = match self.kind {
            APPLY => format!("{}?fieldManager=inventory-agent&force=true", self.path),
            _ => self.path.clone(),
        };
        let body = if self.body.is_null() { Vec::new() } else { self.body.to_string().into() };
        let request =
            Request::builder().method(self.method).uri(uri).header("Content-Type", self.kind);
        client.request(request.body(body).unwrap()).await
    }

    async fn must_be_refused(&self, client: &Client) {
        match self.make(client).await {
            Err(kube::Error::Api(status)) if matches!(status.code, 403 | 422) => {}
            answer => panic!("{} {} {}: {answer:?}", self.method, self.path, self.body),
        }
    }

    async fn must_be_allowed(&self, client: &Client) {
        let answer = self.make(client).await;
        assert!(answer.is_ok(), "{} {} {}: {answer:?}", self.method, self.path, self.body);
    }
}

/// Reads a Node, as the agent does.
pub async fn reads_a_node(client: &Client, name: &str) -> Result<Value, kube::Error> {
    Attempt::new("GET", format!("{NODES}/{name}"), PLAIN, Value::Null).make(client).await
}

/// Annotates a Node, as the agent does.
pub async fn annotates_a_node(client: &Client, name: &str) -> Result<Value, kube::Error> {
    Attempt::patch_node(name, annotation("[]")).make(client).await
}

/// Makes an inventory, as the agent does.
pub async fn makes_an_inventory(client: &Client, name: &str) -> Result<Value, kube::Error> {
    Attempt::inventory("PATCH", name, APPLY, inventory(name, &Value::Null)).make(client).await
}

fn annotation(text: &str) -> Value {
    json!({ "metadata": { "annotations": { "gpu.aios/info": text } } })
}

fn label(id: &Value) -> Value {
    json!({ "metadata": { "labels": { "nodeID": id } } })
}

/// A `NodeInventory` of this name, with more metadata where that is an object.
fn inventory(name: &str, more: &Value) -> Value {
    let mut metadata = json!({ "name": name });
    for (key, value) in more.as_object().into_iter().flatten() {
        metadata[key] = value.clone();
    }
    json!({
        "apiVersion": "inventory.aios/v1alpha1",
        "kind": "NodeInventory",
        "metadata": metadata,
        "status": {
            "nodeData": {
                "id": "node",
                "gpus": { "count": 0, "memory": 0, "gpus": [], "features": [], "modelNames": [] },
                "vcpus": { "count": 1 }, "memory": 1, "swap": 0,
                "storage": { "disks": 0, "size": 0 },
                "network": { "interfaces": 0, "txBandwidth": 0, "rxBandwidth": 0 },
            },
            "devices": {},
            "conditions": [],
        },
    })
}

fn owner(name: &str, more: &Value) -> Value {
    let mut owner = json!({ "apiVersion": "v1", "kind": "Node", "name": name, "uid": "1" });
    for (key, value) in more.as_object().into_iter().flatten() {
        owner[key] = value.clone();
    }
    json!({ "ownerReferences": [owner] })
}

/// At B's object, and those of nodes that do not exist.
fn at_other_objects(own: &str, b: &str) -> Vec<Attempt> {
    let of_b = |method, kind, body| Attempt::inventory(method, b, kind, body);
    let nobody = || inventory("policy-c", &Value::Null);
    vec![
        of_b("PATCH", APPLY, inventory(b, &Value::Null)),
        of_b("PATCH", MERGE, json!({ "status": { "nodeData": { "memory": 7 } } })),
        of_b("PATCH", MERGE, json!({ "metadata": { "labels": { "x": "y" } } })),
        of_b("DELETE", PLAIN, Value::Null),
        Attempt::inventory("POST", "policy-c", PLAIN, nobody()),
        Attempt::inventory("PATCH", "policy-c", APPLY, nobody()),
        Attempt::new("DELETE", INVENTORIES.to_owned(), PLAIN, Value::Null),
        Attempt::new("PUT", format!("{INVENTORIES}/{b}"), PLAIN, inventory(b, &Value::Null)),
        Attempt::new("PUT", format!("{INVENTORIES}/{own}"), PLAIN, inventory(own, &Value::Null)),
    ]
}

/// At its own object, as it may not look.
fn at_its_object(own: &str, b: &str) -> Vec<Attempt> {
    vec![
        Attempt::inventory("PATCH", own, MERGE, json!({ "metadata": { "finalizers": ["a.b/c"] } })),
        Attempt::inventory("PATCH", own, MERGE, json!({ "metadata": owner(b, &Value::Null) })),
        Attempt::inventory(
            "PATCH",
            own,
            MERGE,
            json!({ "metadata": owner(own, &json!({ "blockOwnerDeletion": true })) }),
        ),
        Attempt::inventory(
            "PATCH",
            own,
            MERGE,
            json!({ "metadata": owner(own, &json!({ "controller": true })) }),
        ),
        Attempt::inventory(
            "PATCH",
            own,
            MERGE,
            json!({ "metadata": owner(own, &json!({ "kind": "Namespace" })) }),
        ),
    ]
}

/// At B's Node.
fn at_another_node(own: &str, b: &str) -> Vec<Attempt> {
    vec![
        Attempt::patch_node(b, annotation("[]")),
        Attempt::patch_node(b, annotation("[1]")),
        Attempt::patch_node(b, label(&json!(b))),
        Attempt::patch_node(b, label(&json!(own))),
        Attempt::new("DELETE", format!("{NODES}/{b}"), PLAIN, Value::Null),
    ]
}

/// At its own Node, by every other field.
fn at_its_node(own: &str, b: &str) -> Vec<Attempt> {
    let node = |body: Value| Attempt::patch_node(own, body);
    vec![
        node(label(&json!(b))),
        node(label(&json!("policy-a-0123abcd"))),
        node(label(&json!(""))),
        node(label(&Value::Null)),
        node(json!({ "metadata": { "annotations": { "gpu.aios/info": null } } })),
        node(json!({ "metadata": { "labels": { "node-role.kubernetes.io/control-plane": "" } } })),
        node(json!({ "metadata": { "labels": { "kubernetes.io/os": null } } })),
        node(json!({ "metadata": { "labels": { "kubernetes.io/os": "windows" } } })),
        node(json!({ "metadata": { "labels": null } })),
        node(json!({ "metadata": { "annotations": { "a": "b" } } })),
        node(json!({ "metadata": { "annotations": { "gpu.aios/info": "[1]", "a": "b" } } })),
        node(json!({ "metadata": { "annotations": null } })),
        node(json!({ "metadata": { "finalizers": ["a.b/c"] } })),
        node(json!({ "metadata": owner(own, &Value::Null) })),
        node(json!({ "spec": { "unschedulable": true } })),
        node(json!({ "spec": { "taints": [{ "key": "k", "effect": "NoExecute" }] } })),
        node(json!({ "spec": { "providerID": "x" } })),
        node(json!({ "spec": { "podCIDR": "10.1.0.0/24" } })),
        Attempt::new("DELETE", format!("{NODES}/{own}"), PLAIN, Value::Null),
        Attempt::new(
            "POST",
            NODES.to_owned(),
            PLAIN,
            json!({ "metadata": { "name": "policy-c" } }),
        ),
        Attempt::new(
            "PATCH",
            format!("{NODES}/{own}/status"),
            MERGE,
            json!({ "status": { "capacity": { "cpu": "1000" } } }),
        ),
        Attempt::new("GET", format!("{NODES}/{own}/proxy/pods"), PLAIN, Value::Null),
    ]
}

/// At Nodes, in the other forms of a patch, and at what has nothing to do with nodes.
fn at_anything_else(own: &str) -> Vec<Attempt> {
    vec![
        Attempt::new(
            "PATCH",
            format!("{NODES}/{own}"),
            JSON,
            json!([{ "op": "remove", "path": "/metadata/labels/nodeID" }]),
        ),
        Attempt::new(
            "PATCH",
            format!("{NODES}/{own}"),
            JSON,
            json!([{ "op": "add", "path": "/metadata/finalizers", "value": ["a.b/c"] }]),
        ),
        Attempt::new(
            "PATCH",
            format!("{NODES}/{own}"),
            STRATEGIC,
            json!({ "spec": { "taints": [{ "key": "k", "effect": "NoExecute" }] } }),
        ),
        Attempt::new(
            "PATCH",
            format!("{NODES}/{own}"),
            APPLY,
            json!({
                "apiVersion": "v1", "kind": "Node",
                "metadata": { "name": own, "labels": { "nodeID": own, "more": "x" } },
            }),
        ),
        Attempt::new(
            "PATCH",
            format!("{NODES}/policy-c"),
            APPLY,
            json!({
                "apiVersion": "v1", "kind": "Node", "metadata": { "name": "policy-c" },
            }),
        ),
        Attempt::new("GET", "/api/v1/secrets".to_owned(), PLAIN, Value::Null),
        Attempt::new("GET", "/api/v1/pods".to_owned(), PLAIN, Value::Null),
        Attempt::new(
            "POST",
            "/api/v1/namespaces/default/events".to_owned(),
            PLAIN,
            json!({
                "metadata": { "name": "e" }, "involvedObject": {},
            }),
        ),
    ]
}

async fn an_agent_writes_nothing_but_what_is_its_own(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let (mine, other) = (cluster.node("policy-a").await, cluster.node("policy-b").await);
    let (own, b) = ("policy-a", "policy-b");
    let agent = mine.agent().await;
    let other_agent = other.agent().await;
    makes_an_inventory(&agent, own).await.unwrap();
    makes_an_inventory(&other_agent, b).await.unwrap();
    Attempt::patch_node(own, label(&json!(own))).must_be_allowed(&agent).await;
    annotates_a_node(&agent, own).await.unwrap();
    let before = (mine.node().await.unwrap(), other.node().await.unwrap());

    let attempts = [
        at_other_objects(own, b),
        at_its_object(own, b),
        at_another_node(own, b),
        at_its_node(own, b),
        at_anything_else(own),
    ];
    for attempt in attempts.iter().flatten() {
        attempt.must_be_refused(&agent).await;
    }
    // A status in a patch of the Node itself is ignored, and answered as if it were not.
    let status = Attempt::patch_node(own, json!({ "status": { "capacity": { "cpu": "1000" } } }));
    status.must_be_allowed(&agent).await;

    let after = (mine.node().await.unwrap(), other.node().await.unwrap());
    for (before, after) in [(&before.0, &after.0), (&before.1, &after.1)] {
        assert_eq!(before.labels(), after.labels());
        assert_eq!(before.annotations(), after.annotations());
        assert_eq!((&before.spec, &before.status), (&after.spec, &after.status));
        assert_eq!((after.finalizers(), after.owner_references()), (&[][..], &[][..]));
    }
    assert!(cluster.inventories().await.get_opt("policy-c").await.unwrap().is_none());
    assert!(cluster.inventories().await.get_opt(b).await.unwrap().is_some());
}

async fn an_agent_writes_what_is_its_own(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let long = format!("{}.{}", "a".repeat(53), "b".repeat(40));
    for (name, id) in
        [("policy-own", "policy-own"), (&long, &format!("{}-0123abcd", "a".repeat(53)))]
    {
        let node = cluster.node(name).await;
        let agent = node.agent().await;
        let uid = node.node().await.unwrap().uid().unwrap();
        let owner = owner(name, &json!({ "uid": uid }));
        for attempt in [
            Attempt::patch_node(name, label(&json!(id))),
            Attempt::patch_node(name, label(&json!(id))),
            Attempt::patch_node(name, annotation("[]")),
            Attempt::patch_node(name, annotation(r#"[{"modelName":"x","memory":1}]"#)),
            Attempt::inventory("PATCH", name, APPLY, inventory(name, &owner)),
            Attempt::inventory("PATCH", name, APPLY, inventory(name, &owner)),
            Attempt::inventory("DELETE", name, PLAIN, Value::Null),
            Attempt::new("GET", format!("{NODES}/{name}"), PLAIN, Value::Null),
        ] {
            attempt.must_be_allowed(&agent).await;
        }
    }
}

async fn an_agent_whose_token_is_bound_to_no_pod_writes_nothing(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let node = cluster.node("policy-unbound").await;
    let name = node.name.as_str();
    makes_an_inventory(&node.agent().await, name).await.unwrap();
    let agent = node.unbound_agent().await;
    for attempt in [
        Attempt::patch_node(name, label(&json!(name))),
        Attempt::patch_node(name, annotation("[]")),
        Attempt::inventory("PATCH", name, APPLY, inventory(name, &Value::Null)),
        Attempt::inventory("POST", "nobody", PLAIN, inventory("nobody", &Value::Null)),
        Attempt::inventory("DELETE", name, PLAIN, Value::Null),
    ] {
        attempt.must_be_refused(&agent).await;
    }
    Attempt::new("GET", format!("{NODES}/{name}"), PLAIN, Value::Null)
        .must_be_allowed(&agent)
        .await;
}

async fn an_agent_leaves_an_id_of_somebody_else_s_alone(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let node = cluster.node("policy-named").await;
    let admin = cluster.plane.admin().await;
    let agent = node.agent().await;
    Attempt::patch_node(&node.name, label(&json!("rack-7"))).must_be_allowed(&admin).await;
    // What is there may stay while something else is written, and may become the name.
    Attempt::patch_node(&node.name, annotation("[]")).must_be_allowed(&agent).await;
    Attempt::patch_node(&node.name, label(&json!("rack-7"))).must_be_allowed(&agent).await;
    Attempt::patch_node(&node.name, label(&json!("rack-8"))).must_be_refused(&agent).await;
    Attempt::patch_node(&node.name, label(&json!("policy-named"))).must_be_allowed(&agent).await;
}
