//! What a storm hits: a cluster with agents and aggregators, AIOS, and a proxy on each way between them.

use std::process::Command;
use std::sync::{Arc, Mutex};

use fake_aios::Service;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use tempfile::TempDir;
use test_kubernetes::SimulatedNode;
use test_kubernetes::judge::Truth;
use test_kubernetes::proxy::{Mode, Observer, Passage, Proxy};

use crate::environment::{agent, aggregator};
use crate::host::{Host, MORE_DISKS, MORE_GPUS, USUAL};
use crate::program::Program;
use crate::recorder::Recorder;
use crate::run::Run;
use crate::scene::{ID, Scene};

/// Is called with each request that is passed on, before and after, and with the name of the aggregator whose it is.
pub type Hook = Box<dyn FnMut(&str, &Passage) + Send>;

/// What a storm hits. The agents come first among the programs, and with them their proxies.
pub struct World {
    pub scene: Scene,
    pub nodes: Vec<SimulatedNode>,
    pub programs: Vec<Program>,
    /// Before the API server, one for each program.
    pub api: Vec<Proxy>,
    /// Before AIOS's Parser and gateway, two for each aggregator.
    pub aios: Vec<[Proxy; 2]>,
    pub recorder: Recorder,
    hook: Arc<Mutex<Option<Hook>>>,
    hosts: Vec<Host>,
    folder: Option<TempDir>,
}

impl World {
    /// A cluster of so many nodes with their agents, which a person wants onboarded. Nothing runs yet.
    pub async fn with_agents(agents: usize) -> Self {
        let scene = Scene::start().await;
        let (mut nodes, mut hosts, mut truth) = (Vec::new(), Vec::new(), Truth::new());
        for number in 0..agents {
            let name = format!("node-{number}");
            nodes.push(SimulatedNode::new(&scene.cluster.plane, &scene.cluster.chart, &name).await);
            let host = host(number);
            truth.insert(name.clone(), dumped(&host, &name));
            hosts.push(host);
        }
        for node in &nodes {
            let theirs = json!({ "labels": { "theirs": "1" }, "annotations": { "theirs": "1" } });
            let patch = Patch::Merge(json!({ "metadata": theirs }));
            node.nodes().patch(&node.name, &PatchParams::default(), &patch).await.unwrap();
        }
        scene.onboard(json!({})).await;
        let mut world = Self::new(scene, truth);
        for (node, host) in nodes.iter().zip(&hosts) {
            world.add_agent(node, host).await;
        }
        (world.nodes, world.hosts) = (nodes, hosts);
        world
    }

    /// A cluster as it is, of whose nodes this is true.
    pub fn new(scene: Scene, truth: Truth) -> Self {
        let recorder = Recorder::new(&scene.aios, ID, truth);
        Self {
            recorder,
            scene,
            nodes: Vec::new(),
            programs: Vec::new(),
            api: Vec::new(),
            aios: Vec::new(),
            hook: Arc::default(),
            hosts: Vec::new(),
            folder: Some(tempfile::tempdir().unwrap()),
        }
    }

    async fn add_agent(&mut self, node: &SimulatedNode, host: &Host) {
        let proxy = Proxy::start(&self.scene.cluster.plane).await;
        let (name, root) = (node.name.clone(), host.root());
        let kubeconfig = node.kubeconfig_file_for(proxy.url());
        let make = move || {
            let mut command = agent();
            command.args(["--node-name", &name, "--listen", "127.0.0.1:0", "--interval", "1"]);
            command.args(["--log-format", "json", "--root"]).arg(&root);
            command.arg("--kubeconfig").arg(&kubeconfig);
            command
        };
        self.add(&node.name, proxy, make);
    }

    /// One more aggregator, which does not wait for long.
    pub async fn add_aggregator(&mut self) {
        self.add_aggregator_with(&["--timeout", "10", "--retry-for", "5"]).await;
    }

