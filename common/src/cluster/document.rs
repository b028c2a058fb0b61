//! The cluster's document: the onboarding page's, with exactly its keys and order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use super::{GpuTotals, Overflow, Profile, Sums, Totals};
use crate::NodeData;
use crate::node_data::{Network, Storage, Vcpus};

/// What AIOS is told of a cluster. Sizes in MiB, bandwidths in Mbit/s.
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
    pub config: Map<String, Value>,
    /// Words to find the cluster by.
    pub tags: Vec<String>,
    /// What a reader should know of the cluster. Free-form.
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
