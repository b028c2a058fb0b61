//! The inventory in brief: what fits into an object of the cluster.

use std::collections::BTreeMap;

use inventory_common::resource::{
    Conditions, DeviceGroups, DeviceKind, DiskGroup, GpuGroup, NodeInventoryStatus, NotCounted,
    PortGroup,
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
        conditions: Conditions::default(),
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
        model: gpu.model_name(),
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use inventory_common::Rule;
    use inventory_common::resource::NodeInventory;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::{FieldsV1, ManagedFieldsEntry, Time};
    use serde_json::json;

    use super::*;
    use crate::report::cluster::{NodeView, Seen};
    use crate::report::desired::{Identity, Shown, Write, decide};
    use crate::report::sample;

    #[test]
    fn equal_devices_stand_together() {
        let mut readings = sample::readings();
        readings.devices.gpus.push(sample::gpu("0000:02:00.0", Some(81_559)));
        readings.devices.gpus.push(sample::gpu("0000:03:00.0", None));
        let brief = brief(&sample::summed(readings));
        let [known, unknown] = &brief.devices.gpus[..] else { panic!("{:?}", brief.devices) };
        assert_eq!(
            (known.count, &known.names[..]),
            (2, &["0000:01:00.0", "0000:02:00.0"].map(str::to_owned)[..])
        );
        assert_eq!((unknown.count, unknown.memory_mib), (1, None));
        assert_eq!(brief.unknowns, ["gpus.memory"]);
    }

    #[test]
    fn of_disks_and_ports_too_there_is_one_group_of_each_size_and_speed() {
        let mut readings = sample::readings();
        readings.devices.disks = ["sda", "sdb"].map(|name| sample::disk(name, 1 << 40)).into();
        readings.devices.ports = vec![
            sample::port("eth0", Some(25_000)),
            sample::port("eth1", None),
            sample::port("eth2", Some(25_000)),
        ];
        let devices = brief(&sample::summed(readings)).devices;
        let [disks] = &devices.disks[..] else { panic!("{devices:?}") };
        assert_eq!((disks.count, &disks.names.join(" ")[..]), (2, "sda sdb"));
        assert_eq!(disks.size_bytes, Some(1 << 40));
        let [known, unknown] = &devices.ports[..] else { panic!("{devices:?}") };
        assert_eq!((known.count, &known.names.join(" ")[..]), (2, "eth0 eth2"));
        assert_eq!((unknown.count, unknown.speed_mbps), (1, None));
    }

    #[test]
    fn what_does_not_count_is_counted_by_its_rule() {
        let [disk] = &brief(&sample::inventory()).not_counted[..] else { panic!("not one") };
        assert_eq!((disk.device, disk.rule, disk.count), (DeviceKind::Disk, Rule::Removable, 1));
    }

    /// So many devices, no two equal, with the longest names that there are.
    fn crowd(gpus: u64, disks: u64, ports: u64) -> Inventory {
        let mut readings = sample::readings();
        readings.devices = Devices {
            gpus: (0..gpus)
                .map(|n| sample::gpu(&format!("0000:{n:02x}:00.0"), Some(81_559 + n)))
                .collect(),
            disks: (0..disks).map(|n| sample::disk(&format!("nvme{n}n1"), n << 40)).collect(),
            ports: (0..ports).map(|n| sample::port(&format!("enp{n}s0f0np0"), Some(n))).collect(),
        };
        sample::summed(readings)
    }

    /// The size of the object that is written for it, as the API server keeps it.
    fn object_bytes(inventory: &Inventory) -> usize {
        let identity = Identity { name: "n".repeat(253), overwrite_node_id: false };
        let node = NodeView {
            uid: "5e4c0a9e-0000-0000-0000-000000000000".to_owned(),
            ..NodeView::default()
        };
        let shown = Shown { node: Seen::Present(node), object: Seen::Absent, ..Shown::default() };
        let now = Time(k8s_openapi::jiff::Timestamp::UNIX_EPOCH);
        let decided = decide(&identity, inventory, &shown, (Instant::now(), &now));
        let (_, writes) = decided.unwrap();
        let [.., Write::Object(object)] = &writes[..] else { panic!("{writes:?}") };
        let mut object: NodeInventory = (**object).clone();
        let owner = json!({ ".": {}, "k:{\"uid\":\"5e4c0a9e-0000-0000-0000-000000000000\"}": {} });
        let fields = json!({ "f:metadata": { "f:ownerReferences": owner }, "f:status": {} });
        object.metadata.uid = Some("5e4c0a9e-0000-0000-0000-000000000001".to_owned());
        object.metadata.resource_version = Some("12345678".to_owned());
        object.metadata.creation_timestamp = Some(now.clone());
        object.metadata.managed_fields = Some(vec![ManagedFieldsEntry {
            api_version: Some("inventory.aios/v1alpha1".to_owned()),
            fields_type: Some("FieldsV1".to_owned()),
            fields_v1: Some(FieldsV1(fields)),
            manager: Some("inventory-agent".to_owned()),
            operation: Some("Apply".to_owned()),
            subresource: None,
            time: Some(now),
        }]);
        serde_json::to_vec(&object).unwrap().len()
    }

    #[test]
    fn an_object_of_16_gpus_100_disks_and_40_ports_takes_8_kib_at_most() {
        let bytes = object_bytes(&crowd(16, 100, 40));
        assert!(bytes <= 8 * 1024, "{bytes}");
    }

    #[test]
    fn where_not_all_fits_gpus_come_first_and_the_rest_is_said_to_be_missing() {
        let brief = brief(&crowd(16, 1000, 1000));
        assert!(brief.devices.truncated);
        assert_eq!(brief.devices.gpus.len(), 16);
        assert_eq!(brief.devices.disks, []);
        assert_eq!(brief.node_data.storage.disks, 1000);
    }

    #[test]
    fn where_not_even_the_gpus_fit_all_are_said_to_be_missing() {
        let brief = brief(&crowd(100, 1, 1));
        assert!(brief.devices.truncated);
        assert_eq!(brief.devices.gpus, []);
        assert_eq!(brief.node_data.gpus.count, 100);
    }
}
