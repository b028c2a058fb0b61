//! What NVML tells of the GPUs on the bus, and what becomes of it.

use super::*;

#[test]
fn a_display_is_also_known_by_nvml_s_name() {
    let name = Some("NVIDIA DGX Display".to_owned());
    let display = Answer { name, ..answer(0, "00000000:65:00.0") };
    let host = Host::nvidia("0000:65:00.0").answered(vec![display.clone()]);
    assert_eq!(host.rule(), (Some(Rule::Display), Outcome::Complete));
    let beside = Host::default().answered(vec![display]);
    assert_eq!(beside.rule(), (Some(Rule::Display), Outcome::Complete));
}

#[test]
fn what_nvml_tells_is_in_the_detail() {
    let mut told = answer(0, "00000000:65:00.0");
    told.architecture = Some("Hopper".to_owned());
    told.mig = Some(Mig { enabled: true, instances: Vec::new() });
    told.nvlinks_up = Some(18);
    let mut host = Host::nvidia("0000:65:00.0").answered(vec![told]);
    if let Some(answers) = &mut host.answers {
        answers.driver_version = Some("570.86.15".to_owned());
        answers.cuda_version = Some("12.8".to_owned());
    }
    assert_eq!(host.clone().probed().probe.outcome, Outcome::Complete);
    let gpu = host.gpu();
    assert_eq!((gpu.memory_mib, gpu.state), (Some(81_559), None));
    assert_eq!((gpu.model.as_deref(), gpu.index), (Some(H100), Some(0)));
    assert_eq!(gpu.uuid.as_deref(), Some("GPU-00000000"));
    assert_eq!(gpu.compute_capability.as_deref(), Some("9.0"));
    assert_eq!(gpu.driver_version.as_deref(), Some("570.86.15"));
    assert_eq!(gpu.health, Some(GpuHealth::Ok));
    let features = "fp16 int8 tensor_cores bf16 tf32 fp8 mig nvlink";
    assert_eq!(gpu.features.unwrap().join(" "), features);
}

#[test]
fn the_bus_s_device_id_decides_where_nvml_has_none() {
    let turing = Answer {
        name: Some("NVIDIA T1000".to_owned()),
        compute_capability: Some(Capability { major: 7, minor: 5 }),
        ..answer(0, "00000000:65:00.0")
    };
    let host = Host::with("0000:65:00.0", "0300", "10de:1ff0").driver("0000:65:00.0", "nvidia");
    assert_eq!(host.answered(vec![turing]).gpu().features.unwrap(), ["fp16", "int8"]);
}

#[test]
fn one_lost_gpu_of_three_costs_only_its_own_memory() {
    let host = ["0000:17:00.0", "0000:65:00.0", "0000:ca:00.0"]
        .into_iter()
        .fold(Host::default(), Host::and_nvidia);
    let call = "nvmlDeviceGetHandleByIndex_v2".to_owned();
    let error =
        CallError { call, index: Some(1), code: Some(15), message: "GPU is lost".to_owned() };
    let lost = Answer { index: 1, errors: vec![error], ..Answer::default() };
    let told = vec![answer(0, "00000000:17:00.0"), lost, answer(2, "00000000:CA:00.0")];
    let probed = host.answered(told).probed();
    let memory: Vec<_> = probed.found.iter().map(|seen| seen.device.memory_mib).collect();
    assert_eq!(memory, [Some(81_559), None, Some(81_559)]);
    let gpu = &probed.found[1].device;
    assert_eq!((gpu.state, gpu.health), (Some(GpuState::GpuLost), Some(GpuHealth::Lost)));
    let [fault] = &probed.probe.faults[..] else { panic!("{:?}", probed.probe) };
    assert_eq!(fault.path, "nvmlDeviceGetHandleByIndex_v2");
    assert_eq!(fault.device.as_deref(), Some("0000:65:00.0"));
}

#[test]
fn a_failure_of_nvml_is_the_state_of_each_gpu_that_the_driver_holds() {
    let host = Host::nvidia("0000:17:00.0").and("0000:65:00.0", "0302", "10de:2330");
    let probed = host.failed(GpuState::VersionMismatch, "nvmlInit_v2").probed();
    let states: Vec<_> = probed.found.iter().map(|seen| seen.device.state).collect();
    assert_eq!(states, [Some(GpuState::VersionMismatch), Some(GpuState::NoDriver)]);
    let paths: Vec<_> = probed.probe.faults.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, ["nvmlInit_v2", "sys/bus/pci/devices/0000:65:00.0"]);
    assert_eq!(probed.found[0].device.errors.len(), 1);
}

