//! InfiniBand and RoCE devices, alone and beside the network devices that they are views of.

use super::*;

#[test]
fn a_class_folder_that_cannot_be_listed_fails_its_probe_alone() {
    let machine = Machine::default().put("sys/class/net", Node::Fault(Errno::IO));
    let network = machine.adapter(&on_card("infiniband/mlx5_0"), "InfiniBand\n").probe();
    assert_eq!(network.outcomes(), (Outcome::Failed, Outcome::Complete));
    assert_eq!(network.shown(), ["mlx5_0/1 100000"]);
}

#[test]
fn two_views_of_a_port_count_once() {
    let network = Machine::default()
        .net(&on_card("net/ib0"), &["type=32\n", "carrier=1", "speed=100000"])
        .adapter(&on_card("infiniband/mlx5_0"), "InfiniBand\n")
        .ethernet("pci0000:00/0000:04:00.0/net/eth0", &[])
        .adapter("pci0000:00/0000:04:00.0/infiniband/mlx5_1", "Ethernet\n")
        .probe();
    let shown = ["eth0 1000", "ib0 same-port", "mlx5_0/1 100000", "mlx5_1/1 same-port"];
    assert_eq!(network.shown(), shown);
}

#[test]
fn a_view_whose_port_is_not_to_be_seen_stands_for_it() {
    let network = Machine::default()
        .net(&on_card("net/ib0"), &["type=32\n", "carrier=1", "speed=100000"])
        .adapter("pci0000:00/0000:04:00.0/infiniband/mlx5_1", "Ethernet\n")
        .put("sys/class/infiniband/mlx5_1/device/net", Node::folder())
        .probe();
    assert_eq!(network.shown(), ["ib0 100000", "mlx5_1/1 100000"]);
}

#[test]
fn infiniband_ports_are_judged_by_their_adapter_and_their_link_layer() {
    let machine = Machine::default()
        .adapter("virtual/infiniband/rxe0", "Ethernet\n")
        .adapter(&on_card("infiniband/mlx5_0"), "InfiniBand\n")
        .file("sys/class/infiniband/mlx5_0/device/vpd", "\u{1}SMDL=SW_MNG\0")
        .adapter("pci0000:00/0000:04:00.0/infiniband/mlx5_1", "InfiniBand\n")
        .file("sys/class/infiniband/mlx5_1/device/physfn/x", "")
        .adapter("pci0000:00/0000:05:00.0/infiniband/efa_0", "Unknown\n")
        .adapter("pci0000:00/0000:06:00.0/infiniband/mlx5_2", "InfiniBand\n")
        .file("sys/class/infiniband/mlx5_2/ports/2/state", "1: DOWN\n")
        .file("sys/class/infiniband/mlx5_2/ports/2/rate", "10 Gb/sec (4X SDR)\n");
    let network = machine.probe();
    assert_eq!(
        network.shown(),
        [
            "efa_0/1 other-fabric",
            "mlx5_0/1 management",
            "mlx5_1/1 vf",
            "mlx5_2/1 100000",
            "mlx5_2/2 0",
            "rxe0/1 virtual",
        ]
    );
    assert_eq!(network.outcomes(), (Outcome::Absent, Outcome::Complete));
}

#[test]
fn product_data_that_cannot_be_read_is_a_fault_of_a_counted_port_only() {
    let machine = |files: &str| {
        let broken = Node::Fault(Errno::IO);
        let machine = Machine::default().adapter(&on_card("infiniband/mlx5_0"), "InfiniBand\n");
        machine
            .put("sys/class/infiniband/mlx5_0/device/vpd", broken)
            .file(&format!("sys/class/infiniband/mlx5_0/device/{files}"), "")
    };
    assert_eq!(machine("uevent").probe().outcomes().1, Outcome::Partial);
    assert_eq!(machine("physfn/x").probe().outcomes().1, Outcome::Complete);
}

#[test]
fn ports_and_adapters_that_lead_nowhere_are_faults() {
    let nowhere = Node::Link("../../devices/pci0000:00/0000:09:00.0/infiniband/mlx5_9".into());
    let network = Machine::default()
        .adapter(&on_card("infiniband/mlx5_0"), "InfiniBand\n")
        .file("sys/class/infiniband/mlx5_0/ports/2", "")
        .put("sys/class/infiniband/mlx5_9", nowhere)
        .probe();
    assert_eq!(network.shown(), ["mlx5_0/1 100000"]);
    let faults = network.infiniband.probe.faults.iter().map(|fault| fault.path.as_str());
    assert!(faults.eq(["sys/class/infiniband/mlx5_0/ports/2", "sys/class/infiniband/mlx5_9"]));
}

#[test]
fn a_person_overrules_rules_and_links() {
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    let stated = Stated {
        count: names(&["bond0", "0000:02:00.0"]),
        not_counted: names(&["eth0", "mlx5_0/1"]),
        link_speeds_mbps: [("0000:02:00.0".to_owned(), 40_000)].into(),
        default_link_speed_mbps: Some(5000),
        ..Stated::default()
    };
    let network = Machine::default()
        .net("virtual/net/bond0", &[])
        .ethernet(&on_card("net/eth0"), &[])
        .adapter("pci0000:00/0000:04:00.0/infiniband/mlx5_0", "InfiniBand\n")
        .function("0000:02:00.0", "mlx5_core")
        .probe_with(&stated);
    let shown = ["bond0 5000", "eth0 stated", "mlx5_0/1 stated", "0000:02:00.0 40000"];
    assert_eq!(network.shown(), shown);
    assert!(network.ports().all(|port| port.stated));
    assert_eq!(network.outcomes(), (Outcome::Complete, Outcome::Complete));
}

#[test]
fn what_is_proven_already_is_not_asked_for() {
    let function = "sys/bus/pci/devices/0000:03:00.0";
    let machine = Machine::default()
        .ethernet(&on_card("net/eth0"), &[])
        .adapter("pci0000:00/0000:04:00.0/infiniband/mlx5_0", "InfiniBand\n")
        .function("0000:03:00.0", "mlx5_core");
    let notes = std::rc::Rc::default();
    let recorder = std::rc::Rc::clone(&notes);
    let root = HostRoot::of_tree(machine.0, Manifest::default());
    let root = root.wrapped(|files| Box::new(Recorder::new(files, recorder)));
    let functions = pci::probe(&root).found;
    let network = probe(&root, &Stated::default(), &functions);
    let notes = notes.borrow();
    let below: Vec<_> = notes.iter().filter(|(path, _)| path.starts_with(function)).collect();
    assert_eq!(below.len(), 2, "its link and its class tell enough: {below:?}");
    let is_folder_s = |(_, access): &&(PathBuf, Access)| matches!(access, Access::IsFolder(..));
    assert_eq!(notes.iter().filter(is_folder_s).count(), 0, "{notes:?}");
    let evidence = &network.infiniband.found[0].evidence;
    let adapter_s = Path::new("sys/class/infiniband/mlx5_0/device/physfn");
    assert!(evidence.iter().any(|read| read.path == adapter_s), "{evidence:?}");
}
