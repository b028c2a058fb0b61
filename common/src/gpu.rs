//! A GPU: what is counted of it, and what the driver tells beside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::device::is_false;
use crate::telling::plain;
use crate::{GpuState, Verdict};

/// A GPU or another accelerator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gpu {
    /// The PCI address, such as `0000:65:00.0`, or the UUID where there is no PCI bus.
    pub name: String,
    /// The maker, such as `NVIDIA`; `PCI 1da3` for one that has no name here.
    pub vendor: String,
    /// Vendor and device id on the PCI bus, such as `10de:2330`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pci_id: Option<String>,
    /// The model; absent where nothing names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether it counts.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Memory in MiB; absent where unknown or not needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u64>,
    /// Whether its memory is the host's, so that the same bytes are in both figures.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unified: bool,
    /// Why something about it is unknown; absent where all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<GpuState>,
    /// What it can do; absent where its compute capability is unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<Vec<String>>,
    /// Whether a person's word decided anything about it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stated: bool,
    /// NVML's index at the time of asking; it changes with the set of GPUs, so nothing is named by
    /// it. Absent where NVML does not list the GPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// NVML's UUID, such as `GPU-5e4c…`; absent where NVML does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// CUDA compute capability, such as `9.0`; absent where NVML does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compute_capability: Option<String>,
    /// The architecture: NVML's name, such as `Hopper`, or AMD's gfx version, such as `gfx942`;
    /// absent where the driver does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// Multi-instance mode; absent on GPUs without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mig: Option<Mig>,
    /// Number of NVLink links that are up; absent where NVML does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nvlinks_up: Option<u32>,
    /// The driver's version as NVML says it, such as `570.86.15`; absent where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub driver_version: Option<String>,
    /// The newest CUDA version that the driver knows, such as `12.8`; absent where NVML does not
    /// tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cuda_version: Option<String>,
    /// How it fares; absent where nobody was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<GpuHealth>,
    /// The calls that failed for it, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<CallError>,
}

impl Gpu {
    /// A counted GPU of which nothing but its name and maker is known.
    #[must_use]
    pub fn new(name: String, vendor: String) -> Self {
        Self {
            name,
            vendor,
            pci_id: None,
            model: None,
            verdict: Verdict::Counted,
            memory_mib: None,
            unified: false,
            state: None,
            features: None,
            stated: false,
            index: None,
            uuid: None,
            compute_capability: None,
            architecture: None,
            mig: None,
            nvlinks_up: None,
            driver_version: None,
            cuda_version: None,
            health: None,
            errors: Vec::new(),
        }
    }

    /// The model as it is told; absent where nothing names it. What cannot be seen in it is made visible: API
    /// servers refuse whole objects for some of it, and AIOS shows it to people.
    #[must_use]
    pub fn told_model(&self) -> Option<String> {
        self.model.as_deref().map(|model| plain(model).into_owned())
    }

    /// The model, or vendor and PCI id where nothing names it.
    #[must_use]
    pub fn model_name(&self) -> String {
        let unnamed = || format!("{} {}", self.vendor, self.pci_id.as_deref().unwrap_or("GPU"));
        self.told_model().unwrap_or_else(unnamed)
    }
}

/// Multi-instance mode of a GPU.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mig {
    /// Whether the mode is on now.
    pub enabled: bool,
    /// The instances, in NVML's order. They are parts of the GPU and never counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<MigInstance>,
}

/// One instance of a GPU in multi-instance mode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MigInstance {
    /// The profile, such as `1g.10gb`; absent where NVML does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Memory in MiB; absent where NVML does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u64>,
    /// The UUID, such as `MIG-5e4c…`; absent where NVML does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
}

/// How a GPU fares, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GpuHealth {
    /// It has fallen off the bus.
    Lost,
    /// It must be reset before it works again.
    ResetRequired,
    /// A bad row of its memory could not be replaced: it should be changed.
    RowRemapFailed,
    /// A bad row of its memory is replaced at the next reset.
    RowRemapPending,
    /// Its memory has had errors since the last reset that could not be corrected.
    UncorrectedErrors,
    /// Nothing is known against it.
    Ok,
}

