//! GPUs and other accelerators, from the PCI bus, their drivers' files and NVML's answers.

mod amd;
pub mod child;
mod features;
mod figures;
mod function;
mod kfd;
mod library;
mod merge;
mod nvidia;
mod nvml;
mod rules;
pub mod signs;
pub mod source;
#[cfg(test)]
mod tests;
mod told;

use inventory_common::{Fault, Gpu, Outcome, Probe, ProbeName, Stated, Verdict};

use super::pci::{Address, Function};
use super::{Probed, Report, Seen};
use crate::answers::Answers;
use crate::host::HostRoot;
use figures::Figures;
use function::{AMD, GpuFunction};
use kfd::Kfd;
use merge::{Finding, OnBus};
use rules::Subject;

pub use amd::{ATTRIBUTES, SENSOR_ATTRIBUTES, SENSORS};
pub(in crate::probe) use function::NVIDIA;
pub use kfd::{ATTRIBUTES as KFD_ATTRIBUTES, BANKS as KFD_BANKS, NODES as KFD_NODES};
pub use nvidia::ATTRIBUTES as DRIVER_ATTRIBUTES;

/// Every GPU, with the rule for each that does not count, by PCI address, then UUID.
///
/// Absent where there is neither a PCI bus nor an answer of NVML, and where a person wants none of
/// them; fails where the bus could not be
/// read, or where there is none and NVML failed. A counted GPU without a memory makes it partial.
#[must_use]
pub fn probe(
    root: &HostRoot,
    stated: &Stated,
    functions: &Probed<Vec<Function>>,
    answers: Option<&Answers>,
) -> Probed<Vec<Seen<Gpu>>> {
    let mut report = Report::new(ProbeName::Gpu);
    if stated.without_gpus {
        return report.absent(Vec::new());
    }
    let listed = |function| GpuFunction::listed(root, function, stated);
    let mut listed: Vec<GpuFunction> = functions.found.iter().filter_map(listed).collect();
    listed.sort_by_cached_key(|gpu| place(gpu.address, gpu.device.name()));
    let nvidia: Vec<OnBus> = listed.iter().filter(|gpu| gpu.is_of(NVIDIA)).map(on_bus).collect();
    let merged = merge::merge(&nvidia, answers);
    note_failure(answers, &nvidia, &merged, &mut report);
    let judged = judge(listed, merged.on_bus);
    let kfd = kfd(root, &judged, &mut report);
    let figures = Figures { root, stated, answers, kfd };
    let mut gpus = Vec::new();
    for gpu in judged {
        gpus.push(figures.on_bus(gpu, &mut report));
    }
    let has_bus = functions.probe.outcome != Outcome::Absent;
    for finding in merged.beside {
        gpus.extend(figures.beside(finding, has_bus, &mut report));
    }
    gpus.sort_by_cached_key(|gpu| place(Address::parse(&gpu.device.name), &gpu.device.name));
    finish(report, &functions.probe, answers, gpus)
}

/// The canonical order: GPUs with an address before those without.
fn place(address: Option<Address>, name: &str) -> (bool, Option<Address>, String) {
    (address.is_none(), address, name.to_owned())
}

fn on_bus(gpu: &GpuFunction) -> OnBus {
    OnBus { address: gpu.address, has_driver: nvidia::has_driver(gpu) }
}

/// A function of the bus with what NVML, the rules and a person say of it.
struct Judged<'a> {
    function: GpuFunction<'a>,
    finding: Finding<'a>,
    verdict: Verdict,
}

/// Judges the functions; there is one finding for each that is NVIDIA's.
fn judge<'a>(listed: Vec<GpuFunction<'a>>, findings: Vec<Finding<'a>>) -> Vec<Judged<'a>> {
    let mut findings = findings.into_iter();
    let judged = listed.into_iter().map(|function| {
        let finding = if function.is_of(NVIDIA) { findings.next() } else { None };
        let finding = finding.unwrap_or_default();
        let by_rules = || rules::first(Subject { function: &function, finding }).into();
        let verdict = function.by_person.unwrap_or_else(by_rules);
        Judged { function, finding, verdict }
    });
    judged.collect()
}

/// KFD's nodes, where a GPU counts that they could tell something of.
fn kfd(root: &HostRoot, judged: &[Judged], report: &mut Report) -> Kfd {
    let is_told = |gpu: &Judged| gpu.verdict.is_counted() && gpu.function.is_of(AMD);
    if judged.iter().any(is_told) { Kfd::read(root, report) } else { Kfd::default() }
}

/// NVML's failure, where no GPU is to be blamed for it that is told of anyway.
///
/// NVML is asked only where something speaks of NVIDIA. Where the bus shows no GPU, there may be
/// one that only NVML could show. And where the failure came after all memories were told, there
/// may be something else behind it, such as a link.
fn note_failure(
    answers: Option<&Answers>,
    on_bus: &[OnBus],
    merged: &merge::Merged,
    report: &mut Report,
) {
    let Some(answers) = answers else { return };
    let Some(failure) = &answers.failure else { return };
    let mut findings = merged.on_bus.iter().chain(&merged.beside);
    let is_borne = findings.any(|finding| finding.error == Some(&failure.error));
    let came_late = !answers.gpus.is_empty() && !is_borne;
    if !on_bus.is_empty() && !came_late {
        return;
    }
    let what = if came_late { "not all of the GPUs" } else { "no GPUs" };
    report.push(Fault {
        device: None,
        path: failure.error.place().to_owned(),
        cause: figures::cause(Some(failure.state)),
        message: format!(
            "tells {what}: {}, {} ({}); {}",
            failure.state,
            failure.state.meaning(),
            failure.error.message,
            failure.state.remedy(),
        ),
    });
}

fn finish(
    mut report: Report,
    bus: &Probe,
    answers: Option<&Answers>,
    gpus: Vec<Seen<Gpu>>,
) -> Probed<Vec<Seen<Gpu>>> {
    let has_failed = answers.is_some_and(|answers| answers.failure.is_some());
    match bus.outcome {
        Outcome::Failed => {
            bus.faults.iter().for_each(|fault| report.push(fault.clone()));
            report.with(Outcome::Failed, gpus)
        }
        Outcome::Absent if answers.is_none() => report.absent(gpus),
        Outcome::Absent if has_failed && gpus.is_empty() => report.with(Outcome::Failed, gpus),
        _ => report.done(gpus),
    }
}
