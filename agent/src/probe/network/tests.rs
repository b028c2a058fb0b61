//! Small hosts for the rules that look at several sources.

mod fabric;

use std::path::{Path, PathBuf};

use inventory_common::{Outcome, PortState};
use rustix::io::Errno;

use super::*;
use crate::host::manifest::Manifest;
use crate::host::{Access, Node, Recorder, Tree};

/// A host under construction.
#[derive(Default)]
struct Machine(Tree);

impl Machine {
    fn put(mut self, path: &str, node: Node) -> Self {
        self.0.insert(Path::new(path), node).unwrap();
        self
    }

    fn file(self, path: &str, text: &str) -> Self {
        self.put(path, Node::File(text.as_bytes().to_vec()))
    }

    /// An entry of a class folder or bus that leads to `sys/devices/<place>`.
    fn entry(self, folder: &str, place: &str) -> Self {
        let name = place.rsplit('/').next().unwrap();
        let up = "../".repeat(folder.split('/').count() - 1);
        self.put(&format!("{folder}/{name}"), Node::Link(format!("{up}devices/{place}").into()))
            .put(&format!("sys/devices/{place}"), Node::folder())
    }

    /// A network device with these files, such as `speed=1000`.
    fn net(self, place: &str, files: &[&str]) -> Self {
        let name = place.rsplit('/').next().unwrap().to_owned();
        files.iter().fold(self.entry("sys/class/net", place), |machine, file| {
            let (file, text) = file.split_once('=').unwrap();
            machine.file(&format!("sys/class/net/{name}/{file}"), text)
        })
    }

    /// An Ethernet port with a link of 1 Gbit/s, and more files.
    fn ethernet(self, place: &str, files: &[&str]) -> Self {
        self.net(place, &[&["type=1", "carrier=1", "speed=1000"], files].concat())
    }

    /// An InfiniBand device with one active port of 100 Gbit/s.
    fn adapter(self, place: &str, link_layer: &str) -> Self {
        let machine = self.entry("sys/class/infiniband", place);
        let port = format!("sys/devices/{place}/ports/1");
        machine
            .file(&format!("{port}/link_layer"), link_layer)
            .file(&format!("{port}/state"), "4: ACTIVE\n")
            .file(&format!("{port}/rate"), "100 Gb/sec (4X EDR)\n")
    }

    /// A network card's function with this driver.
    fn function(self, address: &str, driver: &str) -> Self {
        let place = format!("pci0000:00/{address}");
        let link = Node::Link(format!("../../../bus/pci/drivers/{driver}").into());
        self.entry(pci::BUS, &place)
            .file(&format!("sys/devices/{place}/class"), "0x020000\n")
            .put(&format!("sys/devices/{place}/driver"), link)
    }

    fn probe_with(self, stated: &Stated) -> Network {
        let root = HostRoot::of_tree(self.0, Manifest::default());
        let functions = pci::probe(&root).found;
        probe(&root, stated, &functions)
    }

    fn probe(self) -> Network {
        self.probe_with(&Stated::default())
    }
}

impl Network {
    fn ports(&self) -> impl Iterator<Item = &Port> {
        let seen = [&self.net.found, &self.infiniband.found, &self.hidden];
        seen.into_iter().flatten().map(|seen| &seen.device)
    }

    /// Each port as `name rule` or `name Mbit/s`.
    fn shown(&self) -> Vec<String> {
        let shown = |port: &Port| match (port.verdict.rule(), port.speed_mbps) {
            (Some(rule), _) => format!("{} {rule}", port.name),
            (None, Some(mbps)) => format!("{} {mbps}", port.name),
            (None, None) => format!("{} ?", port.name),
        };
        self.ports().map(shown).collect()
    }

    /// The paths that went wrong in the net probe.
    fn faults(&self) -> Vec<&str> {
        self.net.probe.faults.iter().map(|fault| fault.path.as_str()).collect()
    }

    fn outcomes(&self) -> (Outcome, Outcome) {
        (self.net.probe.outcome, self.infiniband.probe.outcome)
    }
}

const CARD: &str = "pci0000:00/0000:03:00.0";

fn on_card(device: &str) -> String {
    format!("{CARD}/{device}")
}

#[test]
fn a_host_without_class_folders_has_no_ports() {
    let network = Machine::default().put("sys", Node::folder()).probe();
    assert_eq!(network.outcomes(), (Outcome::Absent, Outcome::Absent));
    assert_eq!(network.ports().count(), 0);
}

