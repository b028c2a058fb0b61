//! Network devices, from `sys/class/net` (kernel: Documentation/ABI/testing/sysfs-class-net).

mod interface;
mod rules;
mod speed;
mod synthetic;

use std::collections::BTreeSet;

use inventory_common::{Medium, Port, Rule, Stated, Verdict};

use super::carriers::Carriers;
use super::class::{self, Entries, Entry};
use super::port::port;
use super::{Device, Report, Seen};
use crate::host::{HostRoot, ReadError};
use interface::Interface;
use synthetic::Synthetic;

pub use interface::ATTRIBUTES;

/// The folder of network devices.
pub const CLASS: &str = "sys/class/net";

/// The one file among the devices: the names of all bonds.
const NO_DEVICE: &str = "bonding_masters";

/// The entries of the class folder that could be devices.
pub(super) fn entries(root: &HostRoot) -> Result<Entries, ReadError> {
    let is_device = |entry: &Entry| entry.name != NO_DEVICE || entry.place.is_some();
    let mut entries = class::entries(root, CLASS)?;
    entries.retain(|entry| entry.as_ref().map_or(true, is_device));
    Ok(entries)
}

/// The ports among these entries, with the rule for each that does not count. `fabric` carries the
/// InfiniBand devices.
pub(super) fn ports(
    root: &HostRoot,
    entries: Entries,
    stated: &Stated,
    fabric: &Carriers,
    report: &mut Report,
) -> Vec<Seen<Port>> {
    let mut judged = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => judged.push(Judged::alone(root, entry, stated)),
            Err((name, error)) => report.push(error.fault(Some(&name))),
        }
    }
    judge_among_others(&mut judged, fabric);
    judged.retain(|judged| judged.is_device(report));
    exclude_second_functions(&mut judged);
    judged.into_iter().map(|judged| judged.seen(stated, report)).collect()
}

/// An interface with what the rules and a person say of it.
struct Judged<'a> {
    interface: Interface<'a>,
    verdict: Verdict,
    by_person: bool,
}

impl<'a> Judged<'a> {
    /// Judges an interface by itself.
    fn alone(root: &'a HostRoot, entry: Entry, stated: &Stated) -> Self {
        let by_person = stated.verdict(&entry.name);
        let device = Device::of(root, &entry);
        let interface = Interface::new(device, entry.place);
        let by_rules = || rules::alone(&interface).into();
        let verdict = by_person.unwrap_or_else(by_rules);
        Self { interface, verdict, by_person: by_person.is_some() }
    }

    /// Whether no rule that judges an interface by itself excludes it.
    fn is_open(&self) -> bool {
        self.by_person || self.verdict.is_counted()
    }

    /// Whether the entry leads to a device; where it does not, that is noted.
    fn is_device(&self, report: &mut Report) -> bool {
        let is_excluded_by_person = self.by_person && !self.verdict.is_counted();
        if self.interface.is_virtual || is_excluded_by_person {
            return true;
        }
        let error = class::no_device(&self.interface.device);
        if let Some(error) = &error {
            report.push(error.fault(Some(self.interface.device.name())));
        }
        error.is_none()
    }

    fn seen(self, stated: &Stated, report: &mut Report) -> Seen<Port> {
        let Self { interface, verdict, by_person } = self;
        let name = interface.device.name();
        let judged = (verdict, by_person);
        let port = port(name, Medium::Net, judged, stated, || interface.link());
        if verdict.is_counted() || verdict.rule() == Some(Rule::UnknownType) {
            report.device(&interface.device);
        }
        Seen { device: port, evidence: interface.device.into_evidence() }
    }
}

/// The rules that need to know more of the host than the interface.
fn judge_among_others(judged: &mut [Judged], fabric: &Carriers) {
    let open = judged.iter().filter(|judged| judged.is_open());
    let synthetic = Synthetic::among(&open.map(|judged| &judged.interface).collect::<Vec<_>>());
    for judged in judged.iter_mut().filter(|judged| !judged.by_person && judged.is_open()) {
        judged.verdict = rules::among_others(&judged.interface, &synthetic, fabric).into();
    }
}

/// One port may be split into several functions; the first interface on it counts.
fn exclude_second_functions(judged: &mut [Judged]) {
    let mut counted: Vec<&mut Judged> =
        judged.iter_mut().filter(|judged| judged.verdict.is_counted()).collect();
    if counted.len() < 2 {
        return;
    }
    let mut known = BTreeSet::new();
    for judged in &mut counted {
        let id = judged.interface.port_id();
        let is_known = id.is_some_and(|id| !known.insert(id));
        if is_known && !judged.by_person {
            judged.verdict = Verdict::NotCounted(Rule::SamePort);
        }
    }
}
