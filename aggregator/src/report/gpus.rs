//! GPUs by model: how many, and with how much memory.

use std::collections::BTreeMap;

use inventory_common::NodeData;

use super::amount::Amount;
use super::said::Said;

/// GPUs of one model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share {
    /// The model.
    pub model: Said,
    /// How many.
    pub count: u64,
    /// Their memory in MiB, as far as it is known.
    pub memory_mib: u64,
    /// Of how many the memory is unknown.
    pub dark: u64,
}

impl Share {
    /// Their memory.
    #[must_use]
    pub const fn memory(&self) -> Amount {
        Amount::sum(self.memory_mib, self.dark == 0)
    }

    /// Adds GPUs of the same model.
    pub fn add(&mut self, other: &Self) {
        self.count = self.count.saturating_add(other.count);
        self.memory_mib = self.memory_mib.saturating_add(other.memory_mib);
        self.dark = self.dark.saturating_add(other.dark);
    }
}

/// A node's GPUs by model, ordered by it.
#[must_use]
pub fn shares(node: &NodeData) -> Vec<Share> {
    let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
    for gpu in &node.gpus.gpus {
        let one = Share {
            model: Said::new(&gpu.model_name),
            count: 1,
            memory_mib: gpu.memory_mib,
            dark: u64::from(gpu.memory_mib == 0),
        };
        match shares.get_mut(gpu.model_name.as_str()) {
            Some(share) => share.add(&one),
            None => drop(shares.insert(&gpu.model_name, one)),
        }
    }
    shares.into_values().collect()
}
