//! NVIDIA's GPUs: what the driver's files tell where NVML does not, and what NVML tells beside
//! memory (NVIDIA's driver: nv-procfs.c).

use std::path::Path;

use inventory_common::{Gpu, GpuHealth, Mig};

use super::features::{self, Nvidia};
use super::function::GpuFunction;
use crate::answers::{Answer, Answers, GPU_IS_LOST, RESET_REQUIRED, RowRemap};
use crate::probe::gpu_nodes::GPUS;
use crate::probe::{Attribute, Evidence};

/// Of a GPU's folder in `proc/driver/nvidia/gpus`.
const INFORMATION: Attribute = Attribute::optional("information");

/// Every attribute of a GPU's folder in `proc` that this probe asks for.
pub const ATTRIBUTES: &[Attribute] = &[INFORMATION];

/// The driver that Linux brings; NVML knows nothing of the GPUs that it holds.
const NOUVEAU: &str = "nouveau";

/// Whether NVIDIA's driver holds the GPU, so that NVML should know it.
pub(super) fn has_driver(function: &GpuFunction) -> bool {
    let is_nvidia_s = |driver: String| driver != NOUVEAU && !function.is_handed_through();
    function.driver().is_some_and(is_nvidia_s) && !function.is_virtual()
}

/// The model by the driver's file.
///
/// The driver's folders have the domain's digits as they are, and where a container's runtime made
/// the folders, eight.
pub(super) fn model(function: &GpuFunction) -> Option<String> {
    let address = function.address?;
    [address.to_string(), address.long()].iter().find_map(|folder| {
        let bytes = function.device.bytes_in(&Path::new(GPUS).join(folder), INFORMATION)?;
        model_line(&String::from_utf8_lossy(&bytes))
    })
}

/// The model by NVML.
pub(super) fn answered_model(answer: &Answer) -> Option<String> {
    named(answer.name.as_deref()?)
}

/// `Model: \t\t NVIDIA H100 80GB HBM3`.
fn model_line(text: &str) -> Option<String> {
    named(text.lines().find_map(|line| line.strip_prefix("Model:"))?)
}

/// The driver says Unknown for a board that is newer than its table of names.
fn named(text: &str) -> Option<String> {
    let name = text.trim();
    (!name.is_empty() && !name.eq_ignore_ascii_case("unknown")).then(|| name.to_owned())
}

/// Writes what NVML said of a GPU into it; its model is there already.
pub(super) fn tell(gpu: &mut Gpu, answer: &Answer, answers: &Answers, device_id: Option<u16>) {
    gpu.features = features(answer, gpu.model.as_deref(), device_id);
    gpu.index = Some(answer.index);
    gpu.uuid.clone_from(&answer.uuid);
    gpu.compute_capability = answer.compute_capability.map(|capability| capability.to_string());
    gpu.architecture.clone_from(&answer.architecture);
    gpu.mig.clone_from(&answer.mig);
    gpu.nvlinks_up = answer.nvlinks_up;
    gpu.unified = answer.unified;
    gpu.driver_version.clone_from(&answers.driver_version);
    gpu.cuda_version.clone_from(&answers.cuda_version);
    gpu.health = Some(health(answer));
    gpu.errors.clone_from(&answer.errors);
    gpu.errors.extend(answers.errors.iter().cloned());
    // The call that was the last one, where it was about this GPU.
    let last = answers.failure.as_ref().map(|failure| &failure.error);
    gpu.errors.extend(last.filter(|error| error.index == Some(answer.index)).cloned());
}