impl GpuHealth {
    /// Every health, the worst first.
    pub const ALL: &[Self] = &[
        Self::Lost,
        Self::ResetRequired,
        Self::RowRemapFailed,
        Self::RowRemapPending,
        Self::UncorrectedErrors,
        Self::Ok,
    ];

    /// The health as it is written in the inventory.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::ResetRequired => "reset-required",
            Self::RowRemapFailed => "row-remap-failed",
            Self::RowRemapPending => "row-remap-pending",
            Self::UncorrectedErrors => "uncorrected-errors",
            Self::Ok => "ok",
        }
    }

    /// The health as a condition's reason: one word of letters.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Lost => "GpuLost",
            Self::ResetRequired => "ResetRequired",
            Self::RowRemapFailed => "RowRemapFailed",
            Self::RowRemapPending => "RowRemapPending",
            Self::UncorrectedErrors => "UncorrectedErrors",
            Self::Ok => "Healthy",
        }
    }

    /// What it means, with what to do about it, in one line.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Lost => "it has fallen off the bus: power the machine off and on",
            Self::ResetRequired => "it must be reset before it works again",
            Self::RowRemapFailed => {
                "a bad row of its memory could not be replaced: have the GPU changed"
            }
            Self::RowRemapPending => {
                "a bad row of its memory is replaced at the next reset: drain the node and reset it"
            }
            Self::UncorrectedErrors => {
                "its memory has had errors since the last reset that could not be corrected"
            }
            Self::Ok => "nothing is known against it",
        }
    }
}

/// A call to a vendor's library that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CallError {
    /// The function, such as `nvmlDeviceGetMemoryInfo_v2`.
    pub call: String,
    /// The GPU's index in the library; absent where the call is not about one GPU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The library's error number; absent where the call did not return, or could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u32>,
    /// One line for a person.
    pub message: String,
}

impl CallError {
    /// What failed, for whoever wants to know where: the function, or the library as a whole where it has no name.
    #[must_use]
    pub fn place(&self) -> &str {
        if self.call.is_empty() { "NVML" } else { &self.call }
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.index {
            Some(index) => write!(f, "{} at index {index}: {}", self.place(), self.message),
            None => write!(f, "{}: {}", self.place(), self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unnamed_gpu_is_called_by_vendor_and_pci_id() {
        let text =
            r#"{"name":"0000:65:00.0","vendor":"NVIDIA","pciId":"10de:2330","counted":true}"#;
        let gpu: Gpu = serde_json::from_str(text).unwrap();
        assert_eq!(gpu.model_name(), "NVIDIA 10de:2330");
        assert_eq!(serde_json::to_string(&gpu).unwrap(), text);
    }

    #[test]
    fn what_a_gpu_calls_itself_is_shown_as_text() {
        let text =
            r#"{"name":"x","vendor":"NVIDIA","model":"H100\u001b[2J\u009b\u202e","counted":true}"#;
        let gpu: Gpu = serde_json::from_str(text).unwrap();
        assert_eq!(gpu.model_name(), r"H100\u{1b}[2J\u{9b}\u{202e}");
    }

    #[test]
    fn a_call_is_told_with_the_place_of_its_gpu() {
        let text = r#"{"call":"nvmlDeviceGetUUID","code":15,"message":"GPU is lost"}"#;
        let call: CallError = serde_json::from_str(text).unwrap();
        assert_eq!(call.to_string(), "nvmlDeviceGetUUID: GPU is lost");
        let call = CallError { index: Some(2), ..call };
        assert_eq!(call.to_string(), "nvmlDeviceGetUUID at index 2: GPU is lost");
    }

    #[test]
    fn health_is_written_in_words_with_hyphens() {
        for health in GpuHealth::ALL {
            assert_eq!(serde_json::to_value(health).unwrap(), health.id());
        }
        assert_eq!(GpuHealth::ResetRequired.id(), "reset-required");
    }
}
