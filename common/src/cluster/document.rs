//! The cluster's document: the onboarding page's, with exactly its keys and order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::profile::live;
use super::{GpuTotals, Overflow, Profile, Sums, Totals};
use crate::NodeData;
use crate::node_data::{Network, Storage, Vcpus};

/// What AIOS is told of a cluster. Sizes in MiB, bandwidths in Mbit/s.
///
/// A text needs what any of AIOS's Parser, gateway and registry needs; without the other keys they
/// take it too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Document {
    /// The cluster's id in its network.
    #[schemars(length(min = 1), regex(pattern = "^[A-Za-z0-9._-]+$"))]
    pub id: String,
    /// The region.
    #[schemars(length(min = 1))]
    pub region_id: String,
    /// The status; sent, and never stored.
    #[serde(default = "live")]
    pub status: String,
    /// The nodes.
    pub nodes: Nodes,
    /// All their GPUs.
    pub gpus: GpuTotals,
    /// All their logical CPUs.
    pub vcpus: Vcpus,
    /// All their main memory in MiB.
    #[serde(rename = "memory")]
    pub memory_mib: u64,
    /// All their swap space in MiB.
    #[serde(rename = "swap")]
    pub swap_mib: u64,
    /// All their physical disks.
    pub storage: Storage,
    /// All their physical network ports.
    pub network: Network,
    /// How AIOS runs the cluster. Free-form; AIOS adds to it.
    #[serde(default)]
    pub config: Map<String, Value>,
    /// Words to find the cluster by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What a reader should know of the cluster. Free-form.
    #[serde(default)]
    pub cluster_metadata: Map<String, Value>,
    /// The cluster's reputation when it is registered.
    pub reputation: Number,
}

impl Document {
    /// Joins what a person says and what was measured.
    #[must_use]
    pub fn new(profile: Profile, measured: Measured) -> Self {
        let Profile { id, region_id, status, config, tags, cluster_metadata, reputation, .. } =
            profile;
        let Measured { nodes, totals } = measured;
        let Totals { gpus, vcpus, memory_mib, swap_mib, storage, network } = totals;
        Self {
            id,
            region_id,
            status,
            nodes: Nodes { count: nodes.len() as u64, node_data: nodes },
            gpus,
            vcpus,
            memory_mib,
            swap_mib,
            storage,
            network,
            config,
            tags,
            cluster_metadata,
            reputation,
        }
    }

    /// What it says that all nodes have together.
    #[must_use]
    pub fn totals(&self) -> Totals {
        Totals {
            gpus: self.gpus.clone(),
            vcpus: self.vcpus.clone(),
            memory_mib: self.memory_mib,
            swap_mib: self.swap_mib,
            storage: self.storage.clone(),
            network: self.network.clone(),
        }
    }
}

/// The nodes of a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Nodes {
    /// How many.
    pub count: u64,
    /// Each of them, ordered by id.
    pub node_data: Vec<NodeEntry>,
}

/// One node, with what may be said of it beside its hardware.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeEntry {
    /// Its hardware.
    #[serde(flatten)]
    pub node: NodeData,
    /// Words to find the node by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What a reader should know of the node. Free-form.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub node_metadata: Map<String, Value>,
}

impl From<NodeData> for NodeEntry {
    fn from(node: NodeData) -> Self {
        Self { node, tags: Vec::new(), node_metadata: Map::new() }
    }
}

/// What was measured of a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The nodes in their order.
    pub nodes: Vec<NodeEntry>,
    /// Their sums.
    pub totals: Totals,
}

impl Measured {
    /// The nodes in this order, with their sums.
    pub fn of(nodes: Vec<NodeEntry>) -> Result<Self, Overflow> {
        let totals = nodes.iter().map(|entry| &entry.node).collect::<Sums>().totals()?;
        Ok(Self { nodes, totals })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A document of no nodes with just the keys that AIOS needs.
    fn least() -> Value {
        json!({
            "id": "c", "regionId": "r", "nodes": { "count": 0, "nodeData": [] },
            "gpus": { "count": 0, "memory": 0 }, "vcpus": { "count": 0 }, "memory": 0, "swap": 0,
            "storage": { "disks": 0, "size": 0 },
            "network": { "interfaces": 0, "txBandwidth": 0, "rxBandwidth": 0 }, "reputation": 0,
        })
    }

    fn read(value: Value) -> Result<Document, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn a_text_needs_just_what_aios_needs() {
        let profile = json!({ "id": "c", "regionId": "r" });
        let profile: Profile = serde_json::from_value(profile).unwrap();
        let measured = Measured::of(Vec::new()).unwrap();
        assert_eq!(read(least()), Ok(Document::new(profile, measured)));
        for key in least().as_object().unwrap().keys() {
            let mut less = least();
            less.as_object_mut().unwrap().remove(key);
            assert_eq!(read(less), Err(format!("missing field `{key}`")));
        }
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let mut odd = least();
        odd["clusterMetaData"] = json!({});
        assert!(read(odd).unwrap_err().starts_with("unknown field `clusterMetaData`"));
    }
}
