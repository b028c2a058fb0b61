//! A node's devices, equal ones together.

use inventory_common::resource::{DeviceKind, NodeInventoryStatus};
use inventory_common::{GpuHealth, GpuState, Inventory, PortState, Rule, Verdict};

use super::amount::{Amount, Unit};
use super::said::Said;

/// Equal devices that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How many.
    pub count: u64,
    /// Their names; empty where there are too many to list.
    pub names: Vec<Said>,
    /// What they are like.
    pub like: Like,
}

/// What equal devices have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Like {
    /// The model; absent for what has none.
    pub model: Option<Said>,
    /// The figure of each: memory, size or speed.
    pub figure: Amount,
    /// What is to be said of them, a line each.
    pub remarks: Vec<String>,
}

/// Devices that do not count, by one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What they are.
    pub kind: DeviceKind,
    /// The rule that decided.
    pub rule: Rule,
    /// How many.
    pub count: u64,
    /// Their names; empty where the source does not tell them.
    pub names: Vec<Said>,
}

/// A node's devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// GPUs that count.
    pub gpus: Vec<Group>,
    /// Disks that count.
    pub disks: Vec<Group>,
    /// Ports that count.
    pub ports: Vec<Group>,
    /// What does not count.
    pub refused: Vec<Refused>,
    /// Whether there are more than the source could hold.
    pub truncated: bool,
}

/// The unit of a device's figure.
#[must_use]
pub const fn unit(kind: DeviceKind) -> Unit {
    match kind {
        DeviceKind::Gpu => Unit::Mib,
        DeviceKind::Disk => Unit::Bytes,
        DeviceKind::Port => Unit::Mbps,
    }
}

impl From<&Inventory> for Devices {
    fn from(inventory: &Inventory) -> Self {
        let mut devices = Self::default();
        for gpu in &inventory.devices.gpus {
            let mut remarks = gpu_remarks(gpu.unified, gpu.state, gpu.health);
            remarks.extend(stated(gpu.stated));
            let like = Like {
                model: Some(Said::from(&gpu.model_name())),
                figure: known(gpu.memory_mib),
                remarks,
            };
            devices.take(DeviceKind::Gpu, &gpu.name, gpu.verdict, like);
        }
        for disk in &inventory.devices.disks {
            let remarks = stated(disk.stated).into_iter().collect();
            let like = Like { model: None, figure: known(disk.size_bytes), remarks };
            devices.take(DeviceKind::Disk, &disk.name, disk.verdict, like);
        }
        for port in &inventory.devices.ports {
            let remarks = port_remark(port.state).into_iter().chain(stated(port.stated)).collect();
            let like = Like { model: None, figure: speed(port.speed_mbps, port.state), remarks };
            devices.take(DeviceKind::Port, &port.name, port.verdict, like);
        }
        devices
    }
}

impl Devices {
    fn take(&mut self, kind: DeviceKind, name: &str, verdict: Verdict, like: Like) {
        let name = Said::new(name);
        match verdict {
            Verdict::NotCounted(rule) => self.refuse(kind, rule, name),
            Verdict::Counted => {
                let groups = self.groups(kind);
                match groups.iter_mut().find(|group| group.like == like) {
                    Some(group) => {
                        group.count += 1;
                        group.names.push(name);
                    }
                    None => groups.push(Group { count: 1, names: vec![name], like }),
                }
            }
        }
    }

    fn groups(&mut self, kind: DeviceKind) -> &mut Vec<Group> {
        match kind {
            DeviceKind::Gpu => &mut self.gpus,
            DeviceKind::Disk => &mut self.disks,
            DeviceKind::Port => &mut self.ports,
        }
    }

    fn refuse(&mut self, kind: DeviceKind, rule: Rule, name: Said) {
        let mut refused = self.refused.iter_mut();
        match refused.find(|refused| refused.kind == kind && refused.rule == rule) {
            Some(refused) => {
                refused.count += 1;
                refused.names.push(name);
            }
            None => self.refused.push(Refused { kind, rule, count: 1, names: vec![name] }),
        }
    }
}

impl From<&NodeInventoryStatus> for Devices {
    fn from(status: &NodeInventoryStatus) -> Self {
        let names = |names: &[String]| names.iter().map(Said::from).collect();
        let groups = &status.devices;
        let gpus = groups.gpus.iter().map(|group| Group {
            count: group.count,
            names: names(&group.names),
            like: Like {
                model: Some(Said::from(&group.model)),
                figure: known(group.memory_mib),
                remarks: gpu_remarks(group.unified, group.state, group.health),
            },
        });
        let disks = groups.disks.iter().map(|group| Group {
            count: group.count,
            names: names(&group.names),
            like: Like { model: None, figure: known(group.size_bytes), remarks: Vec::new() },
        });
        let ports = groups.ports.iter().map(|group| Group {
            count: group.count,
            names: names(&group.names),
            like: Like {
                model: None,
                figure: speed(group.speed_mbps, group.state),
                remarks: port_remark(group.state).into_iter().collect(),
            },
        });
        let refused = status.not_counted.iter().map(|refused| Refused {
            kind: refused.device,
            rule: refused.rule,
            count: refused.count,
            names: Vec::new(),
        });
        Self {
            gpus: gpus.collect(),
            disks: disks.collect(),
            ports: ports.collect(),
            refused: refused.collect(),
            truncated: groups.truncated,
        }
    }
}

fn known(figure: Option<u64>) -> Amount {
    figure.map_or(Amount::Unknown, Amount::Known)
}

/// A port in a known state adds nothing, and that is known.
fn speed(mbps: Option<u64>, state: Option<PortState>) -> Amount {
    known(mbps.or(state.map(|PortState::NoLink| 0)))
}

fn gpu_remarks(unified: bool, state: Option<GpuState>, health: Option<GpuHealth>) -> Vec<String> {
    let unified = unified.then(|| "its memory is the host's".to_owned());
    // The state says the same, and more.
    let health = health.filter(|health| state.is_none() && *health != GpuHealth::Ok);
    let state = state.map(|state| format!("{state}: {}; {}", state.meaning(), state.remedy()));
    let health = health.map(|health| health.meaning().to_owned());
    [unified, state, health].into_iter().flatten().collect()
}

fn port_remark(state: Option<PortState>) -> Option<String> {
    state.map(|PortState::NoLink| "no link".to_owned())
}

fn stated(is_stated: bool) -> Option<String> {
    is_stated.then(|| "as a person stated".to_owned())
}
