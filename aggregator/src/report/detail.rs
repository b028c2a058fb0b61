//! What a source says of a node beside its figures.

use inventory_common::resource::NodeInventory;
use inventory_common::{Inventory, NodeData};

use crate::cluster::dump::Held;

/// What a source says of a node beside its figures.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// A dump's whole inventory: every device, counted or not.
    Inventory(Box<Inventory>),
    /// An object of the cluster: the counted devices, and how many are not counted.
    Object(Box<NodeInventory>),
    /// Nothing: plain nodeData.
    Plain,
}

impl From<&Held> for Detail {
    fn from(held: &Held) -> Self {
        match held {
            Held::Inventory(inventory) => Self::Inventory(inventory.clone()),
            Held::Plain(_) => Self::Plain,
        }
    }
}

impl Detail {
    /// Whether a figure of the node, by its path, is less than the truth or may be.
    #[must_use]
    pub fn lacks(&self, node: &NodeData, path: &str) -> bool {
        match self {
            Self::Inventory(inventory) => inventory.unknowns.iter().any(|it| it.field == path),
            Self::Object(object) => object.status.unknowns.iter().any(|field| field == path),
            Self::Plain => may_lack(node, path),
        }
    }
}

/// Whether a figure of a plain nodeData, which is 0, may be so because it is unknown.
fn may_lack(node: &NodeData, path: &str) -> bool {
    match path {
        "vcpus.count" => node.vcpus.count == 0,
        "memory" => node.memory_mib == 0,
        "storage.size" => node.storage.disks > 0 && node.storage.size_mib == 0,
        "network.txBandwidth" => node.network.interfaces > 0 && node.network.tx_bandwidth_mbps == 0,
        "network.rxBandwidth" => node.network.interfaces > 0 && node.network.rx_bandwidth_mbps == 0,
        _ => false,
    }
}
