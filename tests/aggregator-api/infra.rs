//! `infra` against a real API server: what is there is read, the account made works, and exactly what is
//! AIOS's is taken away.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fake_aios::{FakeAios, Options, Service as Aios};
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret, Service, ServiceAccount};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::api::{Api, DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::config::Kubeconfig;
use kube::core::NamespaceResourceScope;
use kube::{Client, Resource, ResourceExt};
use serde_json::{Value, json};
use test_kubernetes::ControlPlane;
use test_kubernetes::control_plane::{client, write_kubeconfig};

use crate::environment::{Environment, aggregator, cases};
use crate::run::Run;

cases![
    a_cluster_shows_what_of_the_infrastructure_is_there,
    what_is_handed_over_works_and_nothing_is_left_of_it_afterwards,
    whoever_may_not_is_told_and_nothing_is_changed,
];

/// An AIOS that knows a cluster of this id, which has nothing yet.
fn aios(id: &str, task_delay: Duration) -> FakeAios {
    let config = json!({ "publicHostname": "h", "useGateway": false });
    let cluster = json!({
        "id": id, "regionId": "r", "nodes": { "count": 0, "nodeData": [] },
        "gpus": { "count": 0, "memory": 0 }, "vcpus": { "count": 0 }, "memory": 0, "swap": 0,
        "storage": { "disks": 0, "size": 0 }, "reputation": 0, "config": config,
        "network": { "interfaces": 0, "txBandwidth": 0, "rxBandwidth": 0 },
    });
    let options = Options { clusters: vec![cluster], task_delay, ..Options::default() };
    FakeAios::start(&options).unwrap()
}

/// A control plane of the test's own with an AIOS that knows the cluster.
pub struct Scene {
    id: &'static str,
    pub plane: ControlPlane,
    admin: Client,
    pub aios: Arc<FakeAios>,
}

impl Scene {
    async fn start() -> Self {
        Self::of("c", Duration::ZERO).await
    }

    /// The same with a cluster of this id, where AIOS takes so long for each task.
    pub async fn of(id: &'static str, task_delay: Duration) -> Self {
        let plane = ControlPlane::start().await;
        let admin = plane.admin().await;
        Self { id, aios: Arc::new(aios(id, task_delay)), plane, admin }
    }

    /// `infra` as this kubeconfig's user, with consent.
    async fn run_as(&self, kubeconfig: &Path, command: &str, args: &[&str]) -> Run {
        let mut infra = aggregator();
        infra.args(["infra", command, "--cluster-id", self.id, "--kubeconfig"]).arg(kubeconfig);
        if command != "status" {
            infra.args(["--yes", "--allow-http", "--gateway", &self.aios.url(Aios::Gateway)]);
            infra.args(["--tasks", &self.aios.url(Aios::Tasks), "--wait", "--timeout", "2"]);
        }
        infra.args(args);
        tokio::task::spawn_blocking(move || Run::of(&mut infra)).await.unwrap()
    }

    async fn run(&self, command: &str, args: &[&str]) -> Run {
        self.run_as(&self.plane.admin_kubeconfig(), command, args).await
    }

    /// The kubeconfig that was handed over last.
    fn handed(&self) -> Kubeconfig {
        let received = self.aios.received();
        let handed = received.iter().rfind(|request| request.path.ends_with("-cluster-infra"));
        let body = handed.unwrap().json().unwrap();
        serde_json::from_value(body["kube_config_data"].clone()).unwrap()
    }

    /// The kubeconfig of an account of the namespace `default`.
    async fn kubeconfig_of(&self, account: &str) -> tempfile::NamedTempFile {
        let token = test_kubernetes::account::token(self.admin.clone(), "default", account, None);
        let user = json!({ "token": token.await });
        let file = tempfile::NamedTempFile::new().unwrap();
        write_kubeconfig(&self.plane.kubeconfig(&self.plane.url(), &user), file.path());
        file
    }

    /// Every workload's and every binding's version.
    async fn versions(&self) -> Vec<Option<String>> {
        let workloads: Api<Deployment> = self.whole();
        let workloads = workloads.list(&ListParams::default()).await.unwrap();
        let bindings: Api<ClusterRoleBinding> = self.whole();
        let bindings = bindings.list(&ListParams::default()).await.unwrap();
        let versions = workloads.iter().map(ResourceExt::resource_version);
        versions.chain(bindings.iter().map(ResourceExt::resource_version)).collect()
    }

    async fn make<K>(&self, api: Api<K>, object: Value)
    where
        K: Clone + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
    {
        let object: K = serde_json::from_value(object).unwrap();
        api.create(&PostParams::default(), &object).await.unwrap();
    }

    fn within<K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>>(
        &self,
        namespace: &str,
    ) -> Api<K> {
        Api::namespaced(self.admin.clone(), namespace)
    }

    fn whole<K: Resource<DynamicType = ()>>(&self) -> Api<K> {
        Api::all(self.admin.clone())
    }

    /// What AIOS's creation makes, by its names.
    pub async fn put_infrastructure(&self) {
        for name in ["metrics", "controllers", "blocks", "vdags"] {
            self.make::<Namespace>(self.whole(), json!({ "metadata": { "name": name } })).await;
        }
        for namespace in ["blocks", "controllers", "metrics", "vdags", "default"] {
            let name = format!("{namespace}-ns");
            self.make::<ClusterRoleBinding>(
                self.whole(),
                bound(&name, "ClusterRole", "cluster-admin", namespace),
            )
            .await;
        }
        let writer = "bootstrap-token-writer";
        let rules = json!([{ "apiGroups": [""], "resources": ["secrets"], "verbs": ["create"] }]);
        let role = json!({ "metadata": { "name": writer }, "rules": rules });
        self.make::<Role>(self.within("kube-system"), role).await;
        let binding = bound(&format!("{writer}-binding"), "Role", writer, "default");
        self.make::<RoleBinding>(self.within("kube-system"), binding).await;
        let controller = format!("{}-controller", self.id);
        for (namespace, name, service) in [
            ("metrics", "cluster-metrics", "cluster-metrics-svc"),
            ("metrics", "metrics-writer", "metrics-writer-svc"),
            ("controllers", &controller, &format!("{controller}-svc")),
            ("controllers", "membership-server", "membership-server-svc"),
            ("controllers", "grpc-proxy", "grpc-proxy"),
        ] {
            self.make::<Deployment>(self.within(namespace), workload(name)).await;
            let spec = json!({ "selector": { "app": name }, "ports": [{ "port": 80 }] });
            let object = json!({ "metadata": { "name": service }, "spec": spec });
            self.make::<Service>(self.within(namespace), object).await;
        }
        self.make::<DaemonSet>(self.within("metrics"), workload("metrics-collector")).await;
    }

    /// Deletes what AIOS's removal deletes, once AIOS is asked for it.
    pub async fn remove_when_asked(&self) {
        let is_asked = || self.aios.received().iter().any(|it| it.path.contains("remove-cluster"));
        while !is_asked() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let params = DeleteParams::default();
        for namespace in ["metrics", "controllers"] {
            let all = ListParams::default();
            let workloads: Api<Deployment> = self.within(namespace);
            workloads.delete_collection(&params, &all).await.unwrap();
            let services: Api<Service> = self.within(namespace);
            services.delete_collection(&params, &all).await.unwrap();
            let sets: Api<DaemonSet> = self.within(namespace);
            sets.delete_collection(&params, &all).await.unwrap();
        }
        self.whole::<Namespace>().delete("metrics", &params).await.unwrap();
        self.finalize("metrics").await;
    }

    /// Ends a namespace that is being deleted; elsewhere a controller does.
    async fn finalize(&self, namespace: &str) {
        let ended = json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": namespace },
            "spec": { "finalizers": [] },
        });
        let path = format!("/api/v1/namespaces/{namespace}/finalize");
        let request = http::Request::put(path).header("content-type", "application/json");
        let request = request.body(ended.to_string().into_bytes()).unwrap();
        self.admin.request::<Value>(request).await.unwrap();
    }

    /// Says of each workload what its controller would say.
    pub async fn make_ready(&self) {
        let params = PatchParams::default();
        let controller = format!("{}-controller", self.id);
        for (namespace, name) in [
            ("metrics", "cluster-metrics"),
            ("metrics", "metrics-writer"),
            ("controllers", &controller),
            ("controllers", "membership-server"),
            ("controllers", "grpc-proxy"),
        ] {
            let status = json!({ "observedGeneration": 1, "replicas": 1, "readyReplicas": 1, "availableReplicas": 1 });
            let patch = Patch::Merge(json!({ "status": status }));
            let api: Api<Deployment> = self.within(namespace);
            api.patch_status(name, &params, &patch).await.unwrap();
        }
        let status = json!({
            "observedGeneration": 1, "currentNumberScheduled": 1, "desiredNumberScheduled": 1,
            "numberMisscheduled": 0, "numberReady": 1,
        });
        let patch = Patch::Merge(json!({ "status": status }));
        let api: Api<DaemonSet> = self.within("metrics");
        api.patch_status("metrics-collector", &params, &patch).await.unwrap();
    }
}

