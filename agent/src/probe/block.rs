//! Whole block devices, from `sys/block` (kernel: Documentation/ABI/stable/sysfs-block).

mod disk;
mod identity;
mod origin;
mod rules;

use inventory_common::{Disk, ProbeName, Rule, Stated, Verdict};

use super::class::{self, Entry};
use super::{Device, Probed, Report, Seen};
use crate::host::{HostRoot, ReadError};
use disk::DiskFolder;
use identity::Known;

pub use disk::ATTRIBUTES;

/// The folder of block devices.
pub const CLASS: &str = "sys/block";

/// Every block device, with the rule for each that does not count.
///
/// Fails without the folder; a disk's unreadable size makes it partial.
#[must_use]
pub fn probe(root: &HostRoot, stated: &Stated) -> Probed<Vec<Seen<Disk>>> {
    let mut report = Report::new(ProbeName::Block);
    let entries = match class::entries(root, CLASS) {
        Ok(entries) => entries,
        Err(error) => return report.failed(&error, Vec::new()),
    };
    let mut judged = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => judged.extend(judge(root, entry, stated, &mut report)),
            Err((name, error)) => report.push(error.fault(Some(&name))),
        }
    }
    exclude_second_paths(&mut judged);
    let disks = judged.into_iter().map(|disk| seen(disk, &mut report)).collect();
    report.done(disks)
}

/// A disk with what the rules and a person say of it.
struct Judged<'a> {
    disk: DiskFolder<'a>,
    verdict: Verdict,
    stated: bool,
}

/// Judges one entry by itself; an entry that is no device is noted, and there is nothing to judge.
fn judge<'a>(
    root: &'a HostRoot,
    entry: Entry,
    stated: &Stated,
    report: &mut Report,
) -> Option<Judged<'a>> {
    let by_person = stated.verdict(&entry.name);
    let disk = DiskFolder::new(Device::of(root, &entry), entry.place);
    if by_person.is_none_or(Verdict::is_counted)
        && !disk.may_lead_nowhere()
        && let Some(error) = no_device(&disk)
    {
        report.push(error.fault(Some(disk.device.name())));
        return None;
    }
    let by_rules = || rules::first(&disk, stated).into();
    let verdict = by_person.unwrap_or_else(by_rules);
    Some(Judged { disk, verdict, stated: by_person.is_some() })
}

/// Why the entry is no device. A size that can be read stands in a folder; only without one is it
/// worth another question.
fn no_device(disk: &DiskFolder) -> Option<ReadError> {
    match disk.size_bytes() {
        Some(_) => None,
        None => class::no_device(&disk.device),
    }
}

/// The one rule that needs to know the other disks: the first path to a disk counts.
fn exclude_second_paths(judged: &mut [Judged]) {
    let mut counted: Vec<&mut Judged> =
        judged.iter_mut().filter(|judged| judged.verdict.is_counted()).collect();
    if counted.len() < 2 {
        return;
    }
    let mut known = Known::default();
    for judged in &mut counted {
        let is_known = known.add(judged.disk.identity());
        if is_known && !judged.stated {
            judged.verdict = Verdict::NotCounted(Rule::SameDisk);
        }
    }
}

fn seen(judged: Judged, report: &mut Report) -> Seen<Disk> {
    let Judged { disk, verdict, stated } = judged;
    let is_read = verdict.is_counted() || !disk.is_virtual;
    let size_bytes = if is_read { disk.size_bytes() } else { None };
    if verdict.is_counted() {
        report.device(&disk.device);
    }
    let name = disk.device.name().to_owned();
    let device = Disk { name, verdict, size_bytes, stated };
    Seen { device, evidence: disk.device.into_evidence() }
}
