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
    /// nobody was asked for the memory
    NotAsked = "not-asked", "ask NVML on the host itself, or state it with --gpu-memory MODEL=MIB";
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