/// What NVML said of a GPU, in short, as evidence beside the files.
pub(super) fn evidence(answer: &Answer) -> Vec<Evidence> {
    let text = |value: &Option<String>| value.clone();
    let mig = |mig: &Mig| match (mig.enabled, mig.instances.len()) {
        (false, _) => "off".to_owned(),
        (true, count) => format!("on, {count} instances"),
    };
    let rows = |rows: RowRemap| match (rows.has_failed, rows.is_pending) {
        (true, _) => "failed",
        (false, true) => "pending",
        (false, false) => "none waiting, none failed",
    };
    let bytes = answer.memory_total_bytes.map(|bytes| format!("{bytes} bytes"));
    let said = [
        ("nvmlDeviceGetHandleByIndex", Some(format!("index {}", answer.index))),
        ("nvmlDeviceGetPciInfo", text(&answer.pci_address)),
        ("nvmlDeviceGetUUID", text(&answer.uuid)),
        ("nvmlDeviceGetName", text(&answer.name)),
        (
            "nvmlDeviceGetMemoryInfo",
            if answer.unified { Some("not supported: the host's".to_owned()) } else { bytes },
        ),
        ("nvmlDeviceGetCudaComputeCapability", answer.compute_capability.map(|c| c.to_string())),
        ("nvmlDeviceGetArchitecture", text(&answer.architecture)),
        ("nvmlDeviceGetMigMode", answer.mig.as_ref().map(mig)),
        ("nvmlDeviceGetNvLinkState", answer.nvlinks_up.map(|links| format!("{links} links up"))),
        (
            "nvmlDeviceGetTotalEccErrors",
            answer.uncorrected_errors.map(|errors| format!("{errors} uncorrected")),
        ),
        ("nvmlDeviceGetRemappedRows", answer.row_remap.map(|row| rows(row).to_owned())),
    ];
    let said = said.into_iter().filter_map(|(call, said)| Some((call.to_owned(), said?)));
    let refused = answer.errors.iter().map(|error| (error.call.clone(), error.message.clone()));
    let all = said.chain(refused);
    all.map(|(call, said)| Evidence { path: call.into(), answer: Ok(said.into_bytes()) }).collect()
}

fn features(answer: &Answer, model: Option<&str>, device_id: Option<u16>) -> Option<Vec<String>> {
    let has_mig_on = answer.mig.as_ref().is_some_and(|mig| mig.enabled);
    let nvlinks_up = answer.nvlinks_up.unwrap_or(0);
    let capability = answer.compute_capability?;
    Some(features::nvidia(Nvidia { capability, device_id, model, has_mig_on, nvlinks_up }))
}

/// What is known against a GPU.
type Ails = fn(&Answer) -> bool;

/// The worst first.
const AILMENTS: [(Ails, GpuHealth); 5] = [
    (|answer| has_failed_with(answer, GPU_IS_LOST), GpuHealth::Lost),
    (|answer| has_failed_with(answer, RESET_REQUIRED), GpuHealth::ResetRequired),
    (|answer| answer.row_remap.is_some_and(|rows| rows.has_failed), GpuHealth::RowRemapFailed),
    (|answer| answer.row_remap.is_some_and(|rows| rows.is_pending), GpuHealth::RowRemapPending),
    (|answer| answer.uncorrected_errors.unwrap_or(0) > 0, GpuHealth::UncorrectedErrors),
];

fn health(answer: &Answer) -> GpuHealth {
    let worst = AILMENTS.iter().find(|(ails, _)| ails(answer));
    worst.map_or(GpuHealth::Ok, |(_, health)| *health)
}

fn has_failed_with(answer: &Answer, code: u32) -> bool {
    answer.errors.iter().any(|error| error.code == Some(code))
}

#[cfg(test)]
mod tests {
    use inventory_common::CallError;

    use super::*;

    #[test]
    fn the_model_is_a_line_of_the_driver_s_file() {
        let text = "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 42\n";
        assert_eq!(model_line(text).as_deref(), Some("NVIDIA H100 80GB HBM3"));
        for nothing in ["", "Model: \t\t Unknown\n", "Model:\n", "IRQ: 42\n", "Sub Model: A\n"] {
            assert_eq!(model_line(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn health_is_the_worst_that_is_known() {
        let lost = CallError {
            call: "nvmlDeviceGetName".to_owned(),
            index: Some(0),
            code: Some(GPU_IS_LOST),
            message: "GPU is lost".to_owned(),
        };
        let reset = CallError { code: Some(RESET_REQUIRED), ..lost.clone() };
        let mut answer = Answer { errors: vec![reset, lost], ..Answer::default() };
        assert_eq!(health(&answer), GpuHealth::Lost);
        answer.errors.pop();
        answer.row_remap = Some(RowRemap { is_pending: true, has_failed: true });
        assert_eq!(health(&answer), GpuHealth::ResetRequired);
        answer.errors.clear();
        assert_eq!(health(&answer), GpuHealth::RowRemapFailed);
        answer.row_remap = Some(RowRemap { is_pending: true, has_failed: false });
        answer.uncorrected_errors = Some(1);
        assert_eq!(health(&answer), GpuHealth::RowRemapPending);
        answer.row_remap = Some(RowRemap::default());
        assert_eq!(health(&answer), GpuHealth::UncorrectedErrors);
        answer.uncorrected_errors = Some(0);
        assert_eq!(health(&answer), GpuHealth::Ok);
    }
}
