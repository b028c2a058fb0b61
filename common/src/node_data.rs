//! AIOS's nodeData: one node as the onboarding page writes it, with exactly its fields and order.
//!
//! This shape has no word for *unknown*: a figure that could not be read is 0 here, and
//! [`crate::Inventory::unknowns`] says so.
//!
//! The schema has no other fields. Whoever reads passes over them, since a newer version may write more;
//! one that is misspelt is missed, because none is optional.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One node of the onboarding document. Sizes in MiB, bandwidths in Mbit/s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct NodeData {
    /// The value of the node's `nodeID` label.
    #[schemars(length(min = 1, max = 63))]
    pub id: String,
    /// The node's GPUs.
    pub gpus: Gpus,
    /// The node's logical CPUs.
    pub vcpus: Vcpus,
    /// Main memory in MiB, less what belongs to GPUs.
    #[serde(rename = "memory")]
    pub memory_mib: u64,
    /// Swap space in MiB.
    #[serde(rename = "swap")]
    pub swap_mib: u64,
    /// The node's physical disks.
    pub storage: Storage,
    /// The node's physical network ports.
    pub network: Network,
}

/// The counted GPUs of a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Gpus {
    /// Number of physical GPUs.
    pub count: u64,
    /// Sum of the GPUs' memory in MiB, each rounded down by itself.
    #[serde(rename = "memory")]
    pub memory_mib: u64,
    /// One entry per GPU, ordered by PCI address, then UUID.
    #[schemars(length(max = 1024))]
    pub gpus: Vec<GpuData>,
    /// What every counted GPU with a known compute capability can do.
    #[schemars(length(max = 64), inner(length(max = 64)))]
    pub features: Vec<String>,
    /// The known models, sorted, each once.
    #[schemars(length(max = 256), inner(length(max = 256)))]
    pub model_names: Vec<String>,
}

/// One GPU.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct GpuData {
    /// The model, or vendor and PCI id (`NVIDIA 10de:2330`) where nothing names it.
    #[schemars(length(max = 256))]
    pub model_name: String,
    /// Memory in MiB; 0 where unknown.
    #[serde(rename = "memory")]
    pub memory_mib: u64,
}

/// Logical CPUs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Vcpus {
    /// Number of online logical CPUs.
    pub count: u64,
}

/// Physical disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Storage {
    /// Number of whole physical disks.
    pub disks: u64,
    /// Sum of their sizes in MiB, added in bytes and rounded down once.
    #[serde(rename = "size")]
    pub size_mib: u64,
}

/// Physical network ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Network {
    /// Number of physical ports, with and without a link.
    pub interfaces: u64,
    /// Sum of the link speeds in Mbit/s, sending.
    #[serde(rename = "txBandwidth")]
    pub tx_bandwidth_mbps: u64,
    /// Sum of the link speeds in Mbit/s, receiving; links are full duplex.
    #[serde(rename = "rxBandwidth")]
    pub rx_bandwidth_mbps: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first node of the onboarding page.
    const PAGE_NODE: &str = r#"{"id":"node-1","gpus":{"count":2,"memory":32768,"gpus":[{"modelName":"NVIDIA A100","memory":16384},{"modelName":"NVIDIA A100","memory":16384}],"features":["fp16","tensor_cores"],"modelNames":["NVIDIA A100"]},"vcpus":{"count":32},"memory":131072,"swap":8192,"storage":{"disks":2,"size":1048576},"network":{"interfaces":2,"txBandwidth":10000,"rxBandwidth":10000}}"#;

    #[test]
    fn the_page_s_node_comes_back_byte_for_byte() {
        let node: NodeData = serde_json::from_str(PAGE_NODE).unwrap();
        assert_eq!(serde_json::to_string(&node).unwrap(), PAGE_NODE);
    }

    #[test]
    fn a_misspelt_field_is_refused() {
        let misspelt = PAGE_NODE.replace("modelNames", "modelNmaes");
        assert!(serde_json::from_str::<NodeData>(&misspelt).is_err());
    }
}
