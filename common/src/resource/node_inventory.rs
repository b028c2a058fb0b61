//! NodeInventory: a node's inventory as the cluster keeps it, named as its Node.

use kube::core::{ObjectMeta, TypeMeta};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::kind::cluster_scoped;
use super::{Condition, ConditionKind, ConditionStatus, Conditions};
use crate::{GpuHealth, GpuState, NodeData, Override, PortState, Rule};

/// A node's inventory. It has no spec: nobody asks a node for other hardware than it has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeInventory {
    /// API version and kind.
    #[serde(flatten)]
    pub types: TypeMeta,
    /// Name (the Node's), owner (the Node) and the like.
    pub metadata: ObjectMeta,
    /// What the agent found. There is no status subresource: one write carries all.
    pub status: NodeInventoryStatus,
}

cluster_scoped!(NodeInventory, "nodeinventories");

impl NodeInventory {
    /// The object of this metadata and status.
    #[must_use]
    pub fn new(metadata: ObjectMeta, status: NodeInventoryStatus) -> Self {
        Self { types: TypeMeta::resource::<Self>(), metadata, status }
    }
}

/// What the agent found on the node. At most 8 KiB as JSON, with all its metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeInventoryStatus {
    /// What AIOS is told of the node. A figure that is named in `unknowns` is less than the truth.
    pub node_data: NodeData,
    /// The figures of nodeData that are less than the truth, such as `network.txBandwidth`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 32), inner(length(max = 64)))]
    pub unknowns: Vec<String>,
    /// The counted devices, equal ones together.
    #[serde(default)]
    pub devices: DeviceGroups,
    /// How many devices were found and not counted, by the rule that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub not_counted: Vec<NotCounted>,
    /// What a person stated to the agent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 64))]
    pub stated: Vec<Override>,
    /// What a person should see.
    #[schemars(with = "Vec<Condition<ConditionType>>", length(max = 16))]
    pub conditions: Conditions<ConditionType>,
}

impl NodeInventoryStatus {
    /// The condition of this type; absent in objects that no agent wrote.
    #[must_use]
    pub fn condition(&self, kind: ConditionType) -> Option<&Condition<ConditionType>> {
        self.conditions.iter().find(|condition| condition.kind == kind)
    }

    /// Whether the condition of this type holds: not where it is absent or unknown.
    #[must_use]
    pub fn is(&self, kind: ConditionType) -> bool {
        self.condition(kind).is_some_and(|condition| condition.status == ConditionStatus::True)
    }
}

/// What a condition of a node's inventory is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum ConditionType {
    /// Everything that the rules need was read.
    Complete,
    /// Every counted GPU answers, and nothing is known against it; true without GPUs.
    GPUsHealthy,
    /// Every port with a link has a known speed.
    SpeedsKnown,
    /// CPUs, memory, swap and GPUs are what kubelet reports of the Node.
    MatchesKubelet,
    /// Somebody else keeps changing what the agent writes, and it waits longer each time.
    Contested,
}

impl ConditionKind for ConditionType {
    fn should_be(self) -> ConditionStatus {
        ConditionStatus::from(self != Self::Contested)
    }

    fn written(self) -> &'static str {
        self.as_str()
    }
}

impl ConditionType {
    /// Every type, in the order in which conditions are listed.
    pub const ALL: &[Self] = &[
        Self::Complete,
        Self::GPUsHealthy,
        Self::SpeedsKnown,
        Self::MatchesKubelet,
        Self::Contested,
    ];

    /// The type as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "Complete",
            Self::GPUsHealthy => "GPUsHealthy",
            Self::SpeedsKnown => "SpeedsKnown",
            Self::MatchesKubelet => "MatchesKubelet",
            Self::Contested => "Contested",
        }
    }
}

/// The counted devices, equal ones together, each list in canonical order of the first of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceGroups {
    /// GPUs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub gpus: Vec<GpuGroup>,
    /// Disks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub disks: Vec<DiskGroup>,
    /// Network ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256))]
    pub ports: Vec<PortGroup>,
    /// Whether there are more devices than fit; nodeData counts them all.
    #[serde(default, skip_serializing_if = "crate::device::is_false")]
    pub truncated: bool,
}

/// Equal GPUs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct GpuGroup {
    /// How many.
    pub count: u64,
    /// Their PCI addresses or UUIDs; absent where there are too many to list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(max = 64)))]
    pub names: Vec<String>,
    /// The model, or vendor and PCI id where nothing names it.
    #[schemars(length(max = 256))]
    pub model: String,
    /// Memory of each in MiB; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u64>,
    /// Whether their memory is the host's.
    #[serde(default, skip_serializing_if = "crate::device::is_false")]
    pub unified: bool,
    /// Why something about them is unknown; absent where all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<GpuState>,
    /// How they fare; absent where nobody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<GpuHealth>,
}

/// Equal disks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiskGroup {
    /// How many.
    pub count: u64,
    /// Their names, such as `nvme0n1`; absent where there are too many to list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(max = 64)))]
    pub names: Vec<String>,
    /// Size of each in bytes; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
}

/// Equal network ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PortGroup {
    /// How many.
    pub count: u64,
    /// Their names, such as `eth0` or `mlx5_0/1`; absent where there are too many to list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 256), inner(length(max = 64)))]
    pub names: Vec<String>,
    /// Link speed of each in Mbit/s; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mbps: Option<u64>,
    /// Why they add nothing; absent where they do, or where their speed is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<PortState>,
}

/// Devices that were found and are not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NotCounted {
    /// What they are.
    pub device: DeviceKind,
    /// The rule that decided.
    pub rule: Rule,
    /// How many.
    pub count: u64,
}

/// What a device is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// A GPU or another accelerator.
    Gpu,
    /// A block device.
    Disk,
    /// A network port.
    Port,
}
