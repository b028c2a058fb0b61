//! The rules by which a device is not counted, as one table: id and meaning.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal,)+) => {
        /// Why a device that was found is not counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum Rule {
            $($(#[doc = $doc])+ #[serde(rename = $id)] $name,)+
        }

        impl Rule {
            /// Every rule, in the order of the tables that apply them.
            pub const ALL: &[Rule] = &[$(Rule::$name,)+];

            /// The id, as the inventory prints it.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// What the rule says, in one line.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

rules! {
    /// a device of the kernel's own making, without hardware of its own
    Virtual = "virtual",
    /// one path to an NVMe namespace whose multipath head is counted
    Path = "path",
    /// a disk of another machine, reached over a network (--count-remote-disks counts these)
    Remote = "remote",
    /// a CD, DVD or Blu-ray drive
    Optical = "optical",
    /// a disk that can be pulled out: on USB, a card, or removable by its own word
    Removable = "removable",
    /// a boot or replay-protected area of an eMMC chip that is counted as one disk
    FirmwareArea = "firmware-area",
    /// a drive without a medium: its size is 0
    Empty = "empty",
    /// a disk that cannot be written
    ReadOnly = "read-only",
    /// a second path to a disk that is counted already
    SameDisk = "same-disk",
    /// a virtual function of a device on this host
    Vf = "vf",
    /// a switchdev representor: it shares its uplink's port
    Representor = "representor",
    /// a sub-function: it shares its parent's port
    SubFunction = "sub-function",
    /// a network port on USB: a BMC's on most servers, or a dongle
    Usb = "usb",
    /// the accelerated twin of a Hyper-V interface that is counted
    Paired = "paired",
    /// neither Ethernet nor InfiniBand: wireless, CAN and the like
    NotEthernet = "not-ethernet",
    /// another view of a port that is counted already
    SamePort = "same-port",
    /// the management function of this node's own NVLink switch
    Management = "management",
    /// a link layer that is neither InfiniBand nor Ethernet, such as EFA's
    OtherFabric = "other-fabric",
    /// a device whose kind could not be read
    UnknownType = "unknown-type",
    /// a network function whose port lives in another network namespace
    Elsewhere = "elsewhere",
    /// a network function that a user-space driver (vfio, uio) holds
    Userspace = "userspace",
    /// a GPU that is handed through to a virtual machine
    Passthrough = "passthrough",
    /// a GPU that only drives a screen
    Display = "display",
    /// a GPU that is part of the processor and has no memory of its own (--count counts it)
    Integrated = "integrated",
    /// an accelerator of a kind that AIOS does not schedule by
    Unsupported = "unsupported",
    /// a person said so with --not-counted
    Stated = "stated",
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_prints_the_id_that_it_serializes_to() {
        for rule in Rule::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.id());
        }
    }

    #[test]
    fn meanings_are_one_trimmed_line() {
        for rule in Rule::ALL {
            assert_eq!(rule.meaning(), rule.meaning().trim(), "{rule}");
            assert!(!rule.meaning().is_empty() && !rule.meaning().contains('\n'), "{rule}");
        }
    }
}
