//! What is around a page's commands here: the programs, a node with GPUs, and a stand-in for AIOS.

use std::fs::Permissions;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fake_aios::{FakeAios, Options, Service};
use tempfile::TempDir;

use super::names::Names;
use super::page::{entries, root};
use crate::run;

/// The names by which the pages call the programs.
const AGENT: &str = "inventory-agent";
const AGGREGATOR: &str = "inventory-aggregator";

/// What the pages write for AIOS's services: that somebody fills in, or the ports of the stand-in.
const SERVICES: [(&str, Service); 16] = [
    ("http://PARSER:30501", Service::Parser),
    ("http://GATEWAY:30600", Service::Gateway),
    ("https://GATEWAY:30600", Service::Gateway),
    ("http://TASKS:30108", Service::Tasks),
    ("http://ASSETS-REGISTRY", Service::Addons),
    ("http://SERVERS-REGISTRY", Service::Addons),
    ("https://SPLITTERS-REGISTRY", Service::Addons),
    ("http://REGISTRY-DB", Service::Addons),
    ("https://POLICY-SYSTEM", Service::Addons),
    ("http://127.0.0.1:8000", Service::Parser),
    ("http://127.0.0.1:5000", Service::Gateway),
    ("http://127.0.0.1:3000", Service::Registry),
    ("http://127.0.0.1:8001", Service::Tasks),
    ("http://127.0.0.1:8080", Service::Membership),
    ("http://127.0.0.1:8002", Service::Addons),
    ("http://127.0.0.1:8900", Service::Control),
];

/// What the pages write for add-ons that run somewhere.
const ADDONS: [&str; 3] =
    ["http://192.168.0.106:5000", "http://192.168.0.106:31700", "http://192.168.0.101:31500"];

/// Runs what has been built already in the place of what builds it.
const CARGO: &str = r#"#!/bin/sh
case "$*" in
  "build --release") exit 0 ;;
  "run --release --bin inventory-agent -- "*) shift 5 && exec inventory-agent "$@" ;;
  "run --release --bin inventory-aggregator -- "*) shift 5 && exec inventory-aggregator "$@" ;;
  "run --package fake-aios") exec cat "$HOME/.fake-aios" ;;
esac
echo "the test of the docs knows no 'cargo $*'" >&2
exit 1
"#;

/// A folder that looks like the project's, and AIOS.
pub struct Stage {
    folder: TempDir,
    pub aios: Arc<FakeAios>,
    /// What the page writes for an address or a folder.
    pub names: Names,
}

impl Stage {
    /// For a page of this text, with AIOS as it is in the beginning.
    pub fn new(page: &str) -> Self {
        Self::with(page, Arc::new(FakeAios::start(&Options::default()).expect("a fake AIOS")))
    }

    /// The same with this AIOS.
    pub fn with(page: &str, aios: Arc<FakeAios>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let is_written = |(name, _): &&(&str, Service)| page.contains(name);
        let written = SERVICES.iter().filter(is_written);
        let services = written.map(|(name, service)| (*name, aios.url(*service)));
        let addons = ADDONS.into_iter().filter(|name| page.contains(name));
        let addons = addons.map(|name| (name, somebody_well()));
        let names = Names(services.chain(addons).collect());
        let stage = Self { folder, aios, names };
        stage.fill();
        stage
    }

    fn fill(&self) {
        let at = |name: &str| self.folder.path().join(name);
        std::fs::create_dir_all(at(BIN)).expect("a folder");
        // What is written into the project's folder must stay out of it.
        std::fs::create_dir(at(WORK)).expect("a folder");
        for entry in entries(&root()).iter().filter(|entry| !entry.ends_with("target")) {
            symlink(entry, at(WORK).join(entry.file_name().expect("a name"))).expect("a link");
        }
        symlink(agent(), at(BIN).join(AGENT)).expect("a link");
        symlink(AGGREGATOR_PATH, at(BIN).join(AGGREGATOR)).expect("a link");
        std::fs::write(at(BIN).join("cargo"), CARGO).expect("a script");
        std::fs::set_permissions(at(BIN).join("cargo"), Permissions::from_mode(0o755))
            .expect("rights");
        let lines: Vec<String> = Service::ALL
            .iter()
            .map(|it| format!("{} {}\n", it.name(), self.aios.url(*it)))
            .collect();
        std::fs::write(at(".fake-aios"), lines.concat()).expect("a file");
        for (name, text) in FILES {
            let file = at(name);
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
            std::fs::write(file, text).expect("a file");
        }
    }

    /// What runs a page's commands.
    pub fn command(&self) -> Command {
        let mut command = run::command("timeout");
        let path = std::env::var("PATH").unwrap_or_default();
        command.current_dir(self.folder.path().join(WORK)).env("HOME", self.folder.path());
        command.env("PATH", format!("{}:{path}", self.folder.path().join(BIN).display()));
        command.env("INVENTORY_ROOT", root().join(NODE)).env_remove("KUBECONFIG").env("TZ", "UTC");
        // The pages say https where the stand-in has none.
        command.env("INVENTORY_ALLOW_HTTP", "true");
        command
    }
}

/// The folders of the stage.
const BIN: &str = ".local/bin";
const WORK: &str = "aios-inventory";

/// The host that the pages' commands read: what `--root` says where a page does not.
const NODE: &str = "docs/examples/gpu-01.tar.gz";

const AGGREGATOR_PATH: &str = env!("CARGO_BIN_EXE_inventory-aggregator");

/// What was there before a page begins.
const FILES: [(&str, &str); 4] = [
    (".kube/config", include_str!("files/kubeconfig.yaml")),
    ("aios-inventory/profile.yaml", include_str!("files/profile.yaml")),
    ("aios-inventory/node.json", include_str!("files/node.json")),
    ("aios-inventory/cluster.json", include_str!("files/cluster.json")),
];

/// The address of somebody who answers everything well, for as long as the test runs.
fn somebody_well() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _request = stream.read(&mut [0; 4096]);
            let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }
    });
    format!("http://{address}")
}

/// The agent, which is built beside the aggregator.
fn agent() -> PathBuf {
    let agent = Path::new(AGGREGATOR_PATH).with_file_name(AGENT);
    assert!(agent.exists(), "'{}' is not built: cargo build -p {AGENT}", agent.display());
    agent
}
