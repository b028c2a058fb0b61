//! The ten figures of a node and of a cluster, as a reader knows them.

use inventory_common::NodeData;
use inventory_common::cluster::FIGURES;

use super::amount::{Amount, Unit};
use super::detail::Detail;

/// What a figure is called here, and what it is counted in.
#[derive(Clone, Copy, Debug)]
pub struct Heading {
    /// Its path in the document.
    pub path: &'static str,
    /// Its name for a reader.
    pub label: &'static str,
    /// Its unit.
    pub unit: Unit,
}

const fn heading(path: &'static str, label: &'static str, unit: Unit) -> Heading {
    Heading { path, label, unit }
}

/// Every figure, in the order of [`FIGURES`].
pub const HEADINGS: [Heading; FIGURES.len()] = [
    heading("gpus.count", "GPUs", Unit::Count),
    heading("gpus.memory", "GPU memory", Unit::Mib),
    heading("vcpus.count", "vCPUs", Unit::Count),
    heading("memory", "Memory", Unit::Mib),
    heading("swap", "Swap", Unit::Mib),
    heading("storage.disks", "Disks", Unit::Count),
    heading("storage.size", "Disk size", Unit::Mib),
    heading("network.interfaces", "NICs", Unit::Count),
    heading("network.txBandwidth", "Bandwidth, sending", Unit::Mbps),
    heading("network.rxBandwidth", "Bandwidth, receiving", Unit::Mbps),
];

/// The place of the GPU memory among them.
pub const GPU_MEMORY: usize = 1;

/// The figures, in the order of [`FIGURES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures([Amount; FIGURES.len()]);

impl Figures {
    /// Nobody knows any of them.
    pub const UNKNOWN: Self = Self([Amount::Unknown; FIGURES.len()]);

    /// A node's figures.
    #[must_use]
    pub fn of(node: &NodeData, detail: &Detail) -> Self {
        Self(FIGURES.map(|figure| {
            // No GPU is without memory: nodeData has no other word for unknown.
            let is_dark = figure.path == "gpus.memory"
                && node.gpus.gpus.iter().any(|gpu| gpu.memory_mib == 0);
            let value = (figure.of)(node);
            Amount::sum(value, !is_dark && !detail.lacks(node, figure.path))
        }))
    }

    /// Sums, each whole where `is_whole` says so of its place.
    #[must_use]
    pub fn sums(values: [u64; FIGURES.len()], is_whole: impl Fn(usize) -> bool) -> Self {
        let mut index = 0;
        Self(values.map(|value| {
            let amount = Amount::sum(value, is_whole(index));
            index += 1;
            amount
        }))
    }

    /// The figure at this place.
    #[must_use]
    pub fn at(&self, index: usize) -> Amount {
        self.0.get(index).copied().unwrap_or(Amount::Unknown)
    }

    /// Each figure with its heading.
    pub fn headed(&self) -> impl Iterator<Item = (&'static Heading, Amount)> {
        HEADINGS.iter().zip(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_its_own_heading() {
        for (heading, figure) in HEADINGS.iter().zip(FIGURES) {
            assert_eq!(heading.path, figure.path);
        }
        assert_eq!(HEADINGS[GPU_MEMORY].path, "gpus.memory");
    }
}
