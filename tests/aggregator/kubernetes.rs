//! A small stand-in for an API server: objects at their paths, and what was asked. Whatever depends on
//! how a real one behaves is tested against a real one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

#[derive(Default)]
struct World {
    objects: BTreeMap<String, Value>,
    refused: Vec<String>,
    asked: Vec<(String, String)>,
}

/// The stand-in, which answers until the test ends.
pub struct Kubernetes {
    world: Arc<Mutex<World>>,
    pub url: String,
}

/// What a list's path ends with.
const LISTS: [&str; 12] = [
    "nodes",
    "endpointslices",
    "pods",
    "deployments",
    "statefulsets",
    "daemonsets",
    "services",
    "secrets",
    "configmaps",
    "serviceaccounts",
    "persistentvolumeclaims",
    "namespaces",
];

impl Kubernetes {
    pub fn start() -> Self {
        let world = Arc::new(Mutex::new(World::default()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = axum::Router::new().fallback(handle).with_state(Arc::clone(&world));
        thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { world, url }
    }

    /// Puts an object at its path.
    pub fn put(&self, path: &str, object: Value) {
        self.world.lock().unwrap().objects.insert(path.to_owned(), object);
    }

    /// Takes all objects away whose path begins so.
    pub fn take(&self, begin: &str) {
        self.world.lock().unwrap().objects.retain(|path, _| !path.starts_with(begin));
    }

    /// Answers 403 where a path has this in it.
    pub fn refuse(&self, part: &str) {
        self.world.lock().unwrap().refused.push(part.to_owned());
    }

    /// The paths of all objects.
    pub fn paths(&self) -> Vec<String> {
        self.world.lock().unwrap().objects.keys().cloned().collect()
    }

    /// What was asked so: method and path.
    pub fn asked(&self, method: &str) -> Vec<String> {
        let world = self.world.lock().unwrap();
        let asked = world.asked.iter().filter(|(by, _)| by == method);
        asked.map(|(_, path)| path.clone()).collect()
    }

    /// All that AIOS makes for cluster `c`, ready.
    pub fn put_infrastructure(&self) {
        for namespace in ["metrics", "controllers", "blocks", "vdags"] {
            self.put(&format!("/api/v1/namespaces/{namespace}"), named(namespace));
        }
        let rbac = "/apis/rbac.authorization.k8s.io/v1";
        for namespace in ["blocks", "controllers", "metrics", "vdags", "default"] {
            let name = format!("{namespace}-ns");
            self.put(
                &format!("{rbac}/clusterrolebindings/{name}"),
                admin_binding(&name, namespace),
            );
        }
        let writer = "bootstrap-token-writer";
        let mut role = named(writer);
        role["rules"] =
            json!([{ "apiGroups": [""], "resources": ["secrets"], "verbs": ["create"] }]);
        self.put(&format!("{rbac}/namespaces/kube-system/roles/{writer}"), role);
        let mut binding = admin_binding(&format!("{writer}-binding"), "default");
        binding["roleRef"] =
            json!({ "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": writer });
        self.put(&format!("{rbac}/namespaces/kube-system/rolebindings/{writer}-binding"), binding);
        for (namespace, deployment, service) in WORKLOADS {
            self.put(&deployment_path(namespace, deployment), ready(deployment));
            self.put(&format!("/api/v1/namespaces/{namespace}/services/{service}"), named(service));
        }
        let set = "metrics-collector";
        let mut object = named(set);
        object["status"] = json!({
            "currentNumberScheduled": 1, "desiredNumberScheduled": 1, "numberMisscheduled": 0,
            "numberReady": 1, "observedGeneration": 1,
        });
        self.put(&format!("/apis/apps/v1/namespaces/metrics/daemonsets/{set}"), object);
    }

    /// AIOS's services at this address, as node ports with somebody behind each.
    pub fn put_services(&self, address: &str) {
        let version = json!({
            "major": "1", "minor": "35", "gitVersion": "v1.35.4", "gitCommit": "", "gitTreeState": "",
            "buildDate": "", "goVersion": "", "compiler": "", "platform": "",
        });
        self.put("/version", version);
        let mut node = named("a");
        node["status"] = json!({
            "conditions": [{ "type": "Ready", "status": "True" }],
            "addresses": [{ "type": "InternalIP", "address": address }],
        });
        self.put("/api/v1/nodes/a", node);
        for (namespace, service, ports) in NODE_PORTS {
            let mut object = named(service);
            object["metadata"]["namespace"] = namespace.into();
            let port =
                |port: &u16| json!({ "name": format!("p{port}"), "port": port, "nodePort": port });
            let ports: Vec<Value> = ports.iter().map(port).collect();
            object["spec"] =
                json!({ "type": "NodePort", "ports": ports, "selector": { "a": "b" } });
            self.put(&format!("/api/v1/namespaces/{namespace}/services/{service}"), object);
            let mut slice = named(service);
            slice["metadata"]["labels"] = json!({ "kubernetes.io/service-name": service });
            slice["addressType"] = "IPv4".into();
            slice["endpoints"] =
                json!([{ "addresses": ["10.0.0.9"], "conditions": { "ready": true } }]);
            let slices = format!("/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices");
            self.put(&format!("{slices}/{service}"), slice);
        }
    }

    /// As AIOS removes it: what gives rights stays, and three namespaces.
    pub fn remove_infrastructure(&self) {
        self.take("/apis/apps/v1/");
        self.take("/api/v1/namespaces/controllers/");
        self.take("/api/v1/namespaces/metrics");
    }
}

/// Namespace, Deployment and Service of each.
pub const WORKLOADS: [(&str, &str, &str); 5] = [
    ("metrics", "cluster-metrics", "cluster-metrics-svc"),
    ("metrics", "metrics-writer", "metrics-writer-svc"),
    ("controllers", "c-controller", "c-controller-svc"),
    ("controllers", "membership-server", "membership-server-svc"),
    ("controllers", "grpc-proxy", "grpc-proxy"),
];

/// Namespace, Service and node ports of each, where AIOS has no gateway.
pub const NODE_PORTS: [(&str, &str, &[u16]); 4] = [
    ("controllers", "c-controller-svc", &[32300, 32302, 32303, 32304, 32305]),
    ("metrics", "metrics-writer-svc", &[32301]),
    ("controllers", "membership-server-svc", &[30501]),
    ("controllers", "grpc-proxy", &[32000]),
];

pub fn deployment_path(namespace: &str, name: &str) -> String {
    format!("/apis/apps/v1/namespaces/{namespace}/deployments/{name}")
}

fn named(name: &str) -> Value {
    json!({ "metadata": { "name": name, "generation": 1 } })
}

/// A Deployment whose pod is available.
pub fn ready(name: &str) -> Value {
    let mut object = named(name);
    object["spec"] = json!({ "replicas": 1, "selector": {}, "template": {} });
    object["status"] = json!({ "observedGeneration": 1, "availableReplicas": 1 });
    object
}

/// A binding of a namespace's default account to cluster-admin.
pub fn admin_binding(name: &str, namespace: &str) -> Value {
    let mut binding = named(name);
    binding["roleRef"] = json!({
        "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin",
    });
    binding["subjects"] =
        json!([{ "kind": "ServiceAccount", "name": "default", "namespace": namespace }]);
    binding
}

async fn handle(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let method = request.method().to_string();
    let path = request.uri().path().to_owned();
    let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
    let mut world = world.lock().unwrap();
    world.asked.push((method.clone(), path.clone()));
    let (status, answer) = if world.refused.iter().any(|part| path.contains(part.as_str())) {
        (StatusCode::FORBIDDEN, failure(403, "Forbidden"))
    } else {
        answer(&mut world, &method, &path, &body)
    };
    (status, [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}

fn answer(world: &mut World, method: &str, path: &str, body: &Bytes) -> (StatusCode, Value) {
    let absent = (StatusCode::NOT_FOUND, failure(404, "NotFound"));
    match method {
        "GET" => match world.objects.get(path) {
            Some(object) => (StatusCode::OK, object.clone()),
            None if LISTS.iter().any(|list| path.ends_with(&format!("/{list}"))) => {
                let items = world.objects.iter().filter(|(at, _)| is_listed(at, path));
                let items: Vec<&Value> = items.map(|(_, object)| object).collect();
                (StatusCode::OK, json!({ "metadata": {}, "items": items }))
            }
            None => absent,
        },
        "DELETE" => match world.objects.remove(path) {
            Some(object) => (StatusCode::OK, object),
            None => absent,
        },
        "POST" if path.ends_with("/token") => {
            let status =
                json!({ "token": "s3cr3t-made", "expirationTimestamp": "2030-01-01T00:00:00Z" });
            (
                StatusCode::CREATED,
                json!({ "metadata": {}, "spec": { "audiences": [] }, "status": status }),
            )
        }
        "POST" | "PATCH" => {
            let object: Value = serde_json::from_slice(body).unwrap();
            let name = object["metadata"]["name"].as_str().unwrap();
            let at = if method == "POST" { format!("{path}/{name}") } else { path.to_owned() };
            world.objects.insert(at, object.clone());
            (StatusCode::CREATED, object)
        }
        _ => absent,
    }
}

/// Whether an object's path is in a list: that of its namespace, or of all.
fn is_listed(at: &str, list: &str) -> bool {
    let Some((api, kind)) = list.rsplit_once('/') else { return false };
    let in_any = at.strip_prefix(api).and_then(|rest| rest.strip_prefix("/namespaces/"));
    let of_kind = in_any.and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest);
    let is_one = |rest: &str| rest.strip_prefix(kind).is_some_and(|name| name.starts_with('/'));
    at.strip_prefix(list).is_some_and(|name| name.starts_with('/')) || of_kind.is_some_and(is_one)
}

fn failure(code: u16, reason: &str) -> Value {
    json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "code": code,
        "reason": reason, "message": format!("so says the stand-in: {reason}"), "details": { "name": "x" },
    })
}