#[test]
fn the_first_rule_that_applies_is_told() {
    let machine = Machine::default()
        .net("virtual/net/bond0", &["type=1"])
        .ethernet(&on_card("net/eth0"), &[])
        .ethernet(&on_card("net/eth1"), &["phys_port_name=pf0vf1\n"])
        .ethernet("pci0000:00/0000:03:00.1/net/eth2", &["device/physfn/x=", "type=32"])
        .ethernet("pci0000:00/0000:04:00.0/sf.4/net/eth3", &["device/sfnum=88\n"])
        .ethernet("pci0000:00/0000:05:00.0/usb1/1-1/net/usb0", &[])
        .net("pci0000:00/0000:06:00.0/net/can0", &["type=280\n"])
        .net("pci0000:00/0000:07:00.0/net/wlan0", &["type=1\n", "phy80211/name=phy0\n"])
        .file("sys/class/net/bonding_masters", "bond0\n");
    let network = machine.probe();
    assert_eq!(
        network.shown(),
        [
            "bond0 virtual",
            "can0 not-ethernet",
            "eth0 1000",
            "eth1 representor",
            "eth2 vf",
            "eth3 sub-function",
            "usb0 usb",
            "wlan0 not-ethernet",
        ]
    );
    assert_eq!(network.outcomes(), (Outcome::Complete, Outcome::Absent));
}

#[test]
fn a_virtual_function_costs_one_question() {
    let place = on_card("net/eth0");
    let network = Machine::default().ethernet(&place, &["device/physfn/x="]).probe();
    let asked: Vec<_> =
        network.net.found[0].evidence.iter().map(|seen| seen.path.clone()).collect();
    let asked: Vec<_> = asked.iter().map(|path| path.to_str().unwrap()).collect();
    assert_eq!(asked, ["sys/class/net/eth0", "sys/class/net/eth0/device/physfn"]);
}

#[test]
fn a_device_of_unknown_type_is_listed_and_makes_the_probe_partial() {
    for files in [&[][..], &["type=Ethernet\n"], &["type=-1\n"], &["type=99999999999999999999\n"]] {
        let machine = Machine::default().net(&on_card("net/eth0"), files);
        let network = machine.ethernet("pci0000:00/0000:04:00.0/net/eth1", &[]).probe();
        assert_eq!(network.shown(), ["eth0 unknown-type", "eth1 1000"]);
        assert_eq!(network.faults(), ["sys/class/net/eth0/type"]);
    }
}

#[test]
fn an_entry_that_leads_to_no_folder_is_a_fault_unless_it_is_virtual() {
    let dangling = |place: &str| Node::Link(format!("../../devices/{place}").into());
    let machine = Machine::default()
        .put("sys/class/net/eth0", dangling(&on_card("net/eth0")))
        .put("sys/class/net/veth0", dangling("virtual/net/veth0"))
        .file("sys/class/net/oddity", "");
    let network = machine.probe();
    assert_eq!(network.shown(), ["veth0 virtual"]);
    assert_eq!(network.faults(), ["sys/class/net/eth0", "sys/class/net/oddity"]);
}

#[test]
fn links_are_up_down_or_unknown() {
    let link = |carrier: Node, speed: &str| {
        let place = on_card("net/eth0");
        let machine = Machine::default().net(&place, &["type=1", &format!("speed={speed}")]);
        machine.put("sys/class/net/eth0/carrier", carrier).probe()
    };
    let up = || Node::File(b"1\n".to_vec());
    for (carrier, speed, shown, faults) in [
        (up(), "25000\n", "eth0 25000", 0),
        (up(), "-1\n", "eth0 ?", 0),
        (up(), "fast\n", "eth0 ?", 1),
        (Node::File(b"0\n".to_vec()), "fast\n", "eth0 0", 0),
        (Node::Fault(Errno::INVAL), "10\n", "eth0 0", 0),
        (Node::Fault(Errno::OPNOTSUPP), "10\n", "eth0 10", 0),
        (Node::Fault(Errno::IO), "10\n", "eth0 ?", 1),
    ] {
        let network = link(carrier, speed);
        assert_eq!(network.shown(), [shown]);
        assert_eq!(network.faults().len(), faults, "{shown}");
        let no_link = network.ports().all(|port| port.state == Some(PortState::NoLink));
        assert_eq!(no_link, shown == "eth0 0");
    }
}

#[test]
fn functions_that_share_a_port_count_once() {
    let network = Machine::default()
        .ethernet(&on_card("net/eth0"), &["phys_port_id=a0b1\n"])
        .ethernet("pci0000:00/0000:03:00.1/net/eth1", &["phys_port_id=a0b1\n"])
        .ethernet("pci0000:00/0000:03:00.2/net/eth2", &["phys_port_id=\n"])
        .ethernet("pci0000:00/0000:03:00.3/net/eth3", &["phys_port_id=\n"])
        .probe();
    assert_eq!(network.shown(), ["eth0 1000", "eth1 same-port", "eth2 1000", "eth3 1000"]);
}

