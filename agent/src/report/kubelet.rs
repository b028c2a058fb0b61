//! What kubelet reports of the same node (`status.capacity` and `status.nodeInfo` of the Node), and
//! where it differs from the inventory.

use std::collections::BTreeMap;

use inventory_common::Inventory;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// NVIDIA's device plugin counts whole GPUs under this name.
const GPUS: &str = "nvidia.com/gpu";

/// Resources by which one GPU is counted more than once, or in parts.
const PARTS: [&str; 2] = ["nvidia.com/gpu.shared", "nvidia.com/mig-"];

/// Labels of NVIDIA's feature discovery that say so, with the value that says not.
const SHARING: [(&str, &str); 2] =
    [("nvidia.com/gpu.replicas", "1"), ("nvidia.com/gpu.sharing-strategy", "none")];

/// Kubelet's figures. Each is absent where kubelet does not report it, or not as one number that
/// can be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kubelet {
    /// `status.capacity.cpu`.
    pub cpus: Option<u64>,
    /// `status.capacity.memory` in bytes.
    pub memory_bytes: Option<u64>,
    /// `status.nodeInfo.swap.capacity` in bytes; from Kubernetes 1.34 on.
    pub swap_bytes: Option<u64>,
    /// `status.capacity` of `nvidia.com/gpu`, where one stands for one GPU.
    pub nvidia_gpus: Option<u64>,
}

impl Kubelet {
    /// What kubelet reports of this Node.
    #[must_use]
    pub fn of(node: &Node) -> Self {
        let status = node.status.as_ref();
        let nothing = BTreeMap::new();
        let capacity = status.and_then(|status| status.capacity.as_ref()).unwrap_or(&nothing);
        let labels = node.metadata.labels.as_ref();
        let is_shared = SHARING.iter().any(|&(label, not)| {
            labels.and_then(|labels| labels.get(label)).is_some_and(|value| value != not)
        });
        let is_parted = capacity.iter().any(|(name, amount)| {
            PARTS.iter().any(|part| name.starts_with(part)) && quantity(amount) != Some(0)
        });
        // A plugin that is gone, as after a change to DRA, leaves a 0 behind.
        let gpus = capacity.get(GPUS).and_then(quantity).filter(|gpus| *gpus > 0);
        Self {
            cpus: capacity.get("cpu").and_then(quantity),
            memory_bytes: capacity.get("memory").and_then(quantity),
            swap_bytes: status
                .and_then(|status| status.node_info.as_ref()?.swap.as_ref()?.capacity)
                .and_then(|bytes| bytes.try_into().ok()),
            nvidia_gpus: gpus.filter(|_| !is_shared && !is_parted),
        }
    }

    /// Every figure that differs, in words. What either does not know is not compared.
    #[must_use]
    pub fn differences(&self, inventory: &Inventory) -> Vec<String> {
        let gpus = inventory.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted());
        let has_mig = gpus.clone().any(|gpu| gpu.mig.as_ref().is_some_and(|mig| mig.enabled));
        let nvidia = gpus.filter(|gpu| gpu.vendor == "NVIDIA").count() as u64;
        let memory = inventory.memory.as_ref().map(|memory| memory.total_bytes);
        let swap = inventory.swap.as_ref().map(|swap| swap.total_bytes);
        let cpus = inventory.cpu.as_ref().map(|cpu| cpu.online);
        let gpus = (!has_mig).then_some(nvidia);
        let figures = [
            ("cpu", cpus, self.cpus, ""),
            ("memory", memory, self.memory_bytes, " bytes"),
            ("swap", swap, self.swap_bytes, " bytes"),
            (GPUS, gpus, self.nvidia_gpus, ""),
        ];
        let differ = figures.into_iter().filter_map(|(name, ours, kubelets, unit)| {
            let (ours, kubelets) = (ours?, kubelets?);
            (ours != kubelets)
                .then(|| format!("{name}: here {ours}{unit}, kubelet says {kubelets}{unit}"))
        });
        differ.collect()
    }
}

/// What a unit at the end of a quantity multiplies by.
const UNITS: [(&str, u64); 10] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("", 1),
];

