//! What a source says of a node beside its figures.

use inventory_common::resource::NodeInventory;
use inventory_common::{Inventory, NodeData};
use k8s_openapi::jiff::Timestamp;

use crate::cluster::dump::Held;

/// What a source says of a node beside its figures.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// A dump's whole inventory: every device, counted or not.
    Inventory(Box<Inventory>),
    /// An object of the cluster: the counted devices, and how many are not counted.
    Object(Box<NodeInventory>),
    /// As much of an object as a line of a table needs: of thousands no more is kept.
    Brief(Brief),
    /// Nothing: plain nodeData.
    Plain,
}

/// What a line of a table needs of an object beside its figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brief {
    /// The figures, by their paths, that are less than the truth or may be.
    pub lacking: Vec<&'static str>,
    /// The conditions that are not as they should be.
    pub unwell: Vec<&'static str>,
    /// When the object was made; absent where it does not say.
    pub born: Option<Timestamp>,
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
            Self::Brief(brief) => brief.lacking.contains(&path),
            Self::Plain => may_lack(node, path),
        }
    }

    /// When the object was made; absent where there is none, or it does not say.
    #[must_use]
    pub fn born(&self) -> Option<Timestamp> {
        match self {
            Self::Object(object) => object.metadata.creation_timestamp.as_ref().map(|at| at.0),
            Self::Brief(brief) => brief.born,
            Self::Inventory(_) | Self::Plain => None,
        }
    }

    /// The conditions that are not as they should be.
    #[must_use]
    pub fn unwell(&self) -> Vec<&'static str> {
        match self {
            Self::Brief(brief) => brief.unwell.clone(),
            Self::Object(object) => {
                let bad = object.status.conditions.iter().filter(|condition| !condition.is_well());
                bad.map(|condition| condition.kind.as_str()).collect()
            }
            Self::Inventory(_) | Self::Plain => Vec::new(),
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
