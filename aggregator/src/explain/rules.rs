//! The rules by which devices are not counted.

use inventory_common::Rule;

use super::reasons::reason;
use super::topic::{Group, Told, Topic};

/// What a person can always do.
const COUNT: &str = "if it should count all the same: --count NAME";

pub fn topics() -> Vec<Topic> {
    let topic = |rule: &Rule| {
        let (source, remedy) = beside(*rule);
        let told = Told { meaning: rule.meaning(), source, remedy };
        Topic::new(Group::Rule, rule.id(), told).because(reason(*rule))
    };
    Rule::ALL.iter().map(topic).collect()
}

/// Where a rule looks, and what to do.
const fn beside(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::Virtual => (
            "the link /sys/class/block/NAME, net/NAME or infiniband/NAME leads through devices/virtual (NVMe's heads and fabrics excepted) or Ceph's devices/rbd; mtdblock and ubiblock by their names",
            "nothing: the hardware below it is counted by itself; if it should count: --count NAME",
        ),
        Rule::Path => (
            "/sys/class/block/nvmeXcYnZ: its name has a controller in it, or its file hidden says 1",
            "nothing: the head nvmeXnZ stands for it",
        ),
        Rule::Remote => (
            "an iSCSI session or a Fibre Channel port on the way to /sys/class/block/NAME, or for NVMe the file transport of each of its controllers: tcp, rdma, fc, loop",
            "if such disks should count: --count-remote-disks, or --count NAME for one",
        ),
        Rule::Optical => ("/sys/class/block/NAME: its name is srN, or device/type is 5", COUNT),
        Rule::Removable => (
            "/sys/class/block/NAME: it hangs on USB, device/type is SD, or the file removable says 1 (which is not believed of ATA disks)",
            COUNT,
        ),
        Rule::FirmwareArea => (
            "/sys/class/block/NAME: its name is mmcblkNbootM or mmcblkNrpmb",
            "nothing: the chip mmcblkN is counted",
        ),
        Rule::Empty => (
            "/sys/class/block/NAME/size is 0",
            "if it should have a medium: look for its name in the kernel log",
        ),
        Rule::ReadOnly => (
            "/sys/class/block/NAME/ro is 1",
            "if it should be writable: a switch or a setting (blockdev --setrw), or a fault that the kernel log tells",
        ),
        Rule::SameDisk => (
            "the wwid of /sys/class/block/NAME (naa, nvme, uuid; eui only with the same serial number), or for SCSI serial number and unit of device/vpd_pg80",
            "nothing: the first path is counted",
        ),
        Rule::Vf => (
            "the link physfn below the device of /sys/class/net/NAME, /sys/class/infiniband/NAME or /sys/bus/pci/devices/ADDRESS",
            "nothing: the physical function is counted",
        ),
        Rule::Representor => (
            "/sys/class/net/NAME/phys_port_name is that of a function, such as pf0vf1",
            "nothing: its uplink is counted",
        ),
        Rule::SubFunction => (
            "the file device/sfnum of /sys/class/net/NAME or /sys/class/infiniband/NAME",
            "nothing: its parent's port is counted",
        ),
        Rule::Usb => ("/sys/class/net/NAME or /sys/class/infiniband/NAME hangs on USB", COUNT),
        Rule::Paired => (
            "/sys/class/net/NAME: its master, or an interface of the same address, has the driver hv_netvsc",
            "nothing: the interface of hv_netvsc is counted",
        ),
        Rule::NotEthernet => (
            "/sys/class/net/NAME/type is neither 1 nor 32, or there is wireless or phy80211",
            COUNT,
        ),
        Rule::SamePort => (
            "an InfiniBand or RoCE device on the same PCI function, or for a port that is split into functions the same phys_port_id",
            "nothing: the other view of the port is counted",
        ),
        Rule::Management => (
            "the vital product data (device/vpd) of /sys/class/infiniband/NAME says SW_MNG",
            "nothing; where only root may read vpd: --not-counted NAME/PORT or --count NAME/PORT",
        ),
        Rule::OtherFabric => (
            "/sys/class/infiniband/NAME/ports/N/link_layer",
            "if it should count: --count NAME/PORT, and its speed with --link-speed NAME/PORT=MBPS",
        ),
        Rule::UnknownType => (
            "/sys/class/net/NAME/type, or for a GPU /sys/bus/pci/devices/ADDRESS/vendor, could not be read",
            "the fault says why; --count NAME or --not-counted NAME decides",
        ),
        Rule::Elsewhere => (
            "/sys/bus/pci/devices/ADDRESS has a driver and no port below net, infiniband or its virtio device",
            "read the host's own /sys (mount it and give --root), or say --count ADDRESS with --link-speed, or --not-counted ADDRESS",
        ),
        Rule::Userspace => (
            "the driver of /sys/bus/pci/devices/ADDRESS is one of vfio's or uio's",
            "if its port should count: --count ADDRESS, and its speed with --link-speed ADDRESS=MBPS",
        ),
        Rule::Passthrough => (
            "the driver of /sys/bus/pci/devices/ADDRESS is one of vfio's, pci-stub or pciback",
            "nothing, while a virtual machine has it; its agent runs in the virtual machine",
        ),
        Rule::Display => (
            "the model, by NVML or by the driver's /proc/driver/nvidia, has 'DGX Display' in it",
            COUNT,
        ),
        Rule::Integrated => (
            "/sys/bus/pci/devices/ADDRESS/hwmon: the voltage in1_label is vddnb, which a GPU shares with the CPUs",
            "if it should count: --count ADDRESS, and its memory with --gpu-memory MODEL=MIB",
        ),
        Rule::Unsupported => (
            "class and vendor of /sys/bus/pci/devices/ADDRESS: an accelerator whose maker is neither NVIDIA nor AMD",
            "if it should count: --count ADDRESS, and its memory with --gpu-memory MODEL=MIB",
        ),
        Rule::Stated => (
            "--not-counted, or INVENTORY_NOT_COUNTED",
            "if it should count: take its name out there",
        ),
    }
}
