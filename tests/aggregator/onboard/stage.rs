//! AIOS that stores nothing, a cluster, and a folder from which it is onboarded.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::thread;
use std::time::Duration;

use fake_aios::{FakeAios, Options, Route, Service};
use serde_json::{Value, json};

use crate::infra::stage::{kubeconfig, settings};
use crate::kubernetes::{Kubernetes, NODE_PORTS};
use crate::run::Run;
use crate::scene::{Scene, inventory};

pub struct Stage {
    pub aios: FakeAios,
    pub kubernetes: Kubernetes,
    pub scene: Scene,
    address: String,
}

impl Stage {
    /// Each test has an address of this machine of its own, since AIOS's ports are fixed.
    pub fn new(test: u8) -> Self {
        Self::with(test, &settings(), Duration::ZERO)
    }

    /// The profile has this `config`, and AIOS's task takes so long.
    pub fn with(test: u8, config: &Value, task_delay: Duration) -> Self {
        let kubernetes = Kubernetes::start();
        let profile = json!({ "id": "c", "regionId": "r", "config": config });
        let scene = Scene::new(&[
            ("k.json", kubeconfig(&kubernetes.url).to_string()),
            ("p.json", profile.to_string()),
            ("a.json", inventory("a", 64).to_string()),
        ]);
        let aios = FakeAios::start(&Options { task_delay, ..Options::default() }).unwrap();
        Self { aios, kubernetes, scene, address: format!("127.93.{test}.1") }
    }

    /// `onboard` from a dump, about to be run.
    pub fn onboarding(&self, args: &[&str]) -> Command {
        let mut command =
            self.scene.command(&["onboard", "--profile", "p.json", "--skip-preflight"]);
        command.args(["--kubeconfig", "k.json", "--allow-http", "--retry-for", "0"]);
        for (flag, service) in [
            ("--parser", Service::Parser),
            ("--gateway", Service::Gateway),
            ("--tasks", Service::Tasks),
        ] {
            command.args([flag, &self.aios.url(service)]);
        }
        command.args(args);
        command
    }

    /// The same with consent, to its end.
    pub fn onboard(&self, args: &[&str]) -> Run {
        Run::of(&mut self.onboarding(&[&["--yes", "a.json"], args].concat()))
    }

    /// What AIOS makes of the cluster comes about.
    pub fn aios_has_made_it(&self) {
        self.kubernetes.put_infrastructure();
        self.kubernetes.put_services(&self.address);
    }

    /// Its services answer.
    pub fn services_answer(&self) {
        for port in NODE_PORTS.iter().flat_map(|(_, _, ports)| *ports) {
            let listener = TcpListener::bind((self.address.as_str(), *port)).unwrap();
            thread::spawn(move || {
                for stream in listener.incoming() {
                    let mut stream = stream.unwrap();
                    let _request = stream.read(&mut [0; 4096]);
                    let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                }
            });
        }
    }

    /// How often AIOS was asked to store the cluster, and to create its infrastructure.
    pub fn asked(&self) -> (usize, usize) {
        let created = self.aios.count(Service::Parser, Route::Create);
        (created, self.aios.count(Service::Gateway, Route::CreateInfra))
    }

    /// How far it is, as it is kept.
    pub fn journal(&self) -> Value {
        let text =
            std::fs::read_to_string(self.scene.path("c.onboarding.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// AIOS was asked so long ago that it would have begun.
    pub fn some_time_passes(&self) {
        let mut journal = self.journal();
        journal["steps"]["infrastructure"]["at"] = "2020-01-01T00:00:00Z".into();
        self.scene.write("c.onboarding.json", &journal.to_string());
    }

    /// Everything is as it should be at the end, and nothing was done twice.
    pub fn is_onboarded(&self) {
        assert_eq!(self.asked(), (1, 1));
        let stored = self.aios.stored("c").unwrap();
        assert_eq!(stored["nodes"]["nodeData"][0]["id"], "a");
        assert!(stored["config"]["urlMap"]["publicGateway"].is_string(), "{stored}");
        let journal = self.journal();
        for step in ["document", "submit", "infrastructure", "endpoints"] {
            assert_eq!(journal["steps"][step]["progress"], "done", "{journal}");
        }
    }
}