#[test]
fn a_gpu_that_only_nvml_shows_counts() {
    let probed = Host::default().answered(vec![answer(0, "00000000:01:00.0")]).probed();
    let gpu = &probed.found[0].device;
    assert_eq!((gpu.name.as_str(), gpu.verdict), ("GPU-00000000", Verdict::Counted));
    assert_eq!((gpu.memory_mib, probed.probe.outcome), (Some(81_559), Outcome::Complete));
    let more = Host::nvidia("0000:65:00.0")
        .answered(vec![answer(0, "00000000:65:00.0"), answer(1, "00000000:66:00.0")]);
    let names: Vec<_> = more.gpus().into_iter().map(|gpu| gpu.name).collect();
    assert_eq!(names, ["0000:65:00.0", "0000:66:00.0"]);
    let nameless = Host::default().answered(vec![Answer { index: 3, ..Answer::default() }]).gpu();
    assert_eq!((nameless.name.as_str(), nameless.verdict), ("nvml:3", Verdict::Counted));
}

#[test]
fn a_person_overrules_what_only_nvml_shows() {
    let host = Host::default().answered(vec![answer(0, "00000000:01:00.0")]);
    assert_eq!(host.not_counted("GPU-00000000").rule(), (Some(Rule::Stated), Outcome::Complete));
}

#[test]
fn nvml_s_failure_is_the_probe_s_where_no_gpu_on_the_bus_bears_it() {
    let alone = Host::default().failed(GpuState::Timeout, "nvmlInit_v2").probed();
    assert_eq!(
        (alone.probe.outcome, alone.probe.faults[0].cause),
        (Outcome::Failed, Cause::Timeout)
    );
    let host = Host::with("0000:00:1f.0", "0601", "8086:1234");
    let probed = host.failed(GpuState::LibraryMissing, "libnvidia-ml.so.1").probed();
    assert_eq!((probed.probe.outcome, probed.probe.faults.len()), (Outcome::Partial, 1));
    assert_eq!(Host::default().answered(Vec::new()).probed().probe.outcome, Outcome::Complete);
}

#[test]
fn a_call_without_a_name_is_nvml_as_a_whole() {
    for host in [Host::nvidia("0000:65:00.0"), Host::default()] {
        let probed = host.failed(GpuState::Failed, "").probed();
        assert_eq!(probed.probe.faults[0].path, "NVML");
    }
}

#[test]
fn a_memory_of_less_than_a_mib_is_unknown_and_never_a_known_zero() {
    for bytes in [0, 1, (1 << 20) - 1] {
        let told = Answer { memory_total_bytes: Some(bytes), ..answer(0, "00000000:65:00.0") };
        let probed = Host::nvidia("0000:65:00.0").answered(vec![told]).probed();
        let memory = probed.found[0].device.memory_mib;
        assert_eq!((memory, probed.probe.outcome), (None, Outcome::Partial), "{bytes}");
    }
}

#[test]
fn unified_memory_is_the_host_s() {
    let unified = Answer { memory_total_bytes: None, unified: true, ..answer(0, "0000:65:00.0") };
    let host = Host::nvidia("0000:65:00.0").answered(vec![unified]);
    let gpu = host.clone().file("proc/meminfo", "MemTotal: 4096 kB\nMemFree: 1 kB\n").gpu();
    assert_eq!((gpu.memory_mib, gpu.unified, gpu.state), (Some(4), true, None));
    let probed = host.file("proc/meminfo", "?").probed();
    assert_eq!((probed.found[0].device.memory_mib, probed.probe.outcome), (None, Outcome::Partial));
}

#[test]
fn gpus_that_nvml_cannot_place_are_those_that_its_driver_holds_in_order() {
    let failed = |index, code| {
        let call = "nvmlDeviceGetHandleByIndex_v2".to_owned();
        let message = "refused".to_owned();
        let error = CallError { call, index: Some(index), code: Some(code), message };
        Answer { index, errors: vec![error], ..Answer::default() }
    };
    let nouveau = Host::with("0000:03:00.0", "0302", "10de:2330").driver("0000:03:00.0", "nouveau");
    let vfio = nouveau.and("0000:04:00.0", "0302", "10de:2330").driver("0000:04:00.0", "vfio-pci");
    let physical = Node::Link("../0000:09:00.0".into());
    let vf =
        vfio.and_nvidia("0000:05:00.0").node("sys/bus/pci/devices/0000:05:00.0/physfn", physical);
    let host = vf.and_nvidia("0000:0a:00.0").and_nvidia("0000:09:00.0");
    let gpus = host.answered(vec![failed(0, 15), failed(1, 16)]).gpus();
    let states: Vec<_> = gpus.iter().map(|gpu| (gpu.name.as_str(), gpu.state)).collect();
    assert_eq!(
        states,
        [
            ("0000:03:00.0", Some(GpuState::NoDriver)),
            ("0000:04:00.0", None),
            ("0000:05:00.0", None),
            ("0000:09:00.0", Some(GpuState::GpuLost)),
            ("0000:0a:00.0", Some(GpuState::ResetRequired)),
        ]
    );
}
