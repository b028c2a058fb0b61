//! The cluster's sums: ten figures, each the sum of the nodes'.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::NodeData;
use crate::node_data::{Network, Storage, Vcpus};
use crate::units::{BYTES_PER_MIB, BYTES_PER_SECOND_PER_MBPS};

/// A figure that a cluster has as the sum of its nodes'.
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// Its path, the same in nodeData and in the cluster's document.
    pub path: &'static str,
    /// How many base units one of it is: 1, the bytes of a MiB, the bytes that go in a second at 1 Mbit/s.
    pub base_units: u64,
    /// The node's part of it.
    pub of: fn(&NodeData) -> u64,
}

/// Every such figure, in the document's order.
pub const FIGURES: [Figure; 10] = [
    Figure { path: "gpus.count", base_units: 1, of: |node| node.gpus.count },
    Figure { path: "gpus.memory", base_units: BYTES_PER_MIB, of: |node| node.gpus.memory_mib },
    Figure { path: "vcpus.count", base_units: 1, of: |node| node.vcpus.count },
    Figure { path: "memory", base_units: BYTES_PER_MIB, of: |node| node.memory_mib },
    Figure { path: "swap", base_units: BYTES_PER_MIB, of: |node| node.swap_mib },
    Figure { path: "storage.disks", base_units: 1, of: |node| node.storage.disks },
    Figure { path: "storage.size", base_units: BYTES_PER_MIB, of: |node| node.storage.size_mib },
    Figure { path: "network.interfaces", base_units: 1, of: |node| node.network.interfaces },
    Figure {
        path: "network.txBandwidth",
        base_units: BYTES_PER_SECOND_PER_MBPS,
        of: |node| node.network.tx_bandwidth_mbps,
    },
    Figure {
        path: "network.rxBandwidth",
        base_units: BYTES_PER_SECOND_PER_MBPS,
        of: |node| node.network.rx_bandwidth_mbps,
    },
];

/// Sums to which nodes are added, and from which they are taken, one at a time.
///
/// Kept in 128 bits, so that no number of nodes that fit in memory overflows one while others are
/// yet to be taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums([u128; FIGURES.len()]);

impl Sums {
    /// Adds a node's figures.
    pub fn add(&mut self, node: &NodeData) {
        for (sum, figure) in self.0.iter_mut().zip(FIGURES) {
            *sum = sum.wrapping_add((figure.of)(node).into());
        }
    }

    /// Takes a node's figures away. One that was never added leaves a sum far beyond 64 bits, which
    /// [`Sums::totals`] refuses.
    pub fn remove(&mut self, node: &NodeData) {
        for (sum, figure) in self.0.iter_mut().zip(FIGURES) {
            *sum = sum.wrapping_sub((figure.of)(node).into());
        }
    }

    /// The sums as the document writes them.
    pub fn totals(&self) -> Result<Totals, Overflow> {
        let mut totals = [0; FIGURES.len()];
        for ((total, sum), figure) in totals.iter_mut().zip(self.0).zip(FIGURES) {
            *total = u64::try_from(sum).map_err(|_| Overflow { figure: figure.path })?;
        }
        Ok(totals.into())
    }
}

impl<'a> FromIterator<&'a NodeData> for Sums {
    fn from_iter<Nodes: IntoIterator<Item = &'a NodeData>>(nodes: Nodes) -> Self {
        let mut sums = Self::default();
        nodes.into_iter().for_each(|node| sums.add(node));
        sums
    }
}

/// A sum that no document can hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{figure}: the nodes sum to more than 64 bits hold: one of their figures must be wrong")]
pub struct Overflow {
    /// The figure's path.
    pub figure: &'static str,
}

/// What all nodes have together. Sizes in MiB, bandwidths in Mbit/s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// GPUs.
    pub gpus: GpuTotals,
    /// Logical CPUs.
    pub vcpus: Vcpus,
    /// Main memory in MiB.
    #[serde(rename = "memory")]
    pub memory_mib: u64,
    /// Swap space in MiB.
    #[serde(rename = "swap")]
    pub swap_mib: u64,
    /// Physical disks.
    pub storage: Storage,
    /// Physical network ports.
    pub network: Network,
}

/// The GPUs of all nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GpuTotals {
    /// Number of physical GPUs.
    pub count: u64,
    /// Their memory in MiB.
    #[serde(rename = "memory")]
    pub memory_mib: u64,
}

impl From<[u64; FIGURES.len()]> for Totals {
    /// From the figures in the order of [`FIGURES`].
    fn from(figures: [u64; FIGURES.len()]) -> Self {
        let [
            gpus,
            gpu_memory_mib,
            vcpus,
            memory_mib,
            swap_mib,
            disks,
            size_mib,
            interfaces,
            tx_bandwidth_mbps,
            rx_bandwidth_mbps,
        ] = figures;
        Self {
            gpus: GpuTotals { count: gpus, memory_mib: gpu_memory_mib },
            vcpus: Vcpus { count: vcpus },
            memory_mib,
            swap_mib,
            storage: Storage { disks, size_mib },
            network: Network { interfaces, tx_bandwidth_mbps, rx_bandwidth_mbps },
        }
    }
}

impl Totals {
    /// The figures in the order of [`FIGURES`].
    #[must_use]
    pub fn figures(&self) -> [u64; FIGURES.len()] {
        [
            self.gpus.count,
            self.gpus.memory_mib,
            self.vcpus.count,
            self.memory_mib,
            self.swap_mib,
            self.storage.disks,
            self.storage.size_mib,
            self.network.interfaces,
            self.network.tx_bandwidth_mbps,
            self.network.rx_bandwidth_mbps,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node_data::Gpus;

    /// A node with a figure of its own for each.
    fn node(base: u64) -> NodeData {
        let totals = Totals::from(std::array::from_fn(|index| base + index as u64));
        let (gpus, features) = (Vec::new(), Vec::new());
        let GpuTotals { count, memory_mib } = totals.gpus;
        NodeData {
            id: "node-1".to_owned(),
            gpus: Gpus { count, memory_mib, gpus, features, model_names: Vec::new() },
            vcpus: totals.vcpus,
            memory_mib: totals.memory_mib,
            swap_mib: totals.swap_mib,
            storage: totals.storage,
            network: totals.network,
        }
    }

    #[test]
    fn every_figure_is_summed_in_its_own_place() {
        let sums: Sums = [node(100), node(1000)].iter().collect();
        let expected = std::array::from_fn(|index| 1100 + 2 * index as u64);
        assert_eq!(sums.totals(), Ok(Totals::from(expected)));
    }

    #[test]
    fn what_is_taken_away_leaves_no_trace() {
        let mut sums = Sums::default();
        sums.add(&node(7));
        sums.add(&node(u64::MAX - 9));
        sums.remove(&node(u64::MAX - 9));
        assert_eq!(sums, [node(7)].iter().collect());
    }

    #[test]
    fn a_sum_past_64_bits_is_an_error_that_names_its_figure() {
        let mut most = node(0);
        most.storage.size_mib = u64::MAX;
        let sums: Sums = [most.clone(), most].iter().collect();
        assert_eq!(sums.totals(), Err(Overflow { figure: "storage.size" }));
    }

    #[test]
    fn a_node_that_was_never_added_does_not_pass_unseen() {
        let mut sums = Sums::default();
        sums.remove(&node(1));
        assert_eq!(sums.totals(), Err(Overflow { figure: "gpus.count" }));
    }
}
