//! What the node has, as samples. A figure that is not the whole truth is none.

use std::collections::BTreeMap;

use inventory_common::cluster::FIGURES;
use inventory_common::metrics::{Sample, in_base_units, single};
use inventory_common::telling::plain;
use inventory_common::{Gpu, Inventory};

use super::Known;

fn inventory(known: &Known) -> Option<&Inventory> {
    known.reading.as_ref().map(|read| &*read.inventory)
}

/// Sums over devices, with the figure that says how many of them there are.
const SUMS: [(&str, &str); 4] = [
    ("gpus.memory", "gpus.count"),
    ("storage.size", "storage.disks"),
    ("network.txBandwidth", "network.interfaces"),
    ("network.rxBandwidth", "network.interfaces"),
];

/// Whether nodeData says less than the truth of this figure, or may: devices that nobody can count
/// cannot be summed either.
fn is_unknown(inventory: &Inventory, path: &str) -> bool {
    let number = SUMS.iter().find(|(sum, _)| *sum == path).map(|(_, number)| *number);
    let mut fields = inventory.unknowns.iter().map(|unknown| unknown.field.as_str());
    fields.any(|field| field == path || Some(field) == number)
}

/// A figure of nodeData.
pub fn figure(known: &Known, path: &str) -> Vec<Sample> {
    let inventory = inventory(known).filter(|inventory| !is_unknown(inventory, path));
    let figure = FIGURES.iter().find(|figure| figure.path == path);
    let amount = inventory.zip(figure).map(|(inventory, figure)| (figure.of)(&inventory.node_data));
    single(amount.and_then(|amount| in_base_units(path, amount)))
}

/// The GPUs that count; none where nobody knows how many they are.
fn counted(known: &Known) -> Option<impl Iterator<Item = &Gpu>> {
    let inventory = inventory(known).filter(|inventory| !is_unknown(inventory, "gpus.count"))?;
    Some(inventory.devices.gpus.iter().filter(|gpu| gpu.verdict.is_counted()))
}

/// Those of them that answer.
pub fn gpus_seen(known: &Known) -> Vec<Sample> {
    single(counted(known).map(|gpus| gpus.filter(|gpu| gpu.state.is_none()).count()))
}

/// How many GPUs there are of each model.
pub fn gpu_count(known: &Known) -> Vec<Sample> {
    let each = by_model(known).into_iter();
    each.map(|(model, gpus)| Sample::new([&model], gpus.len())).collect()
}

/// The memory of the GPUs of each model; none of one of which a GPU's is unknown.
pub fn gpu_memory(known: &Known) -> Vec<Sample> {
    let each = by_model(known).into_iter().filter_map(|(model, gpus)| {
        let memory_mib: Option<u64> = gpus.iter().map(|gpu| gpu.memory_mib).sum();
        Some(Sample::new([&model], in_base_units("gpus.memory", memory_mib?)?))
    });
    each.collect()
}

/// The GPUs by model. Models that look the same are one: two series with the same labels are none.
fn by_model(known: &Known) -> BTreeMap<String, Vec<&Gpu>> {
    let mut models = BTreeMap::<String, Vec<&Gpu>>::new();
    for gpu in counted(known).into_iter().flatten() {
        models.entry(plain(&gpu.model_name()).into_owned()).or_default().push(gpu);
    }
    models
}
