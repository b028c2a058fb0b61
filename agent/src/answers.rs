//! What NVML said, as plain data: the child process prints it, a capture records it, and
//! `merge` holds it against the PCI bus. Nothing is judged here.

use inventory_common::{CallError, GpuState, Mig};
use serde::{Deserialize, Serialize};

/// All that one asking of NVML gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Answers {
    /// Why the asking ended early, or never began; the GPUs that were told before it stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// `nvmlSystemGetDriverVersion`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver_version: Option<String>,
    /// `nvmlSystemGetCudaDriverVersion_v2`, as `12.8`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cuda_version: Option<String>,
    /// Every call that failed and is not about one GPU, beside that of the failure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CallError>,
    /// One entry per index, those included whose handle failed.
    pub gpus: Vec<Answer>,
}

/// Why NVML as a whole did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// The state of every GPU that it kept from being told.
    pub state: GpuState,
    /// The call that failed; for a library that cannot be loaded its file and the loader's words.
    pub error: CallError,
}

/// What NVML said of one GPU. All but the index is absent where its call failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Answer {
    /// The index that was asked for.
    pub index: u32,
    /// `nvmlDeviceGetUUID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// `busId` of `nvmlDeviceGetPciInfo_v3`, as NVML writes it; absent also where the GPU is on no
    /// PCI bus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pci_address: Option<String>,
    /// The upper half of `pciDeviceId` there: the device without its vendor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<u16>,
    /// `nvmlDeviceGetName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `total` of `nvmlDeviceGetMemoryInfo_v2` or its first version, in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_total_bytes: Option<u64>,
    /// Whether both versions said `NOT_SUPPORTED`: the GPU's memory is the host's.
    pub unified: bool,
    /// `nvmlDeviceGetCudaComputeCapability`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compute_capability: Option<Capability>,
    /// `nvmlDeviceGetArchitecture`, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// `nvmlDeviceGetMigMode` and the instances; absent on GPUs without the mode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mig: Option<Mig>,
    /// Number of links that `nvmlDeviceGetNvLinkState` calls up; absent on GPUs without NVLink.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvlinks_up: Option<u32>,
    /// Uncorrected, volatile, by `nvmlDeviceGetTotalEccErrors`; absent on GPUs without ECC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncorrected_errors: Option<u64>,
    /// `nvmlDeviceGetRemappedRows`; absent on GPUs that do not remap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_remap: Option<RowRemap>,
    /// Every call that failed with an error that is no answer, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CallError>,
}

/// CUDA compute capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Capability {
    /// The generation.
    pub major: u32,
    /// The member of the generation.
    pub minor: u32,
}

impl std::fmt::Display for Capability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Rows of memory that went bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RowRemap {
    /// Rows wait for the next reset to be replaced.
    pub is_pending: bool,
    /// A row could not be replaced.
    pub has_failed: bool,
}

/// NVML's error numbers (nvml.h: `nvmlReturn_t`) that have a state of their own.
const STATES: [(u32, GpuState); 7] = [
    (4, GpuState::Forbidden),
    (9, GpuState::NoDeviceNodes),
    (10, GpuState::Timeout),
    (12, GpuState::LibraryMissing),
    (GPU_IS_LOST, GpuState::GpuLost),
    (RESET_REQUIRED, GpuState::ResetRequired),
    (18, GpuState::VersionMismatch),
];

/// `NVML_ERROR_GPU_IS_LOST`.
pub(crate) const GPU_IS_LOST: u32 = 15;
/// `NVML_ERROR_RESET_REQUIRED`.
pub(crate) const RESET_REQUIRED: u32 = 16;

/// The state that an NVML error means.
#[must_use]
pub fn state_of_code(code: u32) -> GpuState {
    let named = STATES.iter().find(|(known, _)| *known == code);
    named.map_or(GpuState::Failed, |(_, state)| *state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_nothing_in_it_is_read_and_written() {
        let answers: Answers = serde_json::from_str(r#"{"gpus":[{"index":3}]}"#).unwrap();
        assert_eq!(answers.gpus, [Answer { index: 3, ..Answer::default() }]);
        let text = serde_json::to_string(&answers).unwrap();
        assert_eq!(serde_json::from_str::<Answers>(&text).unwrap(), answers);
    }

    #[test]
    fn every_error_number_has_a_state() {
        assert_eq!(state_of_code(4), GpuState::Forbidden);
        assert_eq!(state_of_code(9), GpuState::NoDeviceNodes);
        assert_eq!(state_of_code(10), GpuState::Timeout);
        assert_eq!(state_of_code(12), GpuState::LibraryMissing);
        assert_eq!(state_of_code(15), GpuState::GpuLost);
        assert_eq!(state_of_code(16), GpuState::ResetRequired);
        assert_eq!(state_of_code(18), GpuState::VersionMismatch);
        for code in [1, 2, 3, 13, 17, 999] {
            assert_eq!(state_of_code(code), GpuState::Failed);
        }
    }
}
