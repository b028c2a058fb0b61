//! A node that is only an object, with an agent's pod that is only an object too, and the token
//! that kubelet would give to that pod.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use k8s_openapi::api::authentication::v1::BoundObjectReference;
use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, DeleteParams, Patch, PatchParams, PostParams};
use kube::config::Kubeconfig;
use kube::{Client, ResourceExt};
use serde_json::json;
use tempfile::TempDir;

use crate::chart::Chart;
use crate::control_plane::{ControlPlane, client, write_kubeconfig};
use crate::{account, wait};

/// Numbers the pods, whose names are shorter than those of nodes may be.
static PODS: AtomicU32 = AtomicU32::new(0);

/// One node with its agent's pod.
pub struct SimulatedNode {
    /// The Node's name.
    pub name: String,
    /// The agent's pod on it.
    pub pod: String,
    admin: Client,
    url: String,
    kubeconfig: Kubeconfig,
    namespace: String,
    account: String,
    folder: TempDir,
}

impl SimulatedNode {
    /// Makes the Node, the pod and the pod's token.
    pub async fn new(plane: &ControlPlane, chart: &Chart, name: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let user = json!({ "tokenFile": folder.path().join("token") });
        let mut node = Self {
            name: name.to_owned(),
            pod: String::new(),
            admin: plane.admin().await,
            url: plane.url(),
            kubeconfig: plane.kubeconfig(&plane.url(), &user),
            namespace: chart.namespace.clone(),
            account: chart.service_account.clone(),
            folder,
        };
        node.register().await;
        node.start_pod().await;
        node
    }

    /// Makes the Node, as kubelet does.
    pub async fn register(&self) -> Node {
        let node = json!({
            "metadata": { "name": self.name, "labels": { "kubernetes.io/os": "linux" } },
        });
        let node = serde_json::from_value(node).expect("a Node");
        self.nodes().create(&PostParams::default(), &node).await.expect("a Node is made")
    }

    /// Deletes the Node.
    pub async fn unregister(&self) {
        let params = DeleteParams::default();
        self.nodes().delete(&self.name, &params).await.expect("the Node is deleted");
    }

    /// Makes another pod, ready, and gives its token to the agent.
    pub async fn start_pod(&mut self) {
        self.pod = format!("agent-{}", PODS.fetch_add(1, Ordering::Relaxed));
        let labels = json!({
            "app.kubernetes.io/name": "aios-inventory",
            "app.kubernetes.io/component": "agent",
        });
        let pod = json!({
            "metadata": { "name": self.pod, "labels": labels },
            "spec": {
                "nodeName": self.name,
                "serviceAccountName": self.account,
                "containers": [{ "name": "agent", "image": "none" }],
            },
        });
        let pod = serde_json::from_value(pod).expect("a Pod");
        self.pods().create(&PostParams::default(), &pod).await.expect("a Pod is made");
        self.set_ready(true).await;
        self.renew_token().await;
    }

    /// Deletes the pod at once. Its token is worth nothing from then on.
    pub async fn stop_pod(&self) {
        let params = DeleteParams::default().grace_period(0);
        self.pods().delete(&self.pod, &params).await.expect("the Pod is deleted");
    }

    /// What kubelet says of the pod.
    pub async fn set_ready(&self, is_ready: bool) {
        self.try_set_ready(is_ready).await.expect("the Pod's status is written");
    }

    /// The same where the API server may be away.
    pub async fn try_set_ready(&self, is_ready: bool) -> kube::Result<()> {
        let status = if is_ready { "True" } else { "False" };
        let patch = json!({ "status": {
            "phase": "Running", "conditions": [{ "type": "Ready", "status": status }],
        }});
        let (params, patch) = (PatchParams::default(), Patch::Strategic(patch));
        self.pods().patch_status(&self.pod, &params, &patch).await.map(drop)
    }

    /// Changes the Node's status, as kubelet does.
    pub async fn set_status(&self, status: &serde_json::Value) {
        let patch = Patch::Strategic(json!({ "status": status }));
        let patched = self.nodes().patch_status(&self.name, &PatchParams::default(), &patch).await;
        patched.expect("the Node's status is written");
    }

    /// Puts a new token of the pod in the place of the old one.
    pub async fn renew_token(&self) {
        self.try_renew_token().await.expect("a token");
    }

    /// The same where the API server may be away.
    pub async fn try_renew_token(&self) -> kube::Result<()> {
        let token = self.try_token(true).await?;
        let new = self.folder.path().join("token.new");
        std::fs::write(&new, token).expect("a file");
        std::fs::rename(new, self.folder.path().join("token")).expect("a file");
        Ok(())
    }

    /// A token of the agent's account, bound to its pod or to nothing.
    pub async fn token(&self, is_bound: bool) -> String {
        self.try_token(is_bound).await.expect("a token")
    }

    async fn try_token(&self, is_bound: bool) -> kube::Result<String> {
        let bound = BoundObjectReference {
            api_version: Some("v1".to_owned()),
            kind: Some("Pod".to_owned()),
            name: Some(self.pod.clone()),
            uid: None,
        };
        let bound = is_bound.then_some(bound);
        account::try_token(self.admin.clone(), &self.namespace, &self.account, bound).await
    }

    /// A client with the agent's rights.
    pub async fn agent(&self) -> Client {
        client(self.kubeconfig.clone()).await
    }

    /// A client with the agent's rights, and a token that is bound to nothing.
    pub async fn unbound_agent(&self) -> Client {
        let mut kubeconfig = self.kubeconfig.clone();
        for user in &mut kubeconfig.auth_infos {
            let info = user.auth_info.as_mut().expect("a user");
            info.token_file = None;
            info.token = Some(self.token(false).await.into());
        }
        client(kubeconfig).await
    }

    /// The agent's kubeconfig, for the API server itself.
    #[must_use]
    pub fn kubeconfig_file(&self) -> PathBuf {
        self.kubeconfig_file_for(&self.url)
    }

    /// The agent's kubeconfig, for what listens at `url`.
    #[must_use]
    pub fn kubeconfig_file_for(&self, url: &str) -> PathBuf {
        let mut kubeconfig = self.kubeconfig.clone();
        for cluster in kubeconfig.clusters.iter_mut().filter_map(|named| named.cluster.as_mut()) {
            cluster.server = Some(url.to_owned());
        }
        let file = self.folder.path().join("kubeconfig");
        write_kubeconfig(&kubeconfig, &file);
        file
    }

    /// A folder for what belongs to this node's test.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The Node as it is now; absent where there is none.
    pub async fn node(&self) -> Option<Node> {
        self.nodes().get_opt(&self.name).await.expect("an answer")
    }

    /// Waits for the Node to look so.
    pub async fn wait_for_node(
        &self,
        what: &str,
        limit: Duration,
        looks_so: impl Fn(&Node) -> bool,
    ) -> Node {
        let look = async || self.node().await.filter(&looks_so);
        wait::until(what, limit, look).await.0
    }

    /// The Node's label.
    #[must_use]
    pub fn label<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
        node.labels().get(key).map(String::as_str)
    }

    /// The Node's annotation.
    #[must_use]
    pub fn annotation<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
        node.annotations().get(key).map(String::as_str)
    }

    /// Nodes, as the administrator sees them.
    #[must_use]
    pub fn nodes(&self) -> Api<Node> {
        Api::all(self.admin.clone())
    }

    /// The pods in the agent's namespace, as the administrator sees them.
    #[must_use]
    pub fn pods(&self) -> Api<Pod> {
        Api::namespaced(self.admin.clone(), &self.namespace)
    }
}