#[test]
fn the_synthetic_interface_of_a_hyper_v_pair_counts() {
    let driver = || Node::Link("../../../bus/vmbus/drivers/hv_netvsc".into());
    let machine = Machine::default()
        .ethernet("VMBUS/guid/net/eth0", &["address=00:0D:3a:00:00:01\n"])
        .put("sys/class/net/eth0/device/driver", driver())
        .ethernet(&on_card("net/enP1"), &["address=00:0d:3a:00:00:01\n"])
        .ethernet("pci0000:00/0000:04:00.0/net/enP2", &["address=00:0d:3a:00:00:02\n"])
        .put("sys/class/net/enP2/master", Node::Link("../../../../VMBUS/guid/net/eth0".into()))
        .ethernet("pci0000:00/0000:05:00.0/net/enP3", &["address=00:0d:3a:00:00:03\n"]);
    let network = machine.probe();
    assert_eq!(network.shown(), ["enP1 paired", "enP2 paired", "enP3 1000", "eth0 1000"]);
}

#[test]
fn functions_without_a_port_to_be_seen_are_elsewhere_or_in_user_space() {
    let below = |address: &str, path: &str| format!("sys/devices/pci0000:00/{address}/{path}");
    let network = Machine::default()
        .function("0000:01:00.0", "vfio-pci")
        .function("0000:02:00.0", "mlx5_core")
        .put(&below("0000:02:00.0", "net"), Node::folder())
        .function("0000:03:00.0", "mlx5_core")
        .ethernet(&on_card("net/eth0"), &[])
        .function("0000:04:00.0", "virtio-pci")
        .put(&below("0000:04:00.0", "virtio0/net/eth9"), Node::folder())
        .function("0000:05:00.0", "mlx5_core")
        .put(&below("0000:05:00.0", "physfn"), Node::Link("../0000:02:00.0".into()))
        .entry(pci::BUS, "pci0000:00/0000:06:00.0")
        .put(&below("0000:06:00.0", "class"), Node::File(b"0x020000\n".to_vec()))
        .probe();
    let shown = ["eth0 1000", "0000:01:00.0 userspace", "0000:02:00.0 elsewhere"];
    assert_eq!(network.shown(), shown);
    assert_eq!(network.faults(), ["sys/bus/pci/devices/0000:02:00.0"]);
    assert_eq!(network.net.probe.outcome, Outcome::Partial);
}

/// A host with one port of each kind on cards of their own, but for a RoCE device beside `eth1`.
fn mixed_machine() -> Machine {
    Machine::default()
        .ethernet(&on_card("net/eth0"), &["phys_port_id=a0\n", "address=02:00:00:00:00:01\n"])
        .ethernet("pci0000:00/0000:04:00.0/net/eth1", &["phys_port_id=a1\n"])
        .adapter("pci0000:00/0000:04:00.0/infiniband/mlx5_1", "Ethernet\n")
        .adapter("pci0000:00/0000:05:00.0/infiniband/mlx5_0", "InfiniBand\n")
        .net("pci0000:00/0000:05:00.0/net/ib0", &["type=32\n"])
        .function("0000:06:00.0", "vfio-pci")
}

/// Every path that the probes ask for on this host.
fn asked(machine: Machine) -> Vec<PathBuf> {
    let notes = std::rc::Rc::default();
    let recorder = std::rc::Rc::clone(&notes);
    let root = HostRoot::of_tree(machine.0, Manifest::default());
    let root = root.wrapped(|files| Box::new(Recorder::new(files, recorder)));
    let functions = pci::probe(&root).found;
    let network = probe(&root, &Stated::default(), &functions);
    assert_eq!(network.shown(), mixed_machine().probe().shown());
    let notes = notes.borrow();
    notes.iter().map(|(path, _)| path.clone()).collect()
}

#[test]
fn no_file_of_a_device_changes_what_is_said_of_another() {
    let whole = mixed_machine().probe().shown();
    assert_eq!(whole.len(), 6);
    let nodes = [Errno::IO, Errno::ACCESS, Errno::NODEV, Errno::INVAL].map(Node::Fault);
    let oddities = [Node::folder(), Node::File(b"\xff\n".to_vec()), Node::Link("nowhere".into())];
    let folders = [net::CLASS, infiniband::CLASS, pci::BUS].map(PathBuf::from);
    let devices = asked(mixed_machine()).into_iter().filter(|path| !folders.contains(path));
    for path in devices {
        for node in nodes.iter().chain(&oddities) {
            let Some(path) = path.to_str() else { continue };
            let shown = mixed_machine().put(path, node.clone()).probe().shown();
            let is_own = |port: &&String| {
                let name = port.split([' ', '/']).next().unwrap();
                path.split('/').any(|part| part == name)
            };
            let others: Vec<_> = whole.iter().filter(|port| !is_own(port)).collect();
            let left: Vec<_> = shown.iter().filter(|port| !is_own(port)).collect();
            assert_eq!(left, others, "{path} {node:?}");
        }
    }
}
