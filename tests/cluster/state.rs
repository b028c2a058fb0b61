//! What is right: the Node, its inventory, the onboarding and AIOS's copy say the same.

use std::time::Duration;

use fake_aios::{Route, Service};
use inventory_common::resource::OnboardingConditionType::{Covered, InSync, Submitted};
use inventory_common::resource::{
    ClusterOnboarding, ConditionStatus, ConditionType, NodeInventory,
};
use k8s_openapi::api::core::v1::Node;
use kube::ResourceExt;
use kube::api::{Api, Patch, PatchParams};
use serde_json::{Value, json};
use test_kubernetes::wait;

use crate::environment::{Cluster, ID, PATIENCE};

impl Cluster {
    /// Nodes.
    pub fn nodes(&self) -> Api<Node> {
        Api::all(self.admin.clone())
    }

    /// Inventories.
    pub fn inventories(&self) -> Api<NodeInventory> {
        Api::all(self.admin.clone())
    }

    /// Onboardings.
    pub fn onboardings(&self) -> Api<ClusterOnboarding> {
        Api::all(self.admin.clone())
    }

    /// The node's inventory; absent where there is none.
    pub async fn inventory(&self) -> Option<NodeInventory> {
        self.inventories().get_opt(&self.node).await.ok()?
    }

    /// What AIOS has of the node.
    pub fn entry(&self) -> Option<Value> {
        let stored = self.aios.stored(ID)?;
        let entries = stored["nodes"]["nodeData"].as_array()?;
        entries.iter().find(|entry| entry["id"] == *self.node).cloned()
    }

    /// How often AIOS was asked to create a cluster.
    pub fn creations(&self) -> usize {
        self.aios.count(Service::Parser, Route::Create)
    }

    /// Waits until all say the same and the aggregator has taken note of a new word, as only one that
    /// lives does. Then nobody writes any more, and nothing was submitted twice.
    pub async fn is_right(&self) {
        self.until_right().await;
        self.until_noted().await;
        self.until_right().await;
        self.is_quiet().await;
        assert_eq!(self.creations(), 1, "it was submitted twice");
    }

    /// A person says something that changes nothing, and the aggregator notes it.
    async fn until_noted(&self) {
        let onboardings = self.onboardings();
        let said = onboardings.get("cluster").await.unwrap().spec.allow_removals + 1;
        let patch = Patch::Merge(json!({ "spec": { "allowRemovals": said } }));
        let params = PatchParams::default();
        let generation =
            onboardings.patch("cluster", &params, &patch).await.unwrap().metadata.generation;
        wait::until("the aggregator notes what was said", PATIENCE, async || {
            let status = onboardings.get("cluster").await.ok()?.status?;
            (status.observed_generation >= generation).then_some(())
        })
        .await;
    }

    /// Waits until the Node, its inventory, the onboarding and AIOS's copy say the same.
    pub async fn until_right(&self) {
        self.until_right_within(PATIENCE).await;
    }

    /// The same, and gives up after so long.
    pub async fn until_right_within(&self, limit: Duration) {
        let mut wrong = String::new();
        let look = async || match self.wrong().await {
            Ok(()) => Some(()),
            Err(now) => {
                if now != wrong {
                    eprintln!("    not yet: {now}");
                }
                wrong = now;
                None
            }
        };
        wait::until("all is right", limit, look).await;
    }

    async fn wrong(&self) -> Result<(), String> {
        let node = self.nodes().get(&self.node).await.map_err(|error| error.to_string())?;
        if node.labels().get("nodeID") != Some(&self.node) {
            return Err("the Node has no nodeID".to_owned());
        }
        let inventory = self.inventory().await.ok_or("there is no inventory")?;
        let owner = inventory.metadata.owner_references.iter().flatten().next();
        if owner.map(|owner| &owner.uid) != node.metadata.uid.as_ref() {
            return Err("the inventory is of a Node that is gone".to_owned());
        }
        for condition in &inventory.status.conditions {
            let wanted = if condition.kind == ConditionType::Contested {
                ConditionStatus::False
            } else {
                ConditionStatus::True
            };
            if condition.status != wanted {
                return Err(format!("inventory: {:?}: {}", condition.kind, condition.message));
            }
        }
        let data = serde_json::to_value(&inventory.status.node_data).map_err(|e| e.to_string())?;
        let gpus = node.annotations().get("gpu.aios/info").ok_or("no gpu.aios/info")?;
        let gpus: Value = serde_json::from_str(gpus).map_err(|error| error.to_string())?;
        if gpus != data["gpus"]["gpus"] {
            return Err(format!("gpu.aios/info is {gpus}"));
        }
        if self.entry().as_ref() != Some(&data) {
            return Err(format!("AIOS has {:?} of {data}", self.entry()));
        }
        let onboarding = self.onboardings().get("cluster").await.map_err(|e| e.to_string())?;
        let status = onboarding.status.ok_or("the onboarding has no status")?;
        for kind in [Covered, Submitted, InSync] {
            if !status.is(kind) {
                return Err(format!("onboarding: {kind:?}: {:?}", status.condition(kind)));
            }
        }
        Ok(())
    }

    /// Nobody writes where nothing changes.
    pub async fn is_quiet(&self) {
        let before = self.versions().await;
        // Some readings, and some looks at AIOS's copy.
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert_eq!(self.versions().await, before, "somebody writes though nothing changes");
    }

    /// What every write changes.
    pub async fn versions(&self) -> (Option<String>, Option<String>, usize) {
        let inventory = self.inventory().await.unwrap();
        let onboarding = self.onboardings().get("cluster").await.unwrap();
        let updates = self.aios.count(Service::Gateway, Route::Update);
        (inventory.resource_version(), onboarding.resource_version(), updates)
    }
}
