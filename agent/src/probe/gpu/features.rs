//! What a GPU can do, by its generation.

use crate::answers::Capability;

/// The `gfx` version of an AMD GPU, such as 9.4.2 for gfx942.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gfx {
    major: u32,
    minor: u32,
    stepping: u32,
}

impl Gfx {
    /// KFD's number: 90402 is 9.4.2; CPUs have 0.
    pub(super) fn of_target_version(version: u32) -> Option<Self> {
        let gfx =
            Self { major: version / 10_000, minor: version / 100 % 100, stepping: version % 100 };
        (version != 0).then_some(gfx)
    }

    /// Whether it is one of the GPUs whose partitions KFD lists as nodes of their own.
    pub(super) fn is_partitionable(self) -> bool {
        self.major == 9 && self.minor >= 4
    }

    fn parts(self) -> (u32, u32, u32) {
        (self.major, self.minor, self.stepping)
    }
}

impl std::fmt::Display for Gfx {
    /// Minor version and stepping have one hexadecimal digit each.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "gfx{}{:x}{:x}", self.major, self.minor, self.stepping)
    }
}

const TENSOR_CORES: &str = "tensor_cores";

/// Since which compute capability a GPU has a feature, in the order of the list.
const NVIDIA: [(&str, Capability); 7] = [
    ("fp16", Capability { major: 5, minor: 3 }),
    ("int8", Capability { major: 6, minor: 1 }),
    (TENSOR_CORES, Capability { major: 7, minor: 0 }),
    ("bf16", Capability { major: 8, minor: 0 }),
    ("tf32", Capability { major: 8, minor: 0 }),
    ("fp8", Capability { major: 8, minor: 9 }),
    ("fp4", Capability { major: 10, minor: 0 }),
];

/// Turing: the one generation that has chips with and without tensor cores.
const TURING: Capability = Capability { major: 7, minor: 5 };
/// PCI device ids of Turing chips without tensor cores: TU117 and TU116.
const WITHOUT_TENSOR_CORES: [std::ops::RangeInclusive<u16>; 2] = [0x1f80..=0x1fff, 0x2180..=0x21ff];
/// What the names of cards with such chips have in common.
const NAME_WITHOUT_TENSOR_CORES: &str = "GTX 16";

/// What the features of an NVIDIA GPU follow from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nvidia<'a> {
    pub(super) capability: Capability,
    pub(super) device_id: Option<u16>,
    pub(super) model: Option<&'a str>,
    pub(super) has_mig_on: bool,
    pub(super) nvlinks_up: u32,
}

/// The features of an NVIDIA GPU, in the order of the list.
pub(super) fn nvidia(gpu: Nvidia) -> Vec<String> {
    let has = |(feature, since): &&(&str, Capability)| {
        gpu.capability >= *since && (*feature != TENSOR_CORES || !lacks_tensor_cores(gpu))
    };
    let switched = [("mig", gpu.has_mig_on), ("nvlink", gpu.nvlinks_up > 0)];
    let by_generation = NVIDIA.iter().filter(has).map(|(feature, _)| *feature);
    let by_switch = switched.iter().filter(|(_, is_on)| *is_on).map(|(feature, _)| *feature);
    by_generation.chain(by_switch).map(str::to_owned).collect()
}

fn lacks_tensor_cores(gpu: Nvidia) -> bool {
    let by_id = |id: u16| WITHOUT_TENSOR_CORES.iter().any(|ids| ids.contains(&id));
    let by_name = |name: &str| name.contains(NAME_WITHOUT_TENSOR_CORES);
    gpu.capability == TURING && (gpu.device_id.is_some_and(by_id) || gpu.model.is_some_and(by_name))
}

/// Which `gfx` versions a row is about.
type IsOf = fn((u32, u32, u32)) -> bool;

/// The features of AMD's GPUs, in the order of the list.
const AMD: [(IsOf, &[&str]); 5] = [
    (|gfx| gfx == (9, 0, 10), &["fp16", "int8", TENSOR_CORES, "bf16"]),
    (|gfx| gfx == (9, 4, 2), &["fp16", "int8", TENSOR_CORES, "bf16", "tf32", "fp8"]),
    (|gfx| gfx == (9, 5, 0), &["fp16", "int8", TENSOR_CORES, "bf16", "fp8", "fp4"]),
    (|(major, ..)| major == 11, &["fp16", "int8", TENSOR_CORES, "bf16"]),
    (|(major, ..)| major == 12, &["fp16", "int8", TENSOR_CORES, "bf16", "fp8"]),
];

