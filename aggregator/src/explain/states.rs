//! The states of GPUs and ports.

use inventory_common::{GpuHealth, GpuState, PortState};

use super::topic::{Group, Told, Topic};

pub fn topics() -> Vec<Topic> {
    let state = |state: &GpuState| {
        let (meaning, remedy) = (state.meaning(), state.remedy());
        let told = Told { meaning, source: source(*state), remedy };
        Topic::new(Group::GpuState, state.id(), told).of(OF)
    };
    let health =
        |health: &GpuHealth| Topic::new(Group::GpuHealth, health.id(), fares(*health)).of(OF);
    let port = |port: &PortState| Topic::new(Group::PortState, port.id(), adds_nothing(*port));
    let states = GpuState::ALL.iter().map(state);
    let rest = GpuHealth::ALL.iter().map(health).chain(PortState::ALL.iter().map(port));
    states.chain(rest).collect()
}

/// The condition whose reason a GPU's state becomes, written as one word: `gpu-lost` as `GpuLost`.
const OF: [&str; 1] = ["GPUsHealthy"];

/// Where a state is seen.
const fn source(state: GpuState) -> &'static str {
    match state {
        GpuState::NoDriver => {
            "/sys/bus/pci/devices/ADDRESS has no link driver, or it leads to nouveau"
        }
        GpuState::LibraryMissing => {
            "no library could be opened under any of its names (--nvml-library), or NVML error 12"
        }
        GpuState::NoDeviceNodes => "nvmlInit_v2: NVML error 9, though the driver holds the GPU",
        GpuState::VersionMismatch => "nvmlInit_v2: NVML error 18",
        GpuState::GpuLost => "any call of NVML about the GPU: NVML error 15",
        GpuState::ResetRequired => "any call of NVML about the GPU: NVML error 16",
        GpuState::Forbidden => "a call of NVML that its memory needs: NVML error 4",
        GpuState::Timeout => "a call of NVML did not return, or NVML error 10",
        GpuState::NotListed => {
            "nvmlDeviceGetCount_v2 and nvmlDeviceGetPciInfo_v3, held against /sys/bus/pci/devices"
        }
        GpuState::Failed => "the call of NVML that the fault names, with NVML's number and words",
        GpuState::NotAsked => "--gpu pci, or a captured tree (--root)",
    }
}

/// How a GPU fares.
const fn fares(health: GpuHealth) -> Told {
    let meaning = health.meaning();
    let (source, remedy) = match health {
        GpuHealth::Lost => ("any call of NVML: NVML error 15", GpuState::GpuLost.remedy()),
        GpuHealth::ResetRequired => {
            ("any call of NVML: NVML error 16", GpuState::ResetRequired.remedy())
        }
        GpuHealth::RowRemapFailed => (
            "nvmlDeviceGetRemappedRows",
            "drain the node; nvidia-smi -q -d ROW_REMAPPER shows the rows that the maker asks for",
        ),
        GpuHealth::RowRemapPending => {
            ("nvmlDeviceGetRemappedRows", "nvidia-smi --gpu-reset -i ADDRESS, or reboot")
        }
        GpuHealth::UncorrectedErrors => (
            "nvmlDeviceGetTotalEccErrors, uncorrected and volatile",
            "look for Xid 48, 63, 64, 94 and 95 in the kernel log; if it comes back after a reset, have the GPU tested",
        ),
        GpuHealth::Ok => ("NVML answered, and told none of the others", ""),
    };
    Told { meaning, source, remedy }
}

const fn adds_nothing(state: PortState) -> Told {
    match state {
        PortState::NoLink => Told {
            meaning: "no cable, no partner, or administratively down: it adds no bandwidth, and that is known",
            source: "/sys/class/net/NAME/carrier, or /sys/class/infiniband/NAME/ports/N/state",
            remedy: "if it should carry something: cable, partner, ip link set NAME up",
        },
    }
}
