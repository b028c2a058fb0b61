//! What is right: the Nodes, their inventories, the onboarding and AIOS's copy say what is true.

use std::time::{Duration, Instant};

use inventory_common::resource::OnboardingConditionType::{Covered, InSync, Submitted};
use inventory_common::resource::{ConditionKind, NodeInventory};
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use test_kubernetes::judge::copy;

use crate::world::World;

/// After a storm all is right within this.
const LIMIT: Duration = Duration::from_mins(1);

impl World {
    /// Waits until all is right, and says how long that took.
    pub async fn until_right(&mut self) -> Duration {
        let begin = Instant::now();
        let said = self.say_something().await;
        loop {
            self.programs.iter_mut().for_each(crate::program::Program::must_run);
            self.recorder.judge();
            let Some(wrong) = self.wrong(said).await else { return begin.elapsed() };
            assert!(begin.elapsed() < LIMIT, "after {} s: {wrong}", LIMIT.as_secs());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// A person says something that changes nothing. Only an aggregator that lives notes it.
    async fn say_something(&self) -> Option<i64> {
        let onboardings = self.scene.onboardings();
        let said = onboardings.get("cluster").await.unwrap().spec.allow_removals + 1;
        let patch = Patch::Merge(json!({ "spec": { "allowRemovals": said } }));
        let params = PatchParams::default();
        onboardings.patch("cluster", &params, &patch).await.unwrap().metadata.generation
    }

    /// What is not right yet.
    async fn wrong(&self, said: Option<i64>) -> Option<String> {
        for node in 0..self.nodes.len() {
            if let Some(wrong) = self.wrong_of_node(node).await {
                return Some(wrong);
            }
        }
        let status = self.scene.onboarding().await.status;
        let Some(status) = status else { return Some("the onboarding has no status".to_owned()) };
        if status.observed_generation < said {
            return Some("no aggregator has noted what was said".to_owned());
        }
        for kind in [Covered, Submitted, InSync] {
            if !status.is(kind) {
                return Some(format!("{kind:?}: {:?}", status.condition(kind)));
            }
        }
        let unfinished = copy::unfinished(self.recorder.truth(), self.scene.stored().as_ref());
        unfinished.into_iter().next()
    }

    async fn wrong_of_node(&self, number: usize) -> Option<String> {
        let (node, agent) = (&self.nodes[number], &self.programs[number]);
        let name = &node.name;
        let label = node.node().await.and_then(|node| node.labels().get("nodeID").cloned());
        if label.as_ref() != Some(name) {
            return Some(format!("the nodeID of {name} is {label:?}"));
        }
        let inventories: Api<NodeInventory> = Api::all(self.scene.cluster.admin.clone());
        let Some(inventory) = inventories.get_opt(name).await.unwrap() else {
            return Some(format!("{name} has no inventory"));
        };
        let unwell = inventory.status.conditions.iter().find(|it| it.status != it.kind.should_be());
        if let Some(unwell) = unwell {
            return Some(format!("{name}: {:?}: {}", unwell.kind, unwell.message));
        }
        let Some(address) = agent.address() else { return Some(format!("{name} listens not yet")) };
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let ready = client.get(format!("http://{address}/readyz")).send().await;
        let ready = ready.map(|ready| ready.status().as_u16());
        (ready.as_ref().ok() != Some(&200)).then(|| format!("{name} is not ready: {ready:?}"))
    }
}
