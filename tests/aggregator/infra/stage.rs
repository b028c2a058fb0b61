//! AIOS with cluster `c`, a cluster, and a folder with kubeconfigs from which the aggregator is run.

use std::process::Command;
use std::time::Duration;

use fake_aios::{FakeAios, Options, Service};
use serde_json::{Value, json};

use crate::kubernetes::Kubernetes;
use crate::run::Run;
use crate::scene::{Scene, node};
use crate::submit::stage::cluster_of;

pub struct Stage {
    pub aios: FakeAios,
    pub kubernetes: Kubernetes,
    pub scene: Scene,
}

/// What AIOS stores of the cluster unless told: its creation comes to an end.
pub fn settings() -> Value {
    json!({ "publicHostname": "c.example.com", "useGateway": false })
}

/// What no test may find anywhere but in a request's body.
pub const SECRETS: [&str; 2] = ["s3cr3t-good", "s3cr3t-made"];

/// What no test may find anywhere at all.
pub const OTHERS: [&str; 3] = ["s3cr3t-other", "s3cr3t-third", "b3RoZXIta2V5"];

impl Stage {
    pub fn new() -> Self {
        Self::with(&settings())
    }

    /// AIOS stores the cluster with this `config`.
    pub fn with(config: &Value) -> Self {
        let profile = json!({ "id": "c", "regionId": "r", "config": config });
        let cluster = cluster_of(profile, vec![node("a", 1)]);
        let options =
            Options { clusters: vec![cluster], task_delay: Duration::ZERO, ..Options::default() };
        let kubernetes = Kubernetes::start();
        let scene = Scene::new(&[("k.json", kubeconfig(&kubernetes.url).to_string())]);
        Self { aios: FakeAios::start(&options).unwrap(), kubernetes, scene }
    }

    /// `infra` with the gateway, about to be run.
    pub fn infra(&self, command: &str, args: &[&str]) -> Command {
        let mut infra = self.scene.command(&["infra", command, "--cluster-id", "c"]);
        infra.args(["--kubeconfig", "k.json"]).env("INVENTORY_RETRY_FOR", "0");
        infra.args(["--gateway", &self.aios.url(Service::Gateway)]);
        infra.args(args);
        infra
    }

    /// The same with consent, by http.
    pub fn run(&self, command: &str, args: &[&str]) -> Run {
        Run::of(&mut self.infra(command, &[&["--yes", "--allow-http"], args].concat()))
    }

    /// The same, waited for.
    pub fn wait(&self, command: &str, args: &[&str]) -> Run {
        let tasks = self.aios.url(Service::Tasks);
        self.run(command, &[&["--wait", "--tasks", &tasks], args].concat())
    }

    /// The bodies of what was handed over.
    pub fn handed(&self) -> Vec<Value> {
        let received = self.aios.received();
        let handed = received.iter().filter(|request| request.path.ends_with("-cluster-infra"));
        handed.map(|request| request.json().unwrap()).collect()
    }
}

/// Three contexts, of which `good` is current and leads to this server.
pub fn kubeconfig(server: &str) -> Value {
    let context =
        |name: &str| json!({ "name": name, "context": { "cluster": name, "user": name } });
    let cluster = |name: &str| {
        let server = if name == "good" { server } else { "https://10.9.9.9:6443" };
        json!({ "name": name, "cluster": { "server": server } })
    };
    let user = |name: &str| json!({ "name": name, "user": { "token": format!("s3cr3t-{name}") } });
    let names = ["other", "good", "third"];
    let mut users = names.map(user);
    users[0]["user"]["client-key-data"] = "b3RoZXIta2V5".into();
    json!({
        "contexts": names.map(context), "clusters": names.map(cluster), "users": users,
        "current-context": "good",
    })
}