    /// One more aggregator, with these flags more.
    pub async fn add_aggregator_with(&mut self, flags: &'static [&'static str]) {
        let name = format!("aggregator-{}", self.aios.len());
        let observer = self.observer(&name);
        let plane = &self.scene.cluster.plane;
        let proxy = Proxy::observed(plane, Arc::clone(&observer)).await;
        let mut aios = Vec::new();
        for service in [Service::Parser, Service::Gateway] {
            aios.push(Proxy::before(&self.scene.aios.url(service), Arc::clone(&observer)).await);
        }
        let urls = [aios[0].url().to_owned(), aios[1].url().to_owned()];
        self.aios.push(aios.try_into().ok().unwrap());
        let (called, kubeconfig) = (name.clone(), self.scene.kubeconfig(&name, proxy.url()).await);
        let make = move || {
            let mut command = aggregator();
            command.args(["run", "--log-level", "debug", "--log-format", "json"]);
            command.args(["--identity", &called, "--kubeconfig"]).arg(&kubeconfig);
            command.args(["--listen", "127.0.0.1:0", "--cluster-listen", "127.0.0.1:0"]);
            command.args(["--parser", &urls[0], "--gateway", &urls[1]]);
            // What others add has no Node here, and stays for as long as a storm lasts.
            command.args(["--compare-every", "2", "--settle", "0.2", "--remove-after", "86400"]);
            command.args(flags);
            command
        };
        self.add(&name, proxy, make);
    }

    fn add(
        &mut self,
        name: &str,
        proxy: Proxy,
        make: impl Fn() -> Command + Send + Sync + 'static,
    ) {
        self.api.push(proxy);
        let folder = self.folder.as_ref().unwrap().path();
        self.programs.push(Program::new(name, folder, make));
    }

    /// Tells the recorder of an aggregator's requests, and whoever hooks in.
    fn observer(&self, name: &str) -> Observer {
        let (recorder, hook) = (self.recorder.observer(name), Arc::clone(&self.hook));
        let name = name.to_owned();
        Arc::new(move |passage| {
            recorder(passage);
            if let Some(hook) = hook.lock().unwrap().as_mut() {
                hook(&name, passage);
            }
        })
    }

    /// From now on this is called, or nothing.
    pub fn set_hook(&self, hook: Option<Hook>) {
        *self.hook.lock().unwrap() = hook;
    }

    /// From now on AIOS is so to an aggregator.
    pub fn set_aios(&self, aggregator: usize, mode: Mode) {
        self.aios[aggregator].iter().for_each(|proxy| proxy.set(mode));
    }

    /// New tokens for all, where the API server gives some.
    pub async fn renew_tokens(&self) {
        for node in &self.nodes {
            if let Err(error) = node.try_renew_token().await {
                eprintln!("    no new token for {}: {error}", node.name);
            }
        }
        for aggregator in &self.programs[self.nodes.len()..] {
            if let Err(error) = self.scene.renew_token(&aggregator.name).await {
                eprintln!("    no new token for {}: {error}", aggregator.name);
            }
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let folder = self.folder.take().unwrap().keep();
            eprintln!("    what the programs said is in {}", folder.display());
        }
    }
}

/// A host that differs from the others.
fn host(number: usize) -> Host {
    let size = format!("sys/block/sda/size = {}\n", 2_097_152 * (number + 1));
    let more = [["", ""], [MORE_DISKS, ""], ["", MORE_GPUS], [MORE_DISKS, MORE_GPUS]];
    Host::new(&[&[USUAL, &size][..], &more[number % more.len()]].concat())
}

/// What is true of a host, as the agent prints it.
fn dumped(host: &Host, name: &str) -> serde_json::Value {
    let mut command = agent();
    command.args(["--dump", "--node-id", name, "--root"]).arg(host.root());
    let run = Run::of(&mut command);
    assert_eq!(run.exit, 0, "{}", run.stderr);
    run.json()
}