fn bound(name: &str, kind: &str, role: &str, namespace: &str) -> Value {
    json!({
        "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": role },
        "subjects": [{ "kind": "ServiceAccount", "name": "default", "namespace": namespace }],
    })
}

fn workload(name: &str) -> Value {
    let labels = json!({ "app": name });
    let template = json!({
        "metadata": { "labels": labels },
        "spec": { "containers": [{ "name": "c", "image": "example.test/none" }] },
    });
    json!({
        "metadata": { "name": name },
        "spec": { "selector": { "matchLabels": labels }, "template": template },
    })
}

fn ends(run: &Run, exit: i32, words: &[&str]) {
    assert_eq!(run.exit, exit, "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "no {word:?} in {run:?}");
    }
}

async fn a_cluster_shows_what_of_the_infrastructure_is_there(_: Arc<Environment>) {
    let scene = Scene::start().await;
    ends(&scene.run("status", &[]).await, 3, &["0 of 22"]);
    ends(&scene.run("create", &[]).await, 5, &["nothing of it is in this cluster"]);
    scene.put_infrastructure().await;
    let run = scene.run("create", &[]).await;
    ends(
        &run,
        3,
        &["Deployment 'metrics/metrics-writer' is not ready: 0 of 1 pods available", "16 of 22"],
    );
    scene.make_ready().await;
    ends(&scene.run("status", &[]).await, 0, &["22 of 22"]);
    ends(&scene.run("create", &["--mend-addresses"]).await, 0, &["the infrastructure is there"]);
}

