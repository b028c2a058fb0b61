//! The whole probe over hosts built by hand, rule by rule.

mod amd;
mod nvml;

use std::path::Path;

use inventory_common::{CallError, Cause, GpuHealth, GpuState, Mig, Rule};
use rustix::io::Errno;

use super::*;
use crate::answers::{Answer, Capability, Failure};
use crate::host::manifest::Manifest;
use crate::host::{Node, Tree};
use crate::probe::pci;

const H100: &str = "NVIDIA H100 80GB HBM3";

/// A host that is built function by function.
#[derive(Clone, Default)]
struct Host {
    tree: Tree,
    stated: Stated,
    answers: Option<Answers>,
}

impl Host {
    /// A host with one function, of vendor and device such as `10de:2330`.
    fn with(address: &str, class: &str, id: &str) -> Self {
        Self::default().and(address, class, id)
    }

    fn and(self, address: &str, class: &str, id: &str) -> Self {
        let folder = format!("sys/bus/pci/devices/{address}");
        let (vendor, device) = id.split_once(':').unwrap();
        self.file(&format!("{folder}/class"), &format!("0x{class}00\n"))
            .file(&format!("{folder}/vendor"), &format!("0x{vendor}\n"))
            .file(&format!("{folder}/device"), &format!("0x{device}\n"))
    }

    /// An NVIDIA GPU that its driver holds.
    fn nvidia(address: &str) -> Self {
        Self::default().and_nvidia(address)
    }

    fn and_nvidia(self, address: &str) -> Self {
        self.and(address, "0302", "10de:2330").driver(address, "nvidia")
    }

    fn driver(self, address: &str, name: &str) -> Self {
        let link = Node::Link(format!("../../../../bus/pci/drivers/{name}").into());
        self.node(&format!("sys/bus/pci/devices/{address}/driver"), link)
    }

    fn file(self, path: &str, text: &str) -> Self {
        self.node(path, Node::File(text.as_bytes().to_vec()))
    }

    /// A file of the function's own folder.
    fn attribute(self, address: &str, file: &str, text: &str) -> Self {
        self.file(&format!("sys/bus/pci/devices/{address}/{file}"), text)
    }

    fn fault(self, path: &str, errno: Errno) -> Self {
        self.node(path, Node::Fault(errno))
    }

    fn node(mut self, path: &str, node: Node) -> Self {
        self.tree.insert(Path::new(path), node).unwrap();
        self
    }

    fn answered(self, gpus: Vec<Answer>) -> Self {
        Self { answers: Some(Answers { gpus, ..Answers::default() }), ..self }
    }

    fn failed(self, state: GpuState, call: &str) -> Self {
        let message = "refused".to_owned();
        let error = CallError { call: call.to_owned(), index: None, code: None, message };
        let failure = Some(Failure { state, error });
        Self { answers: Some(Answers { failure, ..Answers::default() }), ..self }
    }

    fn memory_stated(mut self, model: &str, mib: u64) -> Self {
        self.stated.gpu_memory_mib.insert(model.to_owned(), mib);
        self
    }

    fn count(mut self, name: &str) -> Self {
        self.stated.count.insert(name.to_owned());
        self
    }

    fn not_counted(mut self, name: &str) -> Self {
        self.stated.not_counted.insert(name.to_owned());
        self
    }

    fn probed(self) -> Probed<Vec<Seen<Gpu>>> {
        let root = HostRoot::of_tree(self.tree, Manifest::default());
        probe(&root, &self.stated, &pci::probe(&root), self.answers.as_ref())
    }

    fn gpus(self) -> Vec<Gpu> {
        self.probed().found.into_iter().map(|seen| seen.device).collect()
    }

    fn gpu(self) -> Gpu {
        let mut gpus = self.gpus();
        assert_eq!(gpus.len(), 1, "{gpus:?}");
        gpus.remove(0)
    }

    /// The rule of the only GPU, and how the probe went.
    fn rule(self) -> (Option<Rule>, Outcome) {
        let probed = self.probed();
        assert_eq!(probed.found.len(), 1);
        (probed.found[0].device.verdict.rule(), probed.probe.outcome)
    }
}

fn answer(index: u32, address: &str) -> Answer {
    Answer {
        index,
        uuid: Some(format!("GPU-{index:08}")),
        pci_address: Some(address.to_owned()),
        name: Some(H100.to_owned()),
        memory_total_bytes: Some(81_559 << 20),
        compute_capability: Some(Capability { major: 9, minor: 0 }),
        ..Answer::default()
    }
}

