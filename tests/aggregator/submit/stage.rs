//! AIOS, and a folder with a document from which the aggregator is run against it.

use std::process::Command;

use fake_aios::{FakeAios, Options, Service};
use inventory_common::cluster::{Document, Measured, NodeEntry, Profile};
use serde_json::{Value, json};

use crate::run::Run;
use crate::scene::{Scene, node};

/// AIOS with a client of its own.
pub struct Stage {
    pub aios: FakeAios,
    pub scene: Scene,
}

impl Stage {
    /// AIOS stores nothing; the document `c.json` is [`two`].
    pub fn new() -> Self {
        Self::with(&Options::default())
    }

    /// AIOS stores this; the document `c.json` is [`two`].
    pub fn storing(stored: Value) -> Self {
        Self::with(&Options { clusters: vec![stored], ..Options::default() })
    }

    pub fn with(options: &Options) -> Self {
        let scene = Scene::new(&[("c.json", two().to_string())]);
        Self { aios: FakeAios::start(options).unwrap(), scene }
    }

    /// The document of the folder.
    pub fn document(&self, document: &Value) {
        self.scene.write("c.json", &document.to_string());
    }

    /// `submit` of the document, with nothing tried again.
    pub fn submit(&self, args: &[&str]) -> Run {
        Run::of(&mut self.submitting(args))
    }

    /// The same, about to be run.
    pub fn submitting(&self, args: &[&str]) -> Command {
        self.command("submit", &[&["--retry-for", "0"], args].concat())
    }

    /// `submit` or `diff` of the document.
    pub fn command(&self, command: &str, args: &[&str]) -> Command {
        let mut command = self.scene.command(&[command, "--file", "c.json"]);
        command.args(["--parser", &self.aios.url(Service::Parser)]);
        command.args(["--gateway", &self.aios.url(Service::Gateway)]);
        command.args(args);
        command
    }

    /// `diff` of the document as JSON.
    pub fn diff(&self, args: &[&str]) -> Run {
        let json = ["--retry-for", "0", "--format", "json"];
        Run::of(&mut self.command("diff", &[&json, args].concat()))
    }

    /// What AIOS stores of the cluster.
    pub fn stored(&self) -> Value {
        self.aios.stored("c").unwrap()
    }

    /// The requests that may have written something.
    pub fn writes(&self) -> Vec<Value> {
        let received = self.aios.received();
        let writes = received.iter().filter(|request| request.method != "GET");
        writes.map(|request| request.json().unwrap()).collect()
    }

    /// AIOS's copy is what the document says, as `diff` sees it.
    pub fn is_true(&self) {
        let run = self.diff(&[]);
        assert_eq!((run.exit, &run.json()["differences"]), (0, &json!([])), "{run:?}");
    }
}

/// The run ended so, with this on standard error.
pub fn ends(run: &Run, exit: i32, words: &[&str]) {
    assert_eq!(run.exit, exit, "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "no {word:?} in {run:?}");
    }
}

/// The run failed so, with one line for whoever ran it that has all of these words in it.
pub fn fails(run: &Run, exit: i32, words: &[&str]) {
    ends(run, exit, words);
    assert_eq!(run.stdout, "", "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    assert!(run.stderr.starts_with("error: "), "{run:?}");
}

/// The document of cluster `c` with these nodes.
pub fn cluster(nodes: Vec<Value>) -> Value {
    cluster_of(json!({ "id": "c", "regionId": "r" }), nodes)
}

/// The document of a profile and these nodes.
pub fn cluster_of(profile: Value, nodes: Vec<Value>) -> Value {
    let profile: Profile = serde_json::from_value(profile).unwrap();
    let nodes = nodes.into_iter().map(|node| serde_json::from_value(node).unwrap());
    let nodes: Vec<NodeEntry> = nodes.collect();
    serde_json::to_value(Document::new(profile, Measured::of(nodes).unwrap())).unwrap()
}

/// The document of nodes `a` and `b`.
pub fn two() -> Value {
    cluster(vec![node("a", 1000), node("b", 2000)])
}

/// The document of so many nodes with this many GPUs each.
pub fn many(nodes: usize, gpus: usize) -> Value {
    let gpu = json!({ "modelName": "NVIDIA H100 80GB HBM3", "memory": 81559 });
    let large = |number: usize| {
        let mut node = node(&format!("node-{number:04}"), 2_000_000);
        let list = vec![gpu.clone(); gpus];
        node["gpus"] = json!({
            "count": gpus, "memory": 81559 * gpus, "gpus": list, "features": ["fp16", "bf16"],
            "modelNames": ["NVIDIA H100 80GB HBM3"],
        });
        node
    };
    cluster((0..nodes).map(large).collect())
}

/// The document of so many nodes of which a piece holds nine.
pub fn heavy(nodes: usize) -> Value {
    let heavy = |number: usize| {
        let mut node = node(&format!("node-{number:04}"), 1000);
        node["nodeMetadata"] = json!({ "text": "x".repeat(10_500) });
        node
    };
    cluster((0..nodes).map(heavy).collect())
}

/// The ids of the nodes that are stored, in their order.
pub fn ids(stored: &Value) -> Vec<&str> {
    let entries = stored["nodes"]["nodeData"].as_array().unwrap();
    entries.iter().map(|entry| entry["id"].as_str().unwrap()).collect()
}