/// The features of an AMD GPU; absent for a generation that the table does not know.
pub(super) fn amd(gfx: Gfx) -> Option<Vec<String>> {
    let (_, features) = AMD.iter().find(|(is_of, _)| is_of(gfx.parts()))?;
    Some(features.iter().map(|&feature| feature.to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(model: &str, major: u32, minor: u32, device_id: Option<u16>) -> String {
        let capability = Capability { major, minor };
        let model = Some(model);
        nvidia(Nvidia { capability, device_id, model, has_mig_on: false, nvlinks_up: 0 }).join(" ")
    }

    #[test]
    fn each_generation_has_what_the_one_before_it_had() {
        let ampere = "fp16 int8 tensor_cores bf16 tf32";
        let hopper = &format!("{ampere} fp8");
        let blackwell = &format!("{hopper} fp4");
        for (model, major, minor, device_id, features) in [
            ("Tesla K80", 3, 7, 0x102d, ""),
            ("Tesla M60", 5, 2, 0x13f2, ""),
            ("NVIDIA Tegra X1", 5, 3, 0x0000, "fp16"),
            ("Tesla P100-PCIE-16GB", 6, 0, 0x15f8, "fp16"),
            ("Tesla P40", 6, 1, 0x1b38, "fp16 int8"),
            ("Tesla V100-SXM2-32GB", 7, 0, 0x1db5, "fp16 int8 tensor_cores"),
            ("Tesla T4", 7, 5, 0x1eb8, "fp16 int8 tensor_cores"),
            ("NVIDIA A100-SXM4-80GB", 8, 0, 0x20b2, ampere),
            ("NVIDIA A10", 8, 6, 0x2236, ampere),
            ("Orin", 8, 7, 0x0000, ampere),
            ("NVIDIA L40S", 8, 9, 0x26b9, hopper),
            ("NVIDIA H100 80GB HBM3", 9, 0, 0x2330, hopper),
            ("NVIDIA B200", 10, 0, 0x2901, blackwell),
            ("NVIDIA RTX PRO 6000 Blackwell Server Edition", 12, 0, 0x2bb5, blackwell),
            ("NVIDIA GB10", 12, 1, 0x2e12, blackwell),
        ] {
            assert_eq!(&of(model, major, minor, Some(device_id)), features, "{model}");
        }
    }

    #[test]
    fn small_turing_chips_have_no_tensor_cores() {
        for (model, device_id) in [
            ("NVIDIA GeForce GTX 1650", None),
            ("NVIDIA GeForce GTX 1660 Ti", Some(0x2182)),
            ("NVIDIA T400 4GB", Some(0x1ff2)),
            ("NVIDIA T1000 8GB", Some(0x1ff0)),
            ("first of the first range", Some(0x1f80)),
            ("last of the first range", Some(0x1fff)),
            ("first of the second range", Some(0x2180)),
            ("last of the second range", Some(0x21ff)),
        ] {
            assert_eq!(of(model, 7, 5, device_id), "fp16 int8", "{model}");
        }
        for (model, device_id) in [
            ("NVIDIA GeForce RTX 2080 Ti", Some(0x1e04)),
            ("NVIDIA GeForce RTX 2060", Some(0x1f08)),
            ("before the first range", Some(0x1f7f)),
            ("after the first range", Some(0x2000)),
            ("before the second range", Some(0x217f)),
            ("after the second range", Some(0x2200)),
            ("unknown id", None),
        ] {
            assert_eq!(of(model, 7, 5, device_id), "fp16 int8 tensor_cores", "{model}");
        }
    }

    #[test]
    fn the_ids_of_small_turing_chips_mean_nothing_in_other_generations() {
        assert_eq!(of("NVIDIA A100", 8, 0, Some(0x2182)), "fp16 int8 tensor_cores bf16 tf32");
    }

    #[test]
    fn mig_and_nvlink_are_listed_while_they_are_on() {
        let capability = Capability { major: 7, minor: 0 };
        let with = |has_mig_on, nvlinks_up| {
            let gpu = Nvidia { capability, device_id: None, model: None, has_mig_on, nvlinks_up };
            nvidia(gpu).join(" ")
        };
        assert_eq!(with(true, 18), "fp16 int8 tensor_cores mig nvlink");
        assert_eq!(with(false, 1), "fp16 int8 tensor_cores nvlink");
        assert_eq!(with(true, 0), "fp16 int8 tensor_cores mig");
    }

    #[test]
    fn amd_s_generations_are_told_by_gfx_version() {
        let cdna2 = "fp16 int8 tensor_cores bf16";
        for (model, version, name, features) in [
            ("AMD Instinct MI250X", 90_010, "gfx90a", cdna2),
            ("AMD Instinct MI300X", 90_402, "gfx942", "fp16 int8 tensor_cores bf16 tf32 fp8"),
            ("AMD Instinct MI355X", 90_500, "gfx950", "fp16 int8 tensor_cores bf16 fp8 fp4"),
            ("AMD Radeon PRO W7900", 110_000, "gfx1100", cdna2),
            ("AMD Radeon 890M", 110_500, "gfx1150", cdna2),
            ("AMD Radeon AI PRO R9700", 120_001, "gfx1201", "fp16 int8 tensor_cores bf16 fp8"),
        ] {
            let gfx = Gfx::of_target_version(version).unwrap();
            assert_eq!(gfx.to_string(), name);
            assert_eq!(amd(gfx).unwrap().join(" "), features, "{model}");
        }
        for (name, version) in [("gfx906", 90_006), ("gfx908", 90_008), ("gfx1030", 100_300)] {
            let gfx = Gfx::of_target_version(version).unwrap();
            assert_eq!((gfx.to_string().as_str(), amd(gfx)), (name, None));
        }
        assert_eq!(Gfx::of_target_version(0), None);
    }
}