fn information(host: Host, folder: &str, model: &str) -> Host {
    let text = format!("Model: \t\t {model}\nIRQ:   \t\t 42\n");
    host.file(&format!("proc/driver/nvidia/gpus/{folder}/information"), &text)
}

#[test]
fn a_host_without_a_bus_has_no_gpus() {
    let probed = Host::default().probed();
    assert_eq!((probed.found.len(), probed.probe.outcome), (0, Outcome::Absent));
}

#[test]
fn a_bus_that_cannot_be_read_makes_the_probe_fail() {
    let probed = Host::default().fault("sys/bus/pci/devices", Errno::ACCESS).probed();
    assert_eq!(probed.probe.outcome, Outcome::Failed);
    assert_eq!(probed.probe.faults[0].cause, Cause::Forbidden);
}

#[test]
fn a_bus_without_gpus_is_complete() {
    let probed = Host::with("0000:00:1f.0", "0601", "8086:1234").probed();
    assert_eq!((probed.found.len(), probed.probe.outcome), (0, Outcome::Complete));
}

#[test]
fn a_gpu_without_nvml_counts_and_its_memory_is_unknown() {
    let probed = Host::nvidia("0000:65:00.0").probed();
    let gpu = &probed.found[0].device;
    assert_eq!(gpu.verdict, Verdict::Counted);
    assert_eq!((gpu.memory_mib, gpu.state), (None, Some(GpuState::NotAsked)));
    assert_eq!(gpu.model_name(), "NVIDIA 10de:2330");
    let [fault] = &probed.probe.faults[..] else { panic!("{:?}", probed.probe) };
    assert_eq!(probed.probe.outcome, Outcome::Partial);
    assert_eq!(fault.device.as_deref(), Some("0000:65:00.0"));
    assert_eq!(fault.path, "sys/bus/pci/devices/0000:65:00.0");
    assert_eq!(fault.cause, Cause::Absent);
    assert!(fault.message.contains("not-asked"), "{}", fault.message);
    assert!(fault.message.contains("--gpu-memory 'NVIDIA 10de:2330=MIB'"), "{}", fault.message);
}

#[test]
fn no_driver_never_means_no_gpu() {
    let bare = Host::with("0000:65:00.0", "0300", "10de:2330");
    let nouveau = bare.clone().driver("0000:65:00.0", "nouveau");
    for host in [bare, nouveau] {
        let gpu = host.gpu();
        assert_eq!((gpu.verdict, gpu.state), (Verdict::Counted, Some(GpuState::NoDriver)));
    }
}

#[test]
fn the_model_is_read_in_folders_with_short_and_long_domains() {
    for folder in ["0000:65:00.0", "00000000:65:00.0"] {
        let gpu = information(Host::nvidia("0000:65:00.0"), folder, "Tesla T4").gpu();
        assert_eq!(gpu.model.as_deref(), Some("Tesla T4"));
    }
    let host = information(Host::nvidia("10000:65:00.0"), "10000:65:00.0", "Tesla T4");
    assert_eq!(host.gpu().model.as_deref(), Some("Tesla T4"));
    let other = information(Host::nvidia("0000:65:00.0"), "0001:65:00.0", "Tesla T4");
    assert_eq!(other.gpu().model, None);
}

#[test]
fn a_model_without_a_name_is_none() {
    for model in ["Unknown", ""] {
        let host = information(Host::nvidia("0000:65:00.0"), "0000:65:00.0", model);
        assert_eq!(host.gpu().model, None);
    }
}

#[test]
fn a_memory_that_a_person_states_fills_what_is_unknown() {
    let host = Host::nvidia("0000:65:00.0").memory_stated("NVIDIA 10de:2330", 81_559);
    let probed = host.clone().probed();
    assert_eq!(probed.probe.outcome, Outcome::Complete);
    assert_eq!((host.clone().gpu().memory_mib, host.clone().gpu().stated), (Some(81_559), true));
    let known = host.memory_stated(H100, 1).answered(vec![answer(0, "0000:65:00.0")]).gpu();
    assert_eq!((known.memory_mib, known.stated), (Some(81_559), false));
}

