//! A fake AIOS with the clients under test.

use std::time::Duration;

use fake_aios::{FakeAios, Options, Service};
use inventory_aggregator::aios;
use inventory_aggregator::aios::{Base, ClusterId, Gateway, Parser, Transport, Trouble};
use serde_json::{Map, Value, json};

use crate::scene::node;

/// A document that AIOS takes.
pub fn document() -> Value {
    json!({
        "id": "c", "regionId": "r", "status": "live",
        "nodes": { "count": 1, "nodeData": [node("a", 1024)] },
        "gpus": { "count": 1, "memory": 16384 }, "vcpus": { "count": 16 }, "memory": 1024, "swap": 4096,
        "storage": { "disks": 1, "size": 524_288 },
        "network": { "interfaces": 1, "txBandwidth": 5000, "rxBandwidth": 5000 },
        "config": { "useGateway": false }, "tags": ["t"], "clusterMetadata": {}, "reputation": 0,
    })
}

pub fn id() -> ClusterId {
    "c".parse().unwrap()
}

pub fn base(url: &str) -> Base {
    url.parse().unwrap()
}

/// Such as `{"memory": 1}`.
pub fn update(path: &str, value: impl Into<Value>) -> Map<String, Value> {
    Map::from_iter([(path.to_owned(), value.into())])
}

/// Options that this machine's environment has no say in.
pub fn options() -> aios::Options {
    aios::Options { environment_proxies: false, ..aios::Options::default() }
}

/// Patience that is soon over.
pub fn impatient() -> aios::Options {
    aios::Options { timeout: Duration::from_secs(1), ..options() }
}

pub fn parser(url: &str, options: &aios::Options) -> Parser {
    let base = base(url);
    Parser::new(&Transport::new(options, &[&base]).unwrap(), &base)
}

pub fn gateway(url: &str, options: &aios::Options) -> Gateway {
    let base = base(url);
    Gateway::new(&Transport::new(options, &[&base]).unwrap(), &base)
}

/// A fake AIOS with the clients under test.
pub struct Aios {
    pub fake: FakeAios,
    pub parser: Parser,
    pub gateway: Gateway,
}

impl Aios {
    pub fn with(fake: &Options, options: &aios::Options) -> Self {
        let fake = FakeAios::start(fake).unwrap();
        let parser = parser(&fake.url(Service::Parser), options);
        let gateway = gateway(&fake.url(Service::Gateway), options);
        Self { fake, parser, gateway }
    }

    /// Nothing is stored.
    pub fn empty() -> Self {
        Self::with(&Options::default(), &options())
    }

    /// The document is stored.
    pub fn stored() -> Self {
        Self::with(&Options { clusters: vec![document()], ..Options::default() }, &options())
    }

    pub async fn create(&self, document: &Value) -> Result<Value, Trouble> {
        self.parser.create_cluster(document, aios::Form::Envelope).await
    }

    pub async fn set_memory(&self, memory: u64) -> Result<Value, Trouble> {
        let updated = self.gateway.update(&id(), &update("memory", memory)).await;
        updated.map(|cluster| Value::from(&cluster))
    }
}

/// The trouble, whose line has all of `words` in it, and is one line without what a terminal obeys.
pub fn trouble<T: std::fmt::Debug>(result: Result<T, Trouble>, words: &[&str]) -> Trouble {
    let trouble = result.unwrap_err();
    let line = trouble.to_string();
    assert!(!line.contains(char::is_control), "{line}");
    for word in words {
        assert!(line.contains(word), "no {word:?} in {line}");
    }
    trouble
}
