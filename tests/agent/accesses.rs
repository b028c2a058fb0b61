//! What reading a host costs, counted in accesses: one more device costs the same however many there are.

use std::collections::BTreeMap;

use inventory_agent::probe::Depth;

use crate::support::accesses::{accesses, kind, repeated};
use crate::support::sketch;

/// A kind of device: the lines that describe the one of a number, and what asking about one more takes.
struct Kind {
    what: &'static str,
    lines: &'static str,
    cost: &'static [(&'static str, usize)],
}

const KINDS: &[Kind] = &[
    Kind {
        what: "a SATA disk",
        lines: "\
sys/block/sd# -> ../devices/pci0000:00/0000:00:1f.2/ata#/host#/target#:0:0/#:0:0:0/block/sd#
sys/block/sd#/size = 8388608
sys/block/sd#/hidden = 0
sys/block/sd#/ro = 0
sys/block/sd#/removable = 0
sys/block/sd#/device -> ../../../#:0:0:0
sys/block/sd#/device/type = 0
sys/block/sd#/device/wwid = naa.50000000000000#
",
        cost: &[("read", 6), ("link", 1)],
    },
    Kind {
        what: "an NVMe drive",
        lines: "\
sys/block/nvme#n1 -> ../devices/pci0000:00/0000:00:01.0/0000:#:00.0/nvme/nvme#/nvme#n1
sys/block/nvme#n1/size = 2097152
sys/block/nvme#n1/hidden = 0
sys/block/nvme#n1/ro = 0
sys/block/nvme#n1/removable = 0
sys/block/nvme#n1/wwid = eui.00253800000000#
sys/devices/pci0000:00/0000:00:01.0/0000:#:00.0/nvme/nvme#/transport = pcie
sys/devices/pci0000:00/0000:00:01.0/0000:#:00.0/nvme/nvme#/serial = S#
pci 0000:#:00.0 0x010802 0x144d 0xa80a nvme
",
        cost: &[("read", 9), ("link", 1)],
    },
    Kind {
        what: "a multipath NVMe drive",
        lines: "\
sys/block/nvme#n1 -> ../devices/virtual/nvme-subsystem/nvme-subsys#/nvme#n1
sys/block/nvme#n1/size = 4194304
sys/block/nvme#n1/hidden = 0
sys/block/nvme#n1/ro = 0
sys/block/nvme#n1/removable = 0
sys/block/nvme#n1/wwid = uuid.f81d4fae-7dec-11d0-a765-00a0c91e6b#
sys/devices/virtual/nvme-subsystem/nvme-subsys#/nvme# -> ../../../pci0000:00/0000:00:02.0/0000:#:00.0/nvme/nvme#
sys/devices/pci0000:00/0000:00:02.0/0000:#:00.0/nvme/nvme#/transport = pcie
",
        cost: &[("read", 7), ("link", 1), ("list", 1)],
    },
    Kind {
        what: "an iSCSI disk",
        lines: "\
sys/block/sd# -> ../devices/platform/host#/session#/target#:0:0/#:0:0:0/block/sd#
sys/block/sd#/size = 8388608
",
        cost: &[("read", 1), ("link", 1)],
    },
    Kind {
        what: "a loop device",
        lines: "\
sys/block/loop# -> ../devices/virtual/block/loop#
sys/block/loop#/size = 8
",
        cost: &[("link", 1)],
    },
    Kind {
        what: "an Ethernet port",
        lines: "\
sys/class/net/eth# -> ../../devices/pci0000:00/0000:00:03.0/0000:#:00.0/net/eth#
sys/class/net/eth#/type = 1
sys/class/net/eth#/carrier = 1
sys/class/net/eth#/speed = 10000
sys/class/net/eth#/phys_port_name = p0
sys/class/net/eth#/phys_port_id = aa#
sys/class/net/eth#/address = 02:00:00:00:00:#
sys/bus/pci/devices/0000:#:00.0 -> ../../../devices/pci0000:00/0000:00:03.0/0000:#:00.0
sys/bus/pci/devices/0000:#:00.0/class = 0x020000
sys/bus/pci/devices/0000:#:00.0/driver -> ../../../../bus/pci/drivers/ice
",
        cost: &[("read", 6), ("link", 7)],
    },
    Kind {
        what: "a virtual function with a port",
        lines: "\
sys/class/net/eth# -> ../../devices/pci0000:00/0000:00:03.0/0000:#:00.1/net/eth#
sys/class/net/eth#/type = 1
sys/class/net/eth#/device -> ../../../0000:#:00.1
sys/class/net/eth#/device/physfn/
sys/bus/pci/devices/0000:#:00.1 -> ../../../devices/pci0000:00/0000:00:03.0/0000:#:00.1
sys/bus/pci/devices/0000:#:00.1/class = 0x020000
",
        cost: &[("read", 1), ("link", 3)],
    },
    Kind {
        what: "a virtual function without a port",
        lines: "\
sys/bus/pci/devices/0000:#:00.1 -> ../../../devices/pci0000:00/0000:00:03.0/0000:#:00.1
sys/bus/pci/devices/0000:#:00.1/class = 0x020000
sys/bus/pci/devices/0000:#:00.1/physfn/
sys/bus/pci/devices/0000:#:00.1/driver -> ../../../../bus/pci/drivers/vfio-pci
",
        cost: &[("read", 1), ("link", 2)],
    },
    Kind {
        what: "a veth",
        lines: "\
sys/class/net/veth# -> ../../devices/virtual/net/veth#
sys/class/net/veth#/type = 1
",
        cost: &[("link", 1)],
    },
    Kind {
        what: "an InfiniBand adapter",
        lines: "\
sys/class/infiniband/mlx5_# -> ../../devices/pci0000:00/0000:00:04.0/0000:#:00.0/infiniband/mlx5_#
sys/class/infiniband/mlx5_#/device -> ../..
sys/class/infiniband/mlx5_#/device/vpd =raw ConnectX-7 adapter
sys/class/infiniband/mlx5_#/ports/1/link_layer = InfiniBand
sys/class/infiniband/mlx5_#/ports/1/state = 4: ACTIVE
sys/class/infiniband/mlx5_#/ports/1/rate = 400 Gb/sec (4X NDR)
sys/bus/pci/devices/0000:#:00.0 -> ../../../devices/pci0000:00/0000:00:04.0/0000:#:00.0
sys/bus/pci/devices/0000:#:00.0/class = 0x020700
",
        cost: &[("read", 5), ("link", 4), ("list", 1)],
    },
    Kind {
        what: "an NVIDIA GPU",
        lines: "\
pci 0000:#:00.0 0x030200 0x10de 0x2330 nvidia
proc/driver/nvidia/gpus/0000:#:00.0/information = Model: \\t NVIDIA H100 80GB HBM3
",
        cost: &[("read", 5), ("link", 3)],
    },
    Kind {
        what: "an AMD GPU",
        lines: "\
pci 0000:#:00.0 0x038000 0x1002 0x74a1 amdgpu
sys/bus/pci/devices/0000:#:00.0/mem_info_vram_total = 206141652992
sys/bus/pci/devices/0000:#:00.0/product_name = AMD Instinct MI300X
",
        cost: &[("read", 5), ("link", 3), ("list", 1)],
    },
    Kind {
        what: "any other PCI function",
        lines: "pci 0000:#:00.0 0x060400 0x8086 0x1111\n",
        cost: &[("read", 1)],
    },
];

type Costs = BTreeMap<&'static str, usize>;

/// How many accesses of each kind a host takes that has so many of these devices.
fn costs(lines: &str, devices: usize) -> Costs {
    // Numbers of two digits, so that one order fits all.
    let lines: String =
        (10..10 + devices).map(|number| lines.replace('#', &number.to_string())).collect();
    let accesses = accesses(sketch::tree(&lines), Depth::Figures);
    assert_eq!(repeated(&accesses), [""; 0]);
    let mut costs = Costs::new();
    for (_, access) in &accesses {
        *costs.entry(kind(access)).or_default() += 1;
    }
    costs
}

#[test]
fn one_more_device_costs_the_same_however_many_there_are() {
    const MORE: usize = 30;
    let wrong = KINDS.iter().filter_map(|Kind { what, lines, cost }| {
        let (few, many) = (costs(lines, 2), costs(lines, 2 + MORE));
        let mut expected = few.clone();
        for (kind, count) in *cost {
            *expected.entry(kind).or_default() += MORE * count;
        }
        (many != expected)
            .then(|| format!("{what}: from {few:?} to {many:?} instead of {expected:?}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}