#[test]
fn what_is_excluded_causes_no_fault() {
    let loose = Host::with("0000:65:00.0", "0302", "10de:2330");
    let vf = loose
        .clone()
        .node("sys/bus/pci/devices/0000:65:00.0/physfn", Node::Link("../0000:64:00.0".into()));
    assert_eq!(vf.clone().rule(), (Some(Rule::Vf), Outcome::Complete));
    let handed_vf = vf.driver("0000:65:00.0", "vfio-pci");
    assert_eq!(handed_vf.rule(), (Some(Rule::Vf), Outcome::Complete));
    for driver in ["vfio-pci", "nvgrace-gpu-vfio-pci", "pci-stub", "pciback"] {
        let host = loose.clone().driver("0000:65:00.0", driver);
        assert_eq!(host.rule(), (Some(Rule::Passthrough), Outcome::Complete), "{driver}");
    }
    let display = information(Host::nvidia("0000:65:00.0"), "0000:65:00.0", "NVIDIA DGX Display");
    assert_eq!(display.rule(), (Some(Rule::Display), Outcome::Complete));
    let handed =
        loose.driver("0000:65:00.0", "vfio-pci").failed(GpuState::NoDeviceNodes, "nvmlInit_v2");
    assert_eq!(handed.rule(), (Some(Rule::Passthrough), Outcome::Complete));
}

#[test]
fn a_gpu_that_another_machine_uses_is_not_asked_for_its_model() {
    let handed = Host::with("0000:65:00.0", "0302", "10de:2330").driver("0000:65:00.0", "vfio-pci");
    let vf = Host::nvidia("0000:65:00.0")
        .node("sys/bus/pci/devices/0000:65:00.0/physfn", Node::Link("../0000:64:00.0".into()));
    for (host, rule) in [(handed, Rule::Passthrough), (vf, Rule::Vf)] {
        let gpu = information(host, "0000:65:00.0", "NVIDIA DGX Display").gpu();
        assert_eq!((gpu.verdict.rule(), gpu.model), (Some(rule), None));
    }
}

#[test]
fn a_person_overrules_by_address() {
    let name = "0000:65:00.0";
    let gpu = Host::with(name, "0302", "10de:2330").driver(name, "vfio-pci").count(name).gpu();
    assert_eq!((gpu.verdict, gpu.stated), (Verdict::Counted, true));
    let host = Host::nvidia(name).not_counted(name);
    assert_eq!(host.rule(), (Some(Rule::Stated), Outcome::Complete));
}

#[test]
fn screens_bridges_and_sound_are_not_listed() {
    for (class, id) in [
        ("0300", "1a03:2000"),
        ("0300", "8086:4680"),
        ("0300", "1002:6758"),
        ("0302", "1002:6758"),
        ("0680", "10de:22a3"),
        ("0403", "10de:22ba"),
        ("0380", "1af4:1050"),
    ] {
        assert_eq!(Host::with("0000:65:00.0", class, id).gpus(), [], "{class} {id}");
    }
}

#[test]
fn a_screen_that_a_person_wants_counted_counts() {
    let host = Host::with("0000:00:02.0", "0300", "8086:4680").count("0000:00:02.0");
    let host = host.memory_stated("Intel 8086:4680", 512);
    let gpu = host.gpu();
    assert_eq!((gpu.verdict, gpu.memory_mib, gpu.stated), (Verdict::Counted, Some(512), true));
}

#[test]
fn other_accelerators_are_listed_and_not_counted() {
    for (class, id, vendor) in [("1200", "1da3:1020", "PCI 1da3"), ("0380", "8086:0bd5", "Intel")] {
        let host = Host::with("0000:65:00.0", class, id);
        assert_eq!(host.clone().gpu().vendor, vendor);
        assert_eq!(host.rule(), (Some(Rule::Unsupported), Outcome::Complete));
    }
}

#[test]
fn a_function_whose_maker_cannot_be_read_is_known_by_its_driver() {
    let vendor = "sys/bus/pci/devices/0000:65:00.0/vendor";
    let gpu = Host::nvidia("0000:65:00.0").fault(vendor, Errno::IO).gpu();
    assert_eq!((gpu.vendor.as_str(), gpu.verdict), ("NVIDIA", Verdict::Counted));
    for (driver, maker) in [("nouveau", "NVIDIA"), ("amdgpu", "AMD")] {
        let host = Host::with("0000:65:00.0", "0302", "10de:2330").driver("0000:65:00.0", driver);
        let host = host.attribute("0000:65:00.0", "mem_info_vram_total", "1073741824\n");
        let gpu = host.fault(vendor, Errno::IO).gpu();
        assert_eq!((gpu.vendor.as_str(), gpu.verdict), (maker, Verdict::Counted));
    }
    let host = Host::with("0000:65:00.0", "0302", "10de:2330").fault(vendor, Errno::IO);
    assert_eq!(host.rule(), (Some(Rule::UnknownType), Outcome::Partial));
    let device = "sys/bus/pci/devices/0000:65:00.0/device";
    let gpu = Host::nvidia("0000:65:00.0").file(device, "?").gpu();
    assert_eq!((gpu.verdict, gpu.model_name().as_str()), (Verdict::Counted, "NVIDIA GPU"));
}

