//! A lower or unknown figure waits for a second equal reading: a flapping link or a driver that is
//! being reloaded is no news.

use inventory_common::NodeData;
use inventory_common::resource::NodeInventoryStatus;

/// Holds readings back that say less than what is known.
#[derive(Debug, Default)]
pub struct Steady {
    /// What was last let through.
    known: Option<Figures>,
    /// A reading that says less, and waits to be confirmed.
    waiting: Option<Figures>,
}

/// What is compared: the figures, and which of them are not the whole truth.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Figures {
    node_data: NodeData,
    unknowns: Vec<String>,
}

impl Steady {
    /// What a former agent reported of this node counts as known, where nothing else does yet.
    pub fn remember(&mut self, status: &NodeInventoryStatus) {
        self.known.get_or_insert_with(|| Figures::of(status));
    }

    /// Whether this reading may be reported now.
    pub fn admits(&mut self, status: &NodeInventoryStatus) -> bool {
        let figures = Figures::of(status);
        let says_less = self.known.as_ref().is_some_and(|known| figures.say_less_than(known));
        let is_confirmed = self.waiting.as_ref() == Some(&figures);
        if says_less && !is_confirmed {
            self.waiting = Some(figures);
            return false;
        }
        self.waiting = None;
        self.known = Some(figures);
        true
    }

    /// Whether a reading waits to be confirmed.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }
}

impl Figures {
    /// The figures of a status. The id is the cluster's word and no figure.
    fn of(status: &NodeInventoryStatus) -> Self {
        let node_data = NodeData { id: String::new(), ..status.node_data.clone() };
        Self { node_data, unknowns: status.unknowns.clone() }
    }

    /// Whether any figure is lower, or newly unknown.
    fn say_less_than(&self, known: &Self) -> bool {
        let is_news = |field: &String| !known.unknowns.contains(field);
        let pairs = numbers(&self.node_data).into_iter().zip(numbers(&known.node_data));
        pairs.into_iter().any(|(new, old)| new < old) || self.unknowns.iter().any(is_news)
    }
}

/// Every number of a node but those of single GPUs, which its sums hold.
fn numbers(node: &NodeData) -> [u64; 10] {
    [
        node.gpus.count,
        node.gpus.memory_mib,
        node.gpus.features.len() as u64,
        node.vcpus.count,
        node.memory_mib,
        node.swap_mib,
        node.storage.disks,
        node.storage.size_mib,
        node.network.interfaces,
        node.network.tx_bandwidth_mbps.min(node.network.rx_bandwidth_mbps),
    ]
}
