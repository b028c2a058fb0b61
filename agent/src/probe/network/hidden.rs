//! PCI functions of network cards without a port that can be seen: it is in another network
//! namespace, or a program of user space drives the card (kernel: net/core/net-sysfs.c,
//! Documentation/driver-api/vfio.rst).

use std::path::Path;

use inventory_common::{Cause, Fault, Medium, Port, Rule, Stated, Verdict};

use crate::host::{HostRoot, ReadError};
use crate::probe::port::{Link, port};
use crate::probe::text::is_numbered;
use crate::probe::{Attribute, Device, Report, Seen, pci};

const PHYSICAL_FUNCTION: Attribute = Attribute::optional("physfn");
const DRIVER: Attribute = Attribute::optional("driver");

/// Every attribute of a function that this probe could ask for; it also lists the folder, and in
/// it those of [`PORT_FOLDERS`], its virtio child's included.
pub const ATTRIBUTES: &[Attribute] = &[PHYSICAL_FUNCTION, DRIVER];

/// The folders below a function that hold its ports.
pub const PORT_FOLDERS: [&str; 2] = ["net", "infiniband"];

/// The ports of those functions that have a driver and no port to be seen. `functions` need not
/// be network functions; those with visible ports need no look and are better left out.
pub(super) fn ports<'a>(
    root: &HostRoot,
    functions: impl Iterator<Item = &'a pci::Function>,
    stated: &Stated,
    report: &mut Report,
) -> Vec<Seen<Port>> {
    let network = functions.filter(|function| function.class.is_network());
    network.filter_map(|function| hidden_port(root, function, stated, report)).collect()
}

fn hidden_port(
    root: &HostRoot,
    function: &pci::Function,
    stated: &Stated,
    report: &mut Report,
) -> Option<Seen<Port>> {
    let device = Device::of(root, &function.entry);
    let rule = rule(&device);
    let by_person = rule.and_then(|_| stated.verdict(device.name()));
    if rule == Some(Rule::Elsewhere) && by_person.is_none() {
        report.push(elsewhere(&device));
    }
    if rule != Some(Rule::Userspace) && by_person.is_none_or(Verdict::is_counted) {
        report.device(&device);
    }
    let verdict = by_person.unwrap_or(Verdict::NotCounted(rule?));
    let unknown = || Link::Up(None);
    let judged = (verdict, by_person.is_some());
    let port = port(device.name(), Medium::Pci, judged, stated, unknown);
    Some(Seen { device: port, evidence: device.into_evidence() })
}

/// Why the function's port cannot be seen; absent where it can, where the function belongs to
/// another one or to no driver, and where that cannot be told, which is noted as its fault.
fn rule(device: &Device) -> Option<Rule> {
    if device.has(PHYSICAL_FUNCTION.file) {
        return None;
    }
    let driver = device.link_name(DRIVER.file)?;
    if is_of_user_space(&driver) {
        return Some(Rule::Userspace);
    }
    match has_port(device.root(), device.folder()) {
        Ok(has_port) => (!has_port).then_some(Rule::Elsewhere),
        Err(error) => {
            device.fault(&error);
            None
        }
    }
}

/// `vfio-pci`, `mlx5_vfio_pci`, `igb_uio`, `uio_pci_generic`.
fn is_of_user_space(driver: &str) -> bool {
    driver.contains("vfio") || driver.contains("uio")
}

/// Whether a port stands below the folder of a function or of its virtio child.
fn has_port(root: &HostRoot, folder: &Path) -> Result<bool, ReadError> {
    let has_port_below = |name: &str| {
        if is_numbered(name, "virtio") {
            has_entries(root, &folder.join(name).join("net"))
        } else {
            Ok(PORT_FOLDERS.contains(&name) && has_entries(root, &folder.join(name))?)
        }
    };
    for name in root.list(folder)?.iter().filter_map(|name| name.to_str()) {
        if has_port_below(name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A folder of ports stays when they move to another network namespace, and is empty for everybody
/// who is not in it.
fn has_entries(root: &HostRoot, folder: &Path) -> Result<bool, ReadError> {
    match root.list(folder) {
        Ok(entries) => Ok(!entries.is_empty()),
        Err(error) if error.is_absent() => Ok(false),
        Err(error) => Err(error),
    }
}

fn elsewhere(device: &Device) -> Fault {
    Fault {
        device: Some(device.name().to_owned()),
        path: device.folder().to_string_lossy().into_owned(),
        cause: Cause::Absent,
        message: "has a driver and no port to be seen: its port is in another network namespace \
            (read the host's own /sys, or name it with --count or --not-counted)"
            .to_owned(),
    }
}