#[test]
fn gpus_are_ordered_by_the_numbers_of_their_address_and_then_by_uuid() {
    let host = ["0000:10:00.0", "0000:0a:00.0", "10000:01:00.0", "0001:01:00.0", "0000:09:00.0"]
        .into_iter()
        .fold(Host::default(), Host::and_nvidia);
    let without = |index: u32, uuid: &str| {
        let uuid = Some(uuid.to_owned());
        Answer { index, uuid, pci_address: None, ..answer(index, "") }
    };
    let mut told: Vec<_> =
        ["0000:09:00.0", "0000:0a:00.0", "0000:10:00.0", "0001:01:00.0", "10000:01:00.0"]
            .into_iter()
            .map(|address| answer(0, address))
            .collect();
    told.extend([without(5, "GPU-b"), without(6, "GPU-a")]);
    let names: Vec<_> = host.answered(told).gpus().into_iter().map(|gpu| gpu.name).collect();
    assert_eq!(
        names,
        [
            "0000:09:00.0",
            "0000:0a:00.0",
            "0000:10:00.0",
            "0001:01:00.0",
            "10000:01:00.0",
            "GPU-a",
            "GPU-b"
        ]
    );
}

#[test]
fn a_file_s_fault_is_no_reason_to_keep_quiet_about_a_gpu_s_state() {
    let host = Host::with("0000:65:00.0", "0302", "10de:2330");
    let probed = host.fault("sys/bus/pci/devices/0000:65:00.0/physfn", Errno::IO).probed();
    assert_eq!(probed.found[0].device.state, Some(GpuState::NoDriver));
    assert_eq!(probed.probe.faults.len(), 2, "{:?}", probed.probe.faults);
}

#[test]
fn kfd_is_asked_only_where_an_amd_gpu_counts() {
    let nodes = "sys/class/kfd/kfd/topology/nodes";
    let nvidia = Host::nvidia("0000:65:00.0").answered(vec![answer(0, "0000:65:00.0")]);
    assert_eq!(nvidia.fault(nodes, Errno::IO).rule(), (None, Outcome::Complete));
    let handed = Host::with("0000:65:00.0", "1200", "1002:74a1").driver("0000:65:00.0", "vfio-pci");
    let rule = handed.fault(nodes, Errno::IO).rule();
    assert_eq!(rule, (Some(Rule::Passthrough), Outcome::Complete));
}

#[test]
fn an_amd_gpu_without_a_driver_counts_with_unknown_memory() {
    let probed = Host::with("0000:65:00.0", "1200", "1002:74a1").probed();
    let gpu = &probed.found[0].device;
    assert_eq!((gpu.verdict, gpu.state), (Verdict::Counted, Some(GpuState::NoDriver)));
    assert_eq!((probed.probe.outcome, probed.probe.faults.len()), (Outcome::Partial, 1));
}

#[test]
fn trouble_with_one_gpu_changes_no_other() {
    let host = Host::nvidia("0000:17:00.0").and_nvidia("0000:65:00.0");
    let host = information(host, "0000:65:00.0", "Tesla T4");
    let healthy = host.clone().gpus().remove(1);
    for file in ["driver", "physfn", "vendor", "device", "class"] {
        let path = format!("sys/bus/pci/devices/0000:17:00.0/{file}");
        for errno in [Errno::IO, Errno::ACCESS, Errno::NODEV, Errno::INVAL, Errno::ISDIR] {
            let gpus = host.clone().fault(&path, errno).gpus();
            assert_eq!(gpus.last(), Some(&healthy), "{file} {errno:?}");
        }
    }
    let path = "proc/driver/nvidia/gpus/0000:17:00.0/information";
    let probed = host.fault(path, Errno::IO).probed();
    assert_eq!(probed.found[1].device, healthy);
    assert!(probed.probe.faults.iter().any(|fault| fault.path == path));
}

#[test]
fn a_state_s_fault_has_the_cause_that_goes_with_it() {
    for (state, cause) in [
        (GpuState::Forbidden, Cause::Forbidden),
        (GpuState::Timeout, Cause::Timeout),
        (GpuState::Failed, Cause::Transient),
        (GpuState::LibraryMissing, Cause::Absent),
        (GpuState::NoDeviceNodes, Cause::Absent),
    ] {
        let probed = Host::nvidia("0000:65:00.0").failed(state, "nvmlInit_v2").probed();
        assert_eq!(probed.probe.faults[0].cause, cause, "{state}");
    }
}
