//! AMD's GPUs, as their driver and KFD tell of them.

use super::*;

/// An AMD GPU that its driver holds.
fn amd(class: &str, id: &str) -> Host {
    Host::with("0000:65:00.0", class, id).driver("0000:65:00.0", "amdgpu")
}

fn kfd_node(host: Host, number: u32, location: u32, version: u32, banks: &[(u32, u64)]) -> Host {
    let folder = format!("sys/class/kfd/kfd/topology/nodes/{number}");
    let text =
        format!("simd_count 8\nlocation_id {location}\ndomain 0\ngfx_target_version {version}\n");
    let host = host.file(&format!("{folder}/properties"), &text);
    banks.iter().enumerate().fold(host, |host, (index, (heap, bytes))| {
        let text = format!("heap_type {heap}\nsize_in_bytes {bytes}\nflags 0\n");
        host.file(&format!("{folder}/mem_banks/{index}/properties"), &text)
    })
}

#[test]
fn an_amd_accelerator_has_its_memory_model_and_features_from_the_driver() {
    for (class, id) in [("1200", "1002:74a1"), ("0380", "1002:740c")] {
        let host = amd(class, id)
            .attribute("0000:65:00.0", "mem_info_vram_total", "206141652992\n")
            .attribute("0000:65:00.0", "product_name", "AMD Instinct MI300X OAM\n");
        let host = kfd_node(host, 0, 0, 0, &[(0, 1 << 40)]);
        let host = kfd_node(host, 1, 0x6500, 90_402, &[(1, 1 << 30)]);
        assert_eq!(host.clone().rule(), (None, Outcome::Complete));
        let gpu = host.gpu();
        assert_eq!((gpu.vendor.as_str(), gpu.memory_mib), ("AMD", Some(196_592)));
        assert_eq!(gpu.model.as_deref(), Some("AMD Instinct MI300X OAM"));
        assert_eq!(gpu.architecture.as_deref(), Some("gfx942"));
        assert_eq!(gpu.features.unwrap().join(" "), "fp16 int8 tensor_cores bf16 tf32 fp8");
    }
}

#[test]
fn amd_s_cards_count_where_their_driver_gives_them_a_memory() {
    for class in ["0300", "0302"] {
        let bare = amd(class, "1002:744c");
        assert_eq!(bare.clone().gpus(), []);
        let host = bare.attribute("0000:65:00.0", "mem_info_vram_total", "51522830336\n");
        assert_eq!(host.clone().rule(), (None, Outcome::Complete));
        assert_eq!(host.gpu().model_name(), "AMD 1002:744c");
    }
}

#[test]
fn an_amd_card_whose_memory_cannot_be_read_counts_with_unknown_memory() {
    let path = "sys/bus/pci/devices/0000:65:00.0/mem_info_vram_total";
    for host in
        [amd("0300", "1002:744c").fault(path, Errno::IO), amd("0300", "1002:744c").file(path, "x")]
    {
        let host = kfd_node(host, 1, 0x6500, 110_000, &[(1, 1 << 30)]);
        let probed = host.probed();
        let gpu = &probed.found[0].device;
        assert_eq!((gpu.verdict, gpu.memory_mib), (Verdict::Counted, None));
        assert_eq!((probed.probe.outcome, probed.probe.faults.len()), (Outcome::Partial, 1));
        assert_eq!(probed.probe.faults[0].path, path);
    }
}

#[test]
fn an_integrated_amd_gpu_does_not_count_unless_asked() {
    let host = amd("0300", "1002:1638")
        .attribute("0000:65:00.0", "mem_info_vram_total", "536870912\n")
        .attribute("0000:65:00.0", "hwmon/hwmon3/in1_label", "vddnb\n");
    assert_eq!(host.clone().rule(), (Some(Rule::Integrated), Outcome::Complete));
    let gpu = host.count("0000:65:00.0").gpu();
    assert_eq!((gpu.verdict, gpu.memory_mib), (Verdict::Counted, Some(512)));
    let other = amd("0300", "1002:744c")
        .attribute("0000:65:00.0", "mem_info_vram_total", "536870912\n")
        .attribute("0000:65:00.0", "hwmon/hwmon3/in1_label", "vddgfx\n");
    assert_eq!(other.rule(), (None, Outcome::Complete));
}

