//! What a capture promises: the same inventory, with and without what identifies the machine.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use inventory_common::Stated;
use rustix::io::Errno;

use super::*;
use crate::host::{Access, Files, Node, OpenError};
use crate::probe::{Depth, survey};

/// A folder that is gone after the test.
pub(super) struct Folder(pub(super) PathBuf);

/// An order that asks no NVML.
fn files_only() -> Order {
    let timeout = std::time::Duration::from_secs(1);
    Order { source: source::Source::Files, library: None, timeout, on_wait: None }
}

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let name = format!("inventory-agent-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn names(&self) -> Vec<OsString> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).unwrap();
    }
}

const GUID: &str = "4f1d7a3e-9c2b-4e8d-8a61-3b5c7d9e0f12";

/// What identifies the machine of [`host`], each in the form that it has there.
const SECRETS: [&str; 7] = [
    "Rack2",
    GUID,
    "5000c500a1b2c3d4",
    "0025385b71b00f3a",
    "SERIALX9",
    "PAGE80X9",
    "9b1c0f2e-1111-4222-8333-444455556666",
];

/// A host with a disk for each rule, and trouble of every kind.
fn host() -> Tree {
    let mut tree = Tree::default();
    let mut put = |path: &str, node: Node| tree.insert(Path::new(path), node).unwrap();
    let file = |text: &str| Node::File(format!("{text}\n").into_bytes());
    for (path, text) in [
        ("proc/meminfo", "MemTotal: 16777216 kB\nSwapTotal: 1024 kB"),
        ("proc/swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1024 0 100"),
        ("proc/sys/kernel/hostname", "GPU-07.Rack2"),
        ("proc/sys/kernel/random/boot_id", "9b1c0f2e-1111-4222-8333-444455556666"),
        ("sys/devices/system/cpu/online", "0-3"),
        ("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "16"),
        ("usr/lib/os-release", "PRETTY_NAME=\"Debian GNU/Linux 13\""),
    ] {
        put(path, file(text));
    }
    put("etc/os-release", Node::Link("../usr/lib/os-release".into()));
    put("sys/block/strange", file(""));
    put("sys/block/gone", Node::Link("../devices/gone/block/gone".into()));
    put("sys/block/lost", Node::Fault(Errno::NOENT));
    put("sys/block/broken", Node::Fault(Errno::IO));
    let vmbus = format!("vmbus/{GUID}/host0/target0:0:0/0:0:0:0");
    let nvme = "pci/nvme/nvme0";
    for (name, place, files) in [
        ("sda", "pci/host1/1:0:0:0", &[("device/wwid", "naa.5000c500a1b2c3d4")][..]),
        ("sdb", "pci/host2/2:0:0:0", &[("device/wwid", "naa.5000c500a1b2c3d4")]),
        ("sdc", "pci/host3/3:0:0:0", &[("device/vpd_pg80", "\0\u{7f}\0\u{8}PAGE80X9")]),
        ("sdd", "pci/host4/4:0:0:0", &[("device/vpd_pg80", "\0\u{7f}\0\u{8}PAGE80X9")]),
        ("sde", "pci/host5/session1/5:0:0:0", &[("ro", "0")]),
        ("sdf", &vmbus, &[("removable", "1")]),
        ("nvme0n1", nvme, &[("wwid", "eui.0025385b71b00f3a"), ("../serial", "SERIALX9    ")]),
        ("nvme1n1", "pci/nvme/nvme1", &[("wwid", "eui.0025385b71b00f3a")]),
        ("loop0", "virtual", &[]),
    ] {
        let (block, up) = if name.starts_with("nvme") { ("", "..") } else { ("block/", "../..") };
        put(
            &format!("sys/block/{name}"),
            Node::Link(format!("../devices/{place}/{block}{name}").into()),
        );
        put(&format!("sys/block/{name}/size"), file("8388608"));
        put(&format!("sys/block/{name}/device"), Node::Link(up.into()));
        for (path, text) in files {
            put(&format!("sys/block/{name}/{path}"), file(text));
        }
    }
    put("sys/block/sdc/size", Node::Fault(Errno::IO));
    put("sys/block/sde/wwid", Node::Fault(Errno::ACCESS));
    tree.refuse(Path::new("sys/block/sdd/device/vpd_pg80"), Errno::INVAL).unwrap();
    tree.refuse(Path::new("sys/kernel/mm/hugepages"), Errno::ACCESS).unwrap();
    tree
}

fn host_root() -> HostRoot {
    HostRoot::of_tree(host(), Manifest::default())
}

fn packed(root: HostRoot, keep_serials: bool) -> Vec<u8> {
    let (tree, manifest) = read(root, &Hints::default(), &files_only());
    let (tree, manifest) =
        if keep_serials { (tree, manifest) } else { scrub::scrub(&tree, &manifest) };
    pack::pack(&tree, &manifest, OsStr::new("host")).unwrap().bytes
}

/// The capture as the archive, and as the folder that it unpacks to.
fn opened(folder: &Folder, bytes: &[u8]) -> [HostRoot; 2] {
    let archive = folder.0.join("x.tar.gz");
    std::fs::write(&archive, bytes).unwrap();
    let unzipped = flate2::read::GzDecoder::new(bytes);
    tar::Archive::new(unzipped).unpack(&folder.0).unwrap();
    [archive, folder.0.join("host")].map(|root| HostRoot::open(&root).unwrap())
}

fn detail(root: &HostRoot, stated: &Stated) -> String {
    let identity = crate::identity::identify(root, &Hints::default());
    let survey = survey(root, identity.name, stated, Depth::Detail);
    let inventory = survey.readings.into_inventory(identity.id, stated);
    serde_json::to_string_pretty(&inventory).unwrap()
}

/// Statements of every kind about every device.
fn statements() -> Vec<Stated> {
    let names = ["sda", "sdb", "sdc", "sdd", "sde", "sdf", "nvme0n1", "nvme1n1", "loop0"];
    let each = names.iter().flat_map(|name| {
        let name = || [(*name).to_owned()].into();
        [
            Stated { count: name(), ..Stated::default() },
            Stated { not_counted: name(), ..Stated::default() },
        ]
    });
    let remote = Stated { count_remote_disks: true, ..Stated::default() };
    each.chain([Stated::default(), remote]).collect()
}

#[test]
fn a_capture_gives_the_host_s_inventory_whatever_is_stated() {
    let folder = Folder::new("same");
    for root in opened(&folder, &packed(host_root(), true)) {
        for stated in statements() {
            assert_eq!(detail(&root, &stated), detail(&host_root(), &stated), "{stated:?}");
        }
    }
}

#[test]
fn without_serials_only_names_differ() {
    let folder = Folder::new("scrubbed");
    let nameless = |text: String| {
        let text = text.replace("gpu-07.rack2", "node-1");
        let boot_id = "00000000-0000-4000-8000-000000000001";
        // The GUID in a path is met before the one in a file.
        text.replace(SECRETS[6], &boot_id.replace("01", "02"))
    };
    for root in opened(&folder, &packed(host_root(), false)) {
        for stated in statements() {
            let original = nameless(detail(&host_root(), &stated));
            assert_eq!(detail(&root, &stated), original, "{stated:?}");
        }
    }
}

#[test]
fn without_serials_nothing_identifies_the_machine() {
    let found = |keep_serials: bool| {
        let (mut unzipped, bytes) = (Vec::new(), packed(host_root(), keep_serials));
        let mut reader = flate2::read::GzDecoder::new(bytes.as_slice());
        std::io::copy(&mut reader, &mut unzipped).unwrap();
        let text = String::from_utf8_lossy(&unzipped).into_owned();
        SECRETS.into_iter().filter(|secret| text.contains(secret)).collect::<Vec<_>>()
    };
    assert_eq!(found(true), SECRETS);
    assert_eq!(found(false), [""; 0]);
}

#[test]
fn the_same_host_gives_the_same_bytes_and_so_does_its_capture() {
    let folder = Folder::new("again");
    for keep_serials in [true, false] {
        let bytes = packed(host_root(), keep_serials);
        assert_eq!(packed(host_root(), keep_serials), bytes);
        for again in opened(&folder, &bytes) {
            assert!(packed(again, keep_serials) == bytes, "keep serials: {keep_serials}");
        }
        std::fs::remove_dir_all(folder.0.join("host")).unwrap();
    }
}

#[test]
fn every_access_has_the_answer_that_it_had() {
    let notes = Notes::default();
    let root = host_root().wrapped(|files| Box::new(Recorder::new(files, notes.clone())));
    ask::everything(&root, &Hints::default());
    let asked = notes.take();
    let collected = collect::collect(&root, &asked);
    let manifest = Manifest { errors: collected.errors, ..Manifest::default() };
    let capture = manifest.apply(collected.tree);
    for (path, access) in asked {
        let answer = match access {
            Access::Read(_) => Access::Read(capture.read(&path, usize::MAX)),
            Access::Link(_) => Access::Link(capture.link(&path)),
            Access::IsFolder(_) => Access::IsFolder(capture.is_folder(&path)),
            Access::List(_) => Access::List(capture.list(&path)),
        };
        assert_eq!(answer, access, "{path:?}");
    }
}

#[test]
fn all_that_a_path_leads_through_is_kept() {
    let (tree, _) = read(host_root(), &Hints::default(), &files_only());
    for path in ["sys/block/sda/size", "sys/devices/pci/host1/1:0:0:0/block/sda/size"] {
        assert_eq!(tree.read(Path::new(path), 99).unwrap(), b"8388608\n");
    }
    for (path, target) in [
        ("sys/block/sda/device", "../.."),
        ("sys/block/gone", "../devices/gone/block/gone"),
        ("etc/os-release", "../usr/lib/os-release"),
    ] {
        assert_eq!(tree.link(Path::new(path)), Ok(PathBuf::from(target)));
    }
}

#[test]
fn a_name_that_is_not_the_node_s_is_left_behind() {
    let unnamed = HostRoot::of_tree(host(), Manifest::default());
    let (tree, manifest) = read(unnamed, &Hints::default(), &files_only());
    assert!(tree.node(Path::new(facts::HOSTNAME)).is_some() && manifest.node_name.is_none());
    let named = Manifest { node_name: Some("node-7".to_owned()), ..Manifest::default() };
    let (_, manifest) = read(HostRoot::of_tree(host(), named), &Hints::default(), &files_only());
    assert_eq!(manifest.node_name.as_deref(), Some("node-7"));
}

#[test]
fn a_damaged_archive_is_one_clear_line() {
    let folder = Folder::new("damaged");
    let bytes = packed(host_root(), true);
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let mut unproved = bytes.clone();
    let last = unproved.len() - 5;
    unproved[last] ^= 0xff;
    let cut = bytes[..middle].to_vec();
    let archive = folder.0.join("x.tar.gz");
    for bad in [Vec::new(), b"no archive".to_vec(), cut, flipped, unproved] {
        std::fs::write(&archive, &bad).unwrap();
        let error = HostRoot::open(&archive).err().unwrap();
        assert!(matches!(error, OpenError::BadCapture { .. }), "{error}");
        assert!(error.to_string().contains("cannot unpack it: "), "{error}");
    }
}