/// A quantity that is a whole number (Kubernetes: `resource.Quantity`); absent where it is not.
fn quantity(quantity: &Quantity) -> Option<u64> {
    let (number, factor) =
        UNITS.iter().find_map(|(unit, factor)| Some((quantity.0.strip_suffix(unit)?, factor)))?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use inventory_common::{Gpu, Mig};

    use super::*;
    use crate::report::sample;

    fn is(text: &str) -> Option<u64> {
        quantity(&Quantity(text.to_owned()))
    }

    #[test]
    fn quantities_are_whole_numbers_with_a_unit() {
        for (text, value) in [
            ("0", 0),
            ("64", 64),
            ("24683996Ki", 24_683_996 << 10),
            ("3Mi", 3 << 20),
            ("24Gi", 24 << 30),
            ("1Ti", 1 << 40),
            ("2Pi", 2 << 50),
            ("2k", 2_000),
            ("3M", 3_000_000),
            ("4G", 4_000_000_000),
            ("5T", 5_000_000_000_000),
        ] {
            assert_eq!(is(text), Some(value), "{text}");
        }
        for text in ["", "Ki", "-1", "1.5", "1930m", "1e3", "18446744073709551615Ki"] {
            assert_eq!(is(text), None, "{text}");
        }
    }

    fn node(capacity: &[(&str, &str)], labels: &[(&str, &str)]) -> Node {
        let capacity: serde_json::Map<_, _> =
            capacity.iter().map(|(name, amount)| ((*name).to_owned(), (*amount).into())).collect();
        let labels: serde_json::Map<_, _> =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        serde_json::from_value(serde_json::json!({
            "metadata": { "labels": labels }, "status": { "capacity": capacity },
        }))
        .unwrap()
    }

    #[test]
    fn gpus_are_compared_only_where_one_stands_for_one() {
        let gpus = |capacity: &[_], labels: &[_]| Kubelet::of(&node(capacity, labels)).nvidia_gpus;
        assert_eq!(gpus(&[(GPUS, "8")], &[]), Some(8));
        assert_eq!(gpus(&[(GPUS, "8")], &[("nvidia.com/gpu.replicas", "1")]), Some(8));
        assert_eq!(gpus(&[(GPUS, "8"), ("nvidia.com/mig-1g.10gb", "0")], &[]), Some(8));
        for (capacity, labels) in [
            (&[][..], &[][..]),
            (&[(GPUS, "0")], &[]),
            (&[(GPUS, "8"), ("nvidia.com/mig-1g.10gb", "7")], &[]),
            (&[(GPUS, "8"), ("nvidia.com/gpu.shared", "4")], &[]),
            (&[(GPUS, "32")], &[("nvidia.com/gpu.replicas", "4")]),
            (&[(GPUS, "32")], &[("nvidia.com/gpu.sharing-strategy", "time-slicing")]),
        ] {
            assert_eq!(gpus(capacity, labels), None, "{capacity:?} {labels:?}");
        }
    }

    #[test]
    fn of_gpus_those_of_nvidia_are_compared_while_they_are_whole() {
        let differences = |gpus: u64, change: fn(&mut Vec<Gpu>)| {
            let mut readings = sample::readings();
            change(&mut readings.devices.gpus);
            let kubelet = Kubelet { nvidia_gpus: Some(gpus), ..Kubelet::default() };
            kubelet.differences(&sample::summed(readings))
        };
        assert_eq!(differences(1, |_| {}), [""; 0]);
        assert_eq!(differences(2, |_| {}), ["nvidia.com/gpu: here 1, kubelet says 2"]);
        let amd =
            |gpus: &mut Vec<Gpu>| gpus.push(Gpu::new("0000:02:00.0".to_owned(), "AMD".to_owned()));
        assert_eq!(differences(1, amd), [""; 0]);
        let mig =
            |gpus: &mut Vec<Gpu>| gpus[0].mig = Some(Mig { enabled: true, instances: vec![] });
        assert_eq!(differences(7, mig), [""; 0]);
    }
}
