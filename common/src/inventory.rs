//! The whole inventory: nodeData with everything that explains it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Disk, Gpu, NodeData, Override, Port, Probe};

/// A node's inventory, as `--dump --detail` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// What AIOS is told.
    pub node_data: NodeData,
    /// How each probe went.
    pub probes: Vec<Probe>,
    /// Every device found, counted or not.
    pub devices: Devices,
    /// The figures of nodeData that are less than the truth because something is unknown.
    pub unknowns: Vec<Unknown>,
    /// What a person stated.
    pub stated: Vec<Override>,
    /// Logical CPUs; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Cpu>,
    /// Main memory; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Memory>,
    /// Swap space; absent where unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub swap: Option<Swap>,
    /// The host, for a reader: nothing here decides a figure.
    pub host: Host,
}

/// Every device found, each list in canonical order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Devices {
    /// Block devices, by name.
    pub disks: Vec<Disk>,
    /// Network devices by name, then InfiniBand ports, then hidden PCI functions.
    pub ports: Vec<Port>,
    /// GPUs by PCI address, then UUID.
    pub gpus: Vec<Gpu>,
}

/// A figure of nodeData that is not the whole truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unknown {
    /// The figure's path in nodeData, such as `network.txBandwidth`.
    pub field: String,
    /// The device whose part is missing; absent where the whole figure is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// Logical CPUs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cpu {
    /// Number of online logical CPUs.
    pub online: u64,
}

/// Main memory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Memory {
    /// `MemTotal` of `proc/meminfo` in bytes: what kubelet calls capacity.
    pub total_bytes: u64,
    /// The part of it that is GPU memory, in bytes; absent where that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_owned_bytes: Option<u64>,
    /// Installed memory in bytes, from the online blocks of `sys/devices/system/memory`; absent on
    /// machines without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed_bytes: Option<u64>,
    /// Pools of huge pages, by page size.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub huge_pages: Vec<HugePages>,
}

impl Memory {
    /// What the host's processes can have, in bytes; absent where the GPUs' part is unknown, or is
    /// all of it, which no host could run in.
    #[must_use]
    pub fn usable_bytes(&self) -> Option<u64> {
        self.total_bytes.checked_sub(self.gpu_owned_bytes?).filter(|bytes| *bytes > 0)
    }
}

/// A pool of huge pages, from `sys/kernel/mm/hugepages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HugePages {
    /// Size of one page in KiB.
    pub page_kib: u64,
    /// Number of pages in the pool.
    pub pages: u64,
}

/// Swap space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Swap {
    /// `SwapTotal` of `proc/meminfo` in bytes: what kubelet reports as swap capacity.
    pub total_bytes: u64,
    /// The part of it that is zram, which is RAM, in bytes; absent where `proc/swaps` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zram_bytes: Option<u64>,
    /// The areas of `proc/swaps`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<SwapArea>,
}

/// One swap area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SwapArea {
    /// The device or file.
    pub path: String,
    /// Size in bytes.
    pub size_bytes: u64,
}

/// The host, for a reader. Each is absent where the host does not tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Host {
    /// The node's name in its cluster, or the hostname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The kernel's release, from `proc/sys/kernel/osrelease`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The machine's architecture as uname gives it, from `proc/sys/kernel/arch`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// `PRETTY_NAME` of `etc/os-release`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_system: Option<String>,
    /// This boot, from `proc/sys/kernel/random/boot_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot_id: Option<String>,
    /// What machine it is, from `sys/class/dmi/id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
}
