//! The inventory in brief: what fits into an object of the cluster.

use std::collections::BTreeMap;

use inventory_common::resource::{
    DeviceGroups, DeviceKind, DiskGroup, GpuGroup, NodeInventoryStatus, NotCounted, PortGroup,
};
use inventory_common::{Devices, Disk, Gpu, Inventory, Port, Verdict};

use crate::show::plain;

/// The most bytes that the devices take as JSON. An object of the cluster is read by many, and kept
/// in its every version for a while: with all else 8 KiB hold it.
const MAX_DEVICES_BYTES: usize = 4096;

/// The most statements that are listed; nobody reads more.
const MAX_STATED: usize = 16;

/// What the cluster is told of this inventory, without the conditions.
#[must_use]
pub fn brief(inventory: &Inventory) -> NodeInventoryStatus {
    let mut unknowns: Vec<String> = Vec::new();
    for unknown in &inventory.unknowns {
        if !unknowns.contains(&unknown.field) {
            unknowns.push(unknown.field.clone());
        }
    }
    NodeInventoryStatus {
        node_data: inventory.node_data.clone(),
        unknowns,
        devices: fitting(&inventory.devices),
        not_counted: not_counted(&inventory.devices),
        stated: inventory.stated.iter().take(MAX_STATED).cloned().collect(),
        conditions: Vec::new(),
    }
}

/// The counted devices with as much of each as there is room for.
fn fitting(devices: &Devices) -> DeviceGroups {
    let full = groups(devices);
    let fits = |groups: &DeviceGroups| {
        serde_json::to_vec(groups).is_ok_and(|json| json.len() <= MAX_DEVICES_BYTES)
    };
    let steps: [fn(&DeviceGroups) -> DeviceGroups; 3] = [Clone::clone, without_names, only_gpus];
    let nothing = DeviceGroups { truncated: true, ..DeviceGroups::default() };
    steps.iter().map(|step| step(&full)).find(fits).unwrap_or(nothing)
}

fn without_names(groups: &DeviceGroups) -> DeviceGroups {
    let mut groups = groups.clone();
    groups.gpus.iter_mut().for_each(|group| group.names.clear());
    groups.disks.iter_mut().for_each(|group| group.names.clear());
    groups.ports.iter_mut().for_each(|group| group.names.clear());
    groups
}

fn only_gpus(groups: &DeviceGroups) -> DeviceGroups {
    let gpus = without_names(groups).gpus;
    DeviceGroups { gpus, truncated: true, ..DeviceGroups::default() }
}

fn groups(devices: &Devices) -> DeviceGroups {
    DeviceGroups {
        gpus: grouped(&devices.gpus, gpu_group),
        disks: grouped(&devices.disks, disk_group),
        ports: grouped(&devices.ports, port_group),
        truncated: false,
    }
}

/// A device as a group of its own; absent where it does not count.
type Single<D, G> = fn(&D) -> Option<G>;

/// A group of equal devices.
trait Group {
    fn count(&mut self) -> &mut u64;
    fn names(&mut self) -> &mut Vec<String>;
    /// Whether the devices of both are equal but for their names.
    fn is_like(&self, other: &Self) -> bool;
}

fn grouped<D, G: Group>(devices: &[D], single: Single<D, G>) -> Vec<G> {
    let mut groups: Vec<G> = Vec::new();
    for mut one in devices.iter().filter_map(single) {
        match groups.iter_mut().find(|group| group.is_like(&one)) {
            Some(group) => {
                *group.count() += 1;
                group.names().append(one.names());
            }
            None => groups.push(one),
        }
    }
    groups
}

macro_rules! group {
    ($kind:ty: $($figure:ident),+) => {
        impl Group for $kind {
            fn count(&mut self) -> &mut u64 {
                &mut self.count
            }

            fn names(&mut self) -> &mut Vec<String> {
                &mut self.names
            }

            fn is_like(&self, other: &Self) -> bool {
                $(self.$figure == other.$figure)&&+
            }
        }
    };
}

group!(GpuGroup: model, memory_mib, unified, state, health);
group!(DiskGroup: size_bytes);
group!(PortGroup: speed_mbps, state);

fn gpu_group(gpu: &Gpu) -> Option<GpuGroup> {
    gpu.verdict.is_counted().then(|| GpuGroup {
        count: 1,
        names: vec![name(&gpu.name)],
        model: plain(&gpu.model_name()).into_owned(),
        memory_mib: gpu.memory_mib,
        unified: gpu.unified,
        state: gpu.state,
        health: gpu.health,
    })
}

fn disk_group(disk: &Disk) -> Option<DiskGroup> {
    disk.verdict.is_counted().then(|| DiskGroup {
        count: 1,
        names: vec![name(&disk.name)],
        size_bytes: disk.size_bytes,
    })
}

fn port_group(port: &Port) -> Option<PortGroup> {
    port.verdict.is_counted().then(|| PortGroup {
        count: 1,
        names: vec![name(&port.name)],
        speed_mbps: port.speed_mbps,
        state: port.state,
    })
}

/// A device's name, no longer than the schema takes.
fn name(name: &str) -> String {
    plain(name).chars().take(64).collect()
}

fn not_counted(devices: &Devices) -> Vec<NotCounted> {
    let gpus = devices.gpus.iter().map(|gpu| (DeviceKind::Gpu, gpu.verdict));
    let disks = devices.disks.iter().map(|disk| (DeviceKind::Disk, disk.verdict));
    let ports = devices.ports.iter().map(|port| (DeviceKind::Port, port.verdict));
    let mut counts: BTreeMap<(DeviceKind, &str), NotCounted> = BTreeMap::new();
    for (device, verdict) in gpus.chain(disks).chain(ports) {
        if let Verdict::NotCounted(rule) = verdict {
            let none = NotCounted { device, rule, count: 0 };
            counts.entry((device, rule.id())).or_insert(none).count += 1;
        }
    }
    counts.into_values().collect()
}