#[test]
fn kfd_tells_the_memory_that_the_driver_has_no_file_for() {
    let host = kfd_node(
        amd("0380", "1002:740c"),
        1,
        0x6500,
        90_010,
        &[(1, 1 << 30), (2, 1 << 30), (4, 65_536)],
    );
    assert_eq!(host.gpu().memory_mib, Some(2048));
    let partitions = kfd_node(amd("1200", "1002:74a1"), 1, 0x6500, 90_402, &[(1, 1 << 30)]);
    let partitions = kfd_node(partitions, 2, 0x1000_6500, 90_402, &[(1, 1 << 30)]);
    assert_eq!(partitions.gpu().memory_mib, Some(2048));
    let elsewhere = kfd_node(amd("0380", "1002:740c"), 1, 0x6600, 90_010, &[(1, 1 << 30)]);
    assert_eq!(elsewhere.gpu().memory_mib, None);
}

#[test]
fn a_node_of_kfd_without_banks_adds_nothing_and_one_with_unreadable_banks_hides_all() {
    let host = kfd_node(amd("1200", "1002:74a1"), 1, 0x6500, 90_402, &[(1, 1 << 30)]);
    let host = kfd_node(host, 2, 0x1000_6500, 90_402, &[]);
    assert_eq!(host.clone().gpu().memory_mib, Some(1024));
    assert_eq!(host.clone().rule(), (None, Outcome::Complete));
    let banks = "sys/class/kfd/kfd/topology/nodes/2/mem_banks";
    let probed = host.fault(banks, Errno::IO).probed();
    assert_eq!(probed.found[0].device.memory_mib, None);
    assert_eq!(probed.probe.faults[0].path, banks);
    let bare = kfd_node(amd("1200", "1002:74a1"), 1, 0x6500, 90_402, &[]);
    assert_eq!(bare.gpu().memory_mib, None);
}

#[test]
fn no_gpu_has_no_memory() {
    let host = amd("0380", "1002:740c").attribute("0000:65:00.0", "mem_info_vram_total", "0\n");
    assert_eq!(host.clone().gpu().memory_mib, None);
    assert_eq!(host.clone().rule(), (None, Outcome::Partial));
    let host = kfd_node(host, 1, 0x6500, 90_010, &[(1, 1 << 30)]);
    assert_eq!(host.gpu().memory_mib, Some(1024));
    let told = Answer { memory_total_bytes: Some(0), ..answer(0, "0000:65:00.0") };
    let host = Host::nvidia("0000:65:00.0").answered(vec![told]);
    assert_eq!(host.clone().gpu().memory_mib, None);
    assert_eq!(host.rule(), (None, Outcome::Partial));
}

#[test]
fn a_node_of_kfd_without_a_domain_is_in_the_first() {
    let host = kfd_node(amd("0380", "1002:740c"), 1, 0x6500, 90_010, &[(1, 1 << 30)]);
    let properties = "sys/class/kfd/kfd/topology/nodes/1/properties";
    assert_eq!(host.file(properties, "location_id 25856\n").gpu().memory_mib, Some(1024));
}

#[test]
fn kfd_is_never_asked_for_the_memory_of_an_integrated_gpu() {
    let host = amd("0380", "1002:15bf")
        .attribute("0000:65:00.0", "hwmon/hwmon3/in1_label", "vddnb\n")
        .count("0000:65:00.0");
    let host = kfd_node(host, 1, 0x6500, 110_003, &[(1, 1 << 40)]);
    assert_eq!(host.gpu().memory_mib, None);
}

#[test]
fn kfd_s_refusal_to_a_pod_without_devices_is_an_answer() {
    let host =
        amd("1200", "1002:74a1").attribute("0000:65:00.0", "mem_info_vram_total", "1073741824\n");
    let properties = "sys/class/kfd/kfd/topology/nodes/1/properties";
    let refused = host.clone().fault(properties, Errno::PERM);
    assert_eq!(refused.clone().rule(), (None, Outcome::Complete));
    assert_eq!(refused.gpu().features, None);
    assert_eq!(host.fault(properties, Errno::IO).rule(), (None, Outcome::Partial));
}
