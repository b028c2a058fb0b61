//! What is told of each GPU: above all its memory, and where that is unknown, why and what to do.

use inventory_common::units::mib;
use inventory_common::{CallError, Cause, Fault, Gpu, GpuState, Rule, Stated, Verdict};

use super::function::{AMD, NVIDIA};
use super::kfd::Kfd;
use super::merge::{self, Finding};
use super::rules::{self, Subject};
use super::{Judged, amd, nvidia};
use crate::answers::{Answer, Answers};
use crate::host::HostRoot;
use crate::probe::meminfo;
use crate::probe::pci::{Address, Id};
use crate::probe::{Report, Seen};

/// Where the figures come from.
pub(super) struct Figures<'a> {
    pub(super) root: &'a HostRoot,
    pub(super) stated: &'a Stated,
    pub(super) answers: Option<&'a Answers>,
    pub(super) kfd: Kfd,
}

impl Figures<'_> {
    /// A GPU that the bus shows.
    pub(super) fn on_bus(&self, judged: Judged, report: &mut Report) -> Seen<Gpu> {
        let Judged { function, finding, verdict } = judged;
        let device = &function.device;
        let mut gpu = Gpu::new(device.name().to_owned(), function.vendor_name());
        gpu.verdict = verdict;
        gpu.stated = function.by_person.is_some();
        gpu.pci_id = function.id.map(|id| id.to_string());
        if !matches!(verdict.rule(), Some(Rule::Vf | Rule::Passthrough)) {
            gpu.model = Subject { function: &function, finding }.model();
        }
        self.told(&mut gpu, finding, function.id, report);
        if function.is_of(AMD) && verdict.is_counted() {
            self.told_by_amd(&mut gpu, &function.device, function.address);
            gpu.state = function.driver().is_none().then_some(GpuState::NoDriver);
        }
        if verdict.is_counted() || verdict == Verdict::NotCounted(Rule::UnknownType) {
            report.device(device);
        }
        let is_blamed = gpu.state.is_none() && !device.faults().is_empty();
        let path = device.folder().to_string_lossy();
        self.complete(&mut gpu, finding.error, &path, is_blamed, report);
        let mut evidence = function.device.into_evidence();
        evidence.extend(finding.answer.into_iter().flat_map(nvidia::evidence));
        Seen { device: gpu, evidence }
    }

    /// A GPU that only NVML shows.
    pub(super) fn beside(
        &self,
        finding: Finding,
        has_bus: bool,
        report: &mut Report,
    ) -> Option<Seen<Gpu>> {
        let answer = finding.answer?;
        let address = merge::address(answer);
        let mut gpu = Gpu::new(name(answer, address, has_bus), "NVIDIA".to_owned());
        let by_person = self.stated.verdict(&gpu.name);
        let id = answer.device_id.map(|device| Id { vendor: NVIDIA, device });
        gpu.model = nvidia::answered_model(answer);
        let by_rule = gpu.model.as_deref().is_some_and(rules::is_display).then_some(Rule::Display);
        gpu.verdict = by_person.unwrap_or_else(|| by_rule.into());
        gpu.stated = by_person.is_some();
        gpu.pci_id = id.map(|id| id.to_string());
        self.told(&mut gpu, finding, id, report);
        self.complete(&mut gpu, finding.error, "nvmlDeviceGetMemoryInfo", false, report);
        Some(Seen { device: gpu, evidence: nvidia::evidence(answer) })
    }

    /// What NVML's word means for the GPU.
    fn told(&self, gpu: &mut Gpu, finding: Finding, id: Option<Id>, report: &mut Report) {
        if let (Some(answer), Some(answers)) = (finding.answer, self.answers) {
            let device_id = id.map(|id| id.device).or(answer.device_id);
            nvidia::tell(gpu, answer, answers, device_id);
            if gpu.verdict.is_counted() {
                let bytes = answer.memory_total_bytes.or_else(|| self.unified_bytes(gpu, report));
                gpu.memory_mib = bytes.and_then(known_mib);
            }
        }
        if gpu.verdict.is_counted() {
            gpu.state = finding.state;
            let known = |error: &&CallError| !gpu.errors.contains(error);
            let error = finding.error.filter(known).cloned();
            gpu.errors.extend(error);
        }
    }

    /// Unified memory is the host's: NVML has no figure of its own for it.
    fn unified_bytes(&self, gpu: &Gpu, report: &mut Report) -> Option<u64> {
        if !gpu.unified {
            return None;
        }
        let bytes = meminfo::bytes(&meminfo::read(self.root), "MemTotal", "MemTotal in kB");
        bytes.map_err(|error| report.push(error.fault(Some(&gpu.name)))).ok()
    }

    fn told_by_amd(&self, gpu: &mut Gpu, device: &crate::probe::Device, address: Option<Address>) {
        gpu.memory_mib = amd::memory_bytes(device, address, &self.kfd).and_then(known_mib);
        let gfx = address.and_then(|address| self.kfd.gfx(address));
        gpu.architecture = gfx.map(|gfx| gfx.to_string());
        gpu.features = gfx.and_then(super::features::amd);
    }

    /// Fills an unknown memory with what a person states, and else says why it is unknown.
    fn complete(
        &self,
        gpu: &mut Gpu,
        error: Option<&CallError>,
        path: &str,
        is_blamed: bool,
        report: &mut Report,
    ) {
        if gpu.memory_mib.is_some() || !gpu.verdict.is_counted() {
            return;
        }
        gpu.memory_mib = self.stated.gpu_memory_mib.get(&gpu.model_name()).copied();
        if gpu.memory_mib.is_some() {
            gpu.stated = true;
        } else if !is_blamed {
            report.push(unknown_memory(gpu, error, path));
        }
    }
}

/// A GPU's memory in MiB. Less than one is no GPU's, and would look like a memory of zero that is known.
fn known_mib(bytes: u64) -> Option<u64> {
    Some(mib(bytes)).filter(|mib| *mib > 0)
}

/// What a GPU is called that is not on the bus: by its address, if there is a bus that it could
/// have been on.
fn name(answer: &Answer, address: Option<Address>, has_bus: bool) -> String {
    let address = address.map(|address| address.to_string());
    let uuid = answer.uuid.clone();
    let name = if has_bus { address.or(uuid) } else { uuid.or(address) };
    name.unwrap_or_else(|| format!("nvml:{}", answer.index))
}

fn unknown_memory(gpu: &Gpu, error: Option<&CallError>, path: &str) -> Fault {
    let error_text = error.map(|error| format!(" ({})", error.message)).unwrap_or_default();
    let (why, remedy) = match gpu.state {
        Some(state) => (
            format!("{state}, {}{error_text}", state.meaning()),
            format!("{}, or ", state.remedy()),
        ),
        None => ("no file or call has it".to_owned(), String::new()),
    };
    let option = format!("--gpu-memory '{}=MIB'", gpu.model_name());
    Fault {
        device: Some(gpu.name.clone()),
        path: error.map_or(path, CallError::place).to_owned(),
        cause: cause(gpu.state),
        message: format!("tells no memory: {why}; {remedy}state it with {option}"),
    }
}

/// What kind of trouble a state is.
pub(super) fn cause(state: Option<GpuState>) -> Cause {
    match state {
        Some(GpuState::Forbidden) => Cause::Forbidden,
        Some(GpuState::Timeout) => Cause::Timeout,
        Some(GpuState::GpuLost | GpuState::ResetRequired | GpuState::Failed) => Cause::Transient,
        _ => Cause::Absent,
    }
}