async fn what_is_handed_over_works_and_nothing_is_left_of_it_afterwards(_: Arc<Environment>) {
    let scene = Scene::start().await;
    scene.put_infrastructure().await;
    scene.make_ready().await;
    let run = scene.run("create", &["--service-account", "--token-hours", "1"]).await;
    ends(&run, 0, &["is bound to cluster-admin, and its token ends at "]);
    // With nothing but what was handed over, as somebody else who may do anything.
    let handed = client(scene.handed()).await;
    let secrets: Api<Secret> = Api::namespaced(handed.clone(), "kube-system");
    secrets.list(&ListParams::default()).await.unwrap();
    assert!(
        !format!("{:?}", serde_json::to_value(scene.handed()).unwrap()).contains("administrator")
    );

    // Somebody's own stays.
    let mine = bound("mine", "ClusterRole", "cluster-admin", "default");
    scene.make::<ClusterRoleBinding>(scene.whole(), mine).await;
    let map = json!({ "metadata": { "name": "kube-root-ca.crt" } });
    scene.make::<ConfigMap>(scene.within("controllers"), map).await;
    let map = json!({ "metadata": { "name": "mine" } });
    scene.make::<ConfigMap>(scene.within("blocks"), map).await;
    let account = json!({ "metadata": { "name": "default" } });
    scene.make::<ServiceAccount>(scene.within("controllers"), account).await;

    let run = scene.run("remove", &["--service-account", "--clean-up"]).await;
    ends(
        &run,
        5,
        &[
            "all of it is still there",
            "note: ClusterRoleBinding 'default-ns' is deleted",
            "note: Deployment 'controllers/c-controller' is deleted",
            "note: Namespace 'controllers' is deleted",
            "note: Namespace 'vdags' is deleted",
            "warning: Namespace 'blocks' stays: ConfigMap 'mine' is in it",
            "note: ServiceAccount 'aios-inventory/aios-infrastructure' is deleted",
        ],
    );
    let bindings: Api<ClusterRoleBinding> = scene.whole();
    let bindings = bindings.list(&ListParams::default()).await.unwrap();
    let left: Vec<String> = bindings
        .iter()
        .filter(|binding| {
            binding.subjects.iter().flatten().any(|subject| subject.kind == "ServiceAccount")
        })
        .filter(|binding| !binding.name_any().starts_with("system:"))
        .map(ResourceExt::name_any)
        .collect();
    assert_eq!(left, ["mine"]);
    let namespaces: Api<Namespace> = scene.whole();
    let namespaces = namespaces.list(&ListParams::default()).await.unwrap();
    let ending = |name: &str| {
        let found = namespaces.iter().find(|namespace| namespace.name_any() == name).unwrap();
        found.metadata.deletion_timestamp.is_some()
    };
    for (name, ends) in [
        ("controllers", true),
        ("metrics", true),
        ("vdags", true),
        ("blocks", false),
        ("default", false),
        ("aios-inventory", false),
    ] {
        assert_eq!(ending(name), ends, "{name}");
    }
    // The token is worth nothing any more.
    let refused = secrets.list(&ListParams::default()).await.unwrap_err();
    assert!(matches!(refused, kube::Error::Api(status) if [401, 403].contains(&status.code)));
}

