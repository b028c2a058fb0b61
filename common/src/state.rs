//! What state a counted device is in, where that explains its figure.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A port that adds nothing for a known reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PortState {
    /// No cable, no partner, or administratively down: the port adds no bandwidth, and that is
    /// known, whatever its speed file says.
    NoLink,
}

impl PortState {
    /// Every state.
    pub const ALL: &[Self] = &[Self::NoLink];

    /// The state as it is written in the inventory.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NoLink => "no-link",
        }
    }
}

macro_rules! gpu_states {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $remedy:literal;)+) => {
        /// Why a GPU's figures are not known, each with what to do about it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum GpuState {
            $($(#[doc = $doc])+ #[serde(rename = $id)] $name,)+
        }

        impl GpuState {
            /// Every state.
            pub const ALL: &[GpuState] = &[$(GpuState::$name,)+];

            /// The state as it is written in the inventory.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// The state as a condition's reason: one word of letters.
            #[must_use]
            pub const fn reason(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }

            /// What the state means, in one line.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// What to do about it, in one line.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)+ }
            }
        }
    };
}

gpu_states! {
    /// no vendor driver holds the GPU
    NoDriver = "no-driver", "load the vendor's driver (for NVIDIA: modprobe nvidia, and keep nouveau away)";
    /// the driver holds the GPU, and there is no NVML library to load
    LibraryMissing = "library-missing", "install the driver's libraries (libnvidia-ml.so.1), or name the library with --nvml-library; in a pod let RuntimeClass nvidia or CDI bring it";
    /// the driver holds the GPU, and the NVML library finds no driver: the device nodes are missing
    NoDeviceNodes = "no-device-nodes", "in a pod run with RuntimeClass nvidia or CDI (a mounted driver root brings only the library); on the host run nvidia-modprobe -u -c 0";
    /// the NVML library and the driver in the kernel are of different versions
    VersionMismatch = "version-mismatch", "reload the driver, or reboot after the upgrade; in a pod start it anew, since it keeps the old library";
    /// the GPU has fallen off the bus
    GpuLost = "gpu-lost", "look for Xid 79 in the kernel log, then power the machine off and on; if it comes back, have the GPU or its slot changed";
    /// the GPU must be reset before it works again
    ResetRequired = "reset-required", "drain the node and reset the GPU (nvidia-smi --gpu-reset -i ADDRESS), or reboot";
    /// NVML does not tell this user
    Forbidden = "forbidden", "let the agent open /dev/nvidiactl and the GPU's device node; with MIG on, the parent GPU tells its memory only to root";
    /// NVML did not answer in time
    Timeout = "timeout", "look for NVRM and Xid lines in the kernel log: a dead GPU can hang the driver, and then only a reboot helps; the persistence daemon makes NVML start quickly";
    /// the driver holds the GPU, and NVML does not list it
    NotListed = "not-listed", "give the agent all GPUs (NVIDIA_VISIBLE_DEVICES=all); else the driver excludes it or could not start it: look for NVRM lines in the kernel log";
    /// NVML was asked, and failed in a way that has no name of its own
    Failed = "failed", "compare with nvidia-smi -q, and look for NVRM and Xid lines in the kernel log";
    /// nobody was asked for the memory
    NotAsked = "not-asked", "run the agent on the host itself and let it ask NVML (a captured tree has only what was recorded)";
}

impl std::fmt::Display for GpuState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_prints_the_id_that_it_serializes_to() {
        for state in GpuState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.id());
            assert!(!state.meaning().is_empty() && !state.remedy().is_empty());
        }
        assert_eq!(serde_json::to_value(PortState::NoLink).unwrap(), PortState::NoLink.id());
    }
}
