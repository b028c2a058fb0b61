//! A GPU in the file, and what it is by default: an H100.

use serde::Deserialize;

use crate::value::{Hex, Pci, Text};

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gpu {
    pub name: Text,
    /// By default made from the index.
    pub uuid: Option<Text>,
    /// By default made from the index: `00000000:10:00.0` and on.
    pub pci: Option<Pci>,
    /// The PCI device id in hexadecimal.
    pub device_id: Hex,
    pub serial: Option<Text>,
    /// In bytes; `null` is a GPU that shares the host's memory.
    pub memory: Option<u64>,
    pub capability: Option<[i32; 2]>,
    /// 2 Kepler, 3 Maxwell, 4 Pascal, 5 Volta, 6 Turing, 7 Ampere, 8 Ada,
    /// 9 Hopper, 10 Blackwell.
    pub architecture: Option<u32>,
    pub persistence: Option<bool>,
    /// `null` is a GPU that cannot do MIG.
    pub mig: Option<Mig>,
    /// Whether each link is up; none is a GPU without `NvLink`.
    pub nvlinks: Vec<bool>,
    pub ecc: Option<Ecc>,
    /// Whether pages wait to be retired, on GPUs before Ampere.
    pub retirement_pending: Option<bool>,
    /// Rows that were remapped, on GPUs since Ampere.
    pub remapped: Option<Remapped>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mig {
    pub current: u32,
    pub pending: u32,
    /// The MIG devices by index; `null` is a hole. An index behind the last one
    /// is a hole too.
    pub instances: Vec<Option<Instance>>,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Instance {
    /// As in the name of the MIG device: `3g.40gb`, or `1c.3g.40gb`.
    pub profile: String,
    pub uuid: Option<Text>,
    pub memory: Option<u64>,
    /// Of the GPU instance, and of the compute instance in that.
    pub ids: [u32; 2],
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Ecc {
    pub current: bool,
    pub pending: bool,
    /// Corrected and uncorrected errors since the driver was loaded.
    pub volatile: [u64; 2],
    /// The same for the GPU's lifetime.
    pub aggregate: [u64; 2],
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Remapped {
    pub corrected: u32,
    pub uncorrected: u32,
    pub pending: bool,
    pub failed: bool,
}

/// An H100 as its owner gets it: MIG off, no `NvLink`, nothing wrong.
impl Default for Gpu {
    fn default() -> Self {
        Self {
            name: "NVIDIA H100 80GB HBM3".into(),
            uuid: None,
            pci: None,
            device_id: Hex(0x2330),
            serial: None,
            memory: Some(81559 << 20),
            capability: Some([9, 0]),
            architecture: Some(9),
            persistence: Some(true),
            mig: Some(Mig::default()),
            nvlinks: Vec::new(),
            ecc: Some(Ecc { current: true, pending: true, ..Ecc::default() }),
            retirement_pending: None,
            remapped: Some(Remapped::default()),
        }
    }
}

impl Default for Instance {
    fn default() -> Self {
        Self { profile: "1g.10gb".to_owned(), uuid: None, memory: Some(9984 << 20), ids: [7, 0] }
    }
}