async fn whoever_may_not_is_told_and_nothing_is_changed(_: Arc<Environment>) {
    let scene = Scene::start().await;
    scene.put_infrastructure().await;
    let rules = json!([{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"] }]);
    let role = json!({ "metadata": { "name": "viewer" }, "rules": rules });
    scene.make::<ClusterRole>(scene.whole(), role).await;
    let mut binding = bound("viewer", "ClusterRole", "viewer", "default");
    binding["subjects"][0]["name"] = "viewer".into();
    scene.make::<ClusterRoleBinding>(scene.whole(), binding).await;
    let account = json!({ "metadata": { "name": "viewer" } });
    scene.make::<ServiceAccount>(scene.within("default"), account).await;
    let viewer = scene.kubeconfig_of("viewer").await;
    let run = scene.run_as(viewer.path(), "status", &[]).await;
    ends(&run, 3, &["16 of 22"]);
    let run = scene.run_as(viewer.path(), "create", &["--service-account=default/own"]).await;
    let words = "error: the ServiceAccount 'default/own': cannot patch serviceaccounts: this user lacks the right";
    ends(&run, 1, &[words]);
    let before = scene.versions().await;
    let run = scene.run_as(viewer.path(), "remove", &["--clean-up"]).await;
    ends(&run, 3, &["cannot delete deployments.apps: this user lacks the right"]);
    assert!(!run.stderr.contains("is deleted"), "{run:?}");
    assert_eq!(scene.versions().await, before);

    // Who may read nothing is told so, and nothing unseen is deleted.
    let account = json!({ "metadata": { "name": "nobody" } });
    scene.make::<ServiceAccount>(scene.within("default"), account).await;
    let nobody = scene.kubeconfig_of("nobody").await;
    let run = scene.run_as(nobody.path(), "status", &["--format", "json"]).await;
    assert_eq!((run.exit, &run.json()["extent"]), (3, &json!("partly")), "{run:?}");
    assert_eq!(run.json()["objects"][0]["state"], "not readable");
    let run = scene.run_as(nobody.path(), "remove", &["--clean-up"]).await;
    ends(&run, 3, &["is not readable"]);
    assert!(!run.stderr.contains("cannot delete"), "{run:?}");
}
