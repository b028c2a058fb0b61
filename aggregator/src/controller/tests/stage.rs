//! A controller between stand-ins for the API server and for AIOS, whose turns are taken one by one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use fake_aios::{FakeAios, Options, Service};
use inventory_common::resource::{
    ClusterOnboarding, ClusterOnboardingStatus, ConditionStatus, OnboardingConditionType,
};
use kube::Resource;
use kube::api::DynamicObject;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::super::follow::Notice;
use super::super::keeper::Keeper;
use super::super::leader::{LEASE, Leader};
use super::super::metrics::Metrics;
use super::super::news::News;
use super::super::shared::Shared;
use super::super::view::tests::{inventory, list, node, object, view};
use crate::cli::RunArgs;
use crate::kubernetes::stand_in::ApiServer;

/// How long the Lease may take.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Where the API server has the onboarding's status.
pub const STATUS: &str = "/clusteronboardings/cluster/status";

#[derive(Parser)]
struct Typed {
    #[command(flatten)]
    run: RunArgs,
}

/// A controller with what it talks to.
pub struct Stage {
    pub aios: FakeAios,
    pub api: ApiServer,
    pub shared: Arc<Shared>,
    pub leader: Arc<Leader>,
    pub keeper: Keeper,
    pub stop: watch::Sender<bool>,
}

impl Stage {
    /// A cluster of these nodes, all known, which a person wants onboarded; `more` goes over what they say.
    pub fn new(nodes: &[&str], more: &Value) -> Self {
        let (aios, api) = (FakeAios::start(&Options::default()).unwrap(), ApiServer::default());
        let args = ["run", "--retry-for=0", "--settle=0.1", "--remove-after=0.1", "--namespace=ns"];
        let args = Typed::try_parse_from(args).unwrap().run;
        let shared = Arc::<Shared>::default();
        let leader = Arc::new(Leader::new(api.client(), "ns", LEASE, "replica"));
        let (stop, stopping) = watch::channel(false);
        let keeper = super::super::keeper(
            &args,
            &api.client(),
            &shared,
            &leader,
            Metrics::default(),
            stopping,
        );
        let stage = Self { aios, api, shared, leader, keeper, stop };
        stage.learn(|known| *known = view(&[]));
        stage.joins(nodes);
        stage.onboard("uid-1", more);
        stage
    }

    /// The same with one node, after the first turn, of which the watch has shown the status.
    pub async fn in_sync() -> Self {
        let mut stage = Self::new(&["a"], &json!({}));
        stage.leads().await;
        let [status] = stage.statuses().try_into().unwrap();
        stage.shows(&status);
        stage
    }

    /// These are the nodes now, each with an agent that has reported.
    pub fn joins(&self, nodes: &[&str]) {
        self.lists(nodes);
        for name in nodes {
            let pod = json!({
                "metadata": { "name": name }, "spec": { "nodeName": name, "containers": [] },
                "status": { "conditions": [{ "type": "Ready", "status": "True" }] },
            });
            self.learn(|known| _ = known.pod(Notice::Changed(object(pod.clone()))));
            self.reports(name, |_| ());
            let node = json!({ "metadata": { "name": name } });
            self.api.put(&format!("/api/v1/nodes/{name}"), node);
        }
    }

    /// Something is learnt of the cluster.
    pub fn learn(&self, learn: impl FnOnce(&mut super::super::view::View)) {
        self.shared.learn(|view| {
            learn(view);
            News::ToDo
        });
    }

    /// The Nodes are listed, and are these.
    pub fn lists(&self, nodes: &[&str]) {
        let nodes: Vec<_> = nodes.iter().map(|name| node(name, &[("nodeID", name)])).collect();
        self.learn(|view| list(view, &nodes));
    }

    /// A node's agent reports; `change` is made to what it says otherwise.
    pub fn reports(&self, name: &str, change: impl FnOnce(&mut DynamicObject)) {
        let mut object = inventory(name, name, "True");
        change(&mut object);
        self.learn(|view| _ = view.inventory(Notice::Changed(object)));
    }

    /// A person says what they want, in an object of this UID.
    pub fn onboard(&self, uid: &str, more: &Value) {
        let mut spec = json!({
            "id": "c", "regionId": "r", "submit": "WhenComplete",
            "parser": self.aios.url(Service::Parser), "gateway": self.aios.url(Service::Gateway),
        });
        spec.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut onboarding = ClusterOnboarding::new(object(spec));
        onboarding.metadata.uid = Some(uid.to_owned());
        let path = format!("{}/cluster", ClusterOnboarding::url_path(&(), None));
        self.api.put(&path, serde_json::to_value(&onboarding).unwrap());
        self.learn(|view| _ = view.onboarding(Notice::Changed(onboarding)));
    }

    /// A person says otherwise which Nodes count, and they were not listed since.
    pub fn unlists(&self) {
        self.onboard("uid-1", &json!({ "nodeSelector": { "pool": "x" } }));
        assert!(!self.shared.view().is_whole());
    }

    /// The watch shows the status that was written last.
    pub fn shows(&self, status: &ClusterOnboardingStatus) {
        self.learn(|view| {
            let mut onboarding = view.cluster().unwrap().clone();
            onboarding.status = Some(status.clone());
            view.onboarding(Notice::Changed(onboarding));
        });
    }

    /// Takes a turn while it leads. The Lease is given back then.
    pub async fn leads(&mut self) -> Duration {
        let leader = Arc::clone(&self.leader);
        let turn = async || {
            assert!(leader.holds(Instant::now()));
            self.keeper.turn().await
        };
        leader.hold_while(PATIENCE, turn).await.unwrap()
    }

    /// The statuses that were written since it was last asked.
    pub fn statuses(&self) -> Vec<ClusterOnboardingStatus> {
        let written = self.api.written(STATUS).into_iter();
        written.map(|body| object(body["status"].clone())).collect()
    }

    /// The memory that AIOS has of a node.
    pub fn stored_memory(&self, id: &str) -> Option<u64> {
        let stored = self.aios.stored("c")?;
        let entries = stored["nodes"]["nodeData"].as_array()?;
        entries.iter().find(|entry| entry["id"] == id)?["memory"].as_u64()
    }
}

/// Status and reason of a condition.
pub fn says(
    status: &ClusterOnboardingStatus,
    kind: OnboardingConditionType,
) -> (ConditionStatus, String) {
    let condition = status.condition(kind).unwrap();
    (condition.status, condition.reason.clone())
}
