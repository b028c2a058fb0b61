//! The rules by which devices are not counted.

use inventory_common::Rule;

use super::topic::{Group, Told, Topic};

/// What a person can always do.
const COUNT: &str = "if it should count all the same: --count NAME";

pub fn topics() -> Vec<Topic> {
    let topic = |rule: &Rule| {
        let (reason, source, remedy) = beside(*rule);
        let told = Told { meaning: rule.meaning(), source, remedy };
        Topic::new(Group::Rule, rule.id(), told).because(reason)
    };
    Rule::ALL.iter().map(topic).collect()
}

/// Why there is the rule, where it looks, and what to do.
#[expect(clippy::too_many_lines, reason = "a table")]
const fn beside(rule: Rule) -> (&'static str, &'static str, &'static str) {
    match rule {
        Rule::Virtual => (
            "what stands on it, or what it stands on, has hardware that is counted; both would be the same bytes, or the same wire, twice",
            "the link /sys/class/block/NAME, net/NAME or infiniband/NAME leads through devices/virtual (NVMe's heads and fabrics excepted) or Ceph's devices/rbd; mtdblock and ubiblock by their names",
            "nothing: the hardware below it is counted by itself; if it should count: --count NAME",
        ),
        Rule::Path => (
            "the paths lead to one namespace, whose bytes are counted once",
            "/sys/class/block/nvmeXcYnZ: its name has a controller in it, or its file hidden says 1",
            "nothing: the head nvmeXnZ stands for it",
        ),
        Rule::Remote => (
            "the disk stands in another machine, and every node that reaches it would sell the same bytes",
            "an iSCSI session or a Fibre Channel port on the way to /sys/class/block/NAME, or for NVMe the file transport of each of its controllers: tcp, rdma, fc, loop",
            "if such disks should count: --count-remote-disks, or --count NAME for one",
        ),
        Rule::Optical => (
            "nobody's work is placed on a disc, and an empty drive claims about a gigabyte",
            "/sys/class/block/NAME: its name is srN, or device/type is 5",
            COUNT,
        ),
        Rule::Removable => (
            "what can be pulled out is not there for a workload tomorrow; servers' installers and BMCs show such disks too",
            "/sys/class/block/NAME: it hangs on USB, device/type is SD, or the file removable says 1 (which is not believed of ATA disks)",
            COUNT,
        ),
        Rule::FirmwareArea => (
            "it holds the chip's own firmware and keys, and nobody's data fits there",
            "/sys/class/block/NAME: its name is mmcblkNbootM or mmcblkNrpmb",
            "nothing: the chip mmcblkN is counted",
        ),
        Rule::Empty => (
            "a reader or a floppy drive without a medium has no bytes to offer",
            "/sys/class/block/NAME/size is 0",
            "if it should have a medium: look for its name in the kernel log",
        ),
        Rule::ReadOnly => (
            "a workload cannot write to it",
            "/sys/class/block/NAME/ro is 1",
            "if it should be writable: a switch or a setting (blockdev --setrw), or a fault that the kernel log tells",
        ),
        Rule::SameDisk => (
            "with several cables the kernel shows one disk several times, under other names",
            "the wwid of /sys/class/block/NAME (naa, nvme, uuid; eui only with the same serial number), or for SCSI serial number and unit of device/vpd_pg80",
            "nothing: the first path is counted",
        ),
        Rule::Vf => (
            "it shares the physical function's link, memory or cores; in a virtual machine, where that is not to be seen, it counts",
            "the link physfn below the device of /sys/class/net/NAME, /sys/class/infiniband/NAME or /sys/bus/pci/devices/ADDRESS",
            "nothing: the physical function is counted",
        ),
        Rule::Representor => (
            "it is the switch's end of a virtual function, and has no wire of its own",
            "/sys/class/net/NAME/phys_port_name is that of a function, such as pf0vf1",
            "nothing: its uplink is counted",
        ),
        Rule::SubFunction => (
            "it is a slice of its parent, and has no wire of its own",
            "the file device/sfnum of /sys/class/net/NAME or /sys/class/infiniband/NAME",
            "nothing: its parent's port is counted",
        ),
        Rule::Usb => (
            "on most servers it is the way to the BMC, and carries no workload's traffic",
            "/sys/class/net/NAME or /sys/class/infiniband/NAME hangs on USB",
            COUNT,
        ),
        Rule::Paired => (
            "a Hyper-V guest sees one port twice, as the synthetic interface and as the virtual function behind it",
            "/sys/class/net/NAME: its master, or an interface of the same address, has the driver hv_netvsc",
            "nothing: the interface of hv_netvsc is counted",
        ),
        Rule::NotEthernet => (
            "bandwidth is that of a data center's fabric; wireless, CAN and tunnels are none of it",
            "/sys/class/net/NAME/type is neither 1 nor 32, or there is wireless or phy80211",
            COUNT,
        ),
        Rule::SamePort => (
            "one cable is seen as an InfiniBand device and as a network interface, or as several functions of a card",
            "an InfiniBand or RoCE device on the same PCI function, or for a port that is split into functions the same phys_port_id",
            "nothing: the other view of the port is counted",
        ),
        Rule::Management => (
            "it manages the switch inside the node, and no cable leaves the node from it",
            "the vital product data (device/vpd) of /sys/class/infiniband/NAME says SW_MNG",
            "nothing; where only root may read vpd: --not-counted NAME/PORT or --count NAME/PORT",
        ),
        Rule::OtherFabric => (
            "it is neither of the two kinds of link whose speed the kernel tells",
            "/sys/class/infiniband/NAME/ports/N/link_layer",
            "if it should count: --count NAME/PORT, and its speed with --link-speed NAME/PORT=MBPS",
        ),
        Rule::UnknownType => (
            "what may be a virtual one must not be counted for a real one",
            "/sys/class/net/NAME/type, or for a GPU /sys/bus/pci/devices/ADDRESS/vendor, could not be read",
            "the fault says why; --count NAME or --not-counted NAME decides",
        ),
        Rule::Elsewhere => (
            "the port was moved into a container or another namespace, so that nothing of its link is to be seen here",
            "/sys/bus/pci/devices/ADDRESS has a driver and no port below net, infiniband or its virtio device",
            "read the host's own /sys (mount it and give --root), or say --count ADDRESS with --link-speed, or --not-counted ADDRESS",
        ),
        Rule::Userspace => (
            "the kernel has handed the card to a program, such as a virtual switch, and no longer knows its link",
            "the driver of /sys/bus/pci/devices/ADDRESS is one of vfio's or uio's",
            "if its port should count: --count ADDRESS, and its speed with --link-speed ADDRESS=MBPS",
        ),
        Rule::Passthrough => (
            "a virtual machine has it, and reports it by its own agent",
            "the driver of /sys/bus/pci/devices/ADDRESS is one of vfio's, pci-stub or pciback",
            "nothing, while a virtual machine has it; its agent runs in the virtual machine",
        ),
        Rule::Display => (
            "it drives the screen of a workstation beside the GPUs that compute",
            "the model, by NVML or by the driver's /proc/driver/nvidia, has 'DGX Display' in it",
            COUNT,
        ),
        Rule::Integrated => (
            "its memory is the host's, which is counted as memory",
            "/sys/bus/pci/devices/ADDRESS/hwmon: the voltage in1_label is vddnb, which a GPU shares with the CPUs",
            "if it should count: --count ADDRESS, and its memory with --gpu-memory MODEL=MIB",
        ),
        Rule::Unsupported => (
            "AIOS does not place work by such devices; counted as GPUs they would draw work that they cannot do",
            "class and vendor of /sys/bus/pci/devices/ADDRESS: an accelerator whose maker is neither NVIDIA nor AMD",
            "if it should count: --count ADDRESS, and its memory with --gpu-memory MODEL=MIB",
        ),
        Rule::Stated => (
            "a person knows better than the rules",
            "--not-counted, or INVENTORY_NOT_COUNTED",
            "if it should count: take its name out there",
        ),
    }
}
