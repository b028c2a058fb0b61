//! Which of the memory in `proc/meminfo` is a GPU's: on GH200, GB200 and POWER9 with NVLink the
//! GPU's memory is onlined as a NUMA node of its own (NVIDIA's driver: nv-procfs.c; kernel:
//! Documentation/ABI/stable/sysfs-devices-node).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::pci::Address;
use super::text::number;
use super::{Attribute, Report, meminfo};
use crate::host::{HostRoot, ReadError};

/// NVIDIA's folders of GPUs, by PCI address.
pub const GPUS: &str = "proc/driver/nvidia/gpus";

/// Of a GPU's folder there; only GPUs whose memory can be a NUMA node have it.
const NUMA_STATUS: Attribute = Attribute::optional("numa_status");

/// Every attribute of a GPU's folder in `proc` that this probe asks for.
pub const ATTRIBUTES: &[Attribute] = &[NUMA_STATUS];

/// The folders of NUMA nodes.
pub const NODES: &str = "sys/devices/system/node";

/// The line of a node's memory, after the node's number.
const MEM_TOTAL: &str = "MemTotal";

const CPU_LIST: Attribute = Attribute::optional("cpulist");
const MEMORY: Attribute = Attribute::required("meminfo");

/// Bytes of `MemTotal` that belong to GPUs: 0 on most machines, and absent where it cannot be told,
/// which makes the memory unknown.
pub fn gpu_owned_bytes(root: &HostRoot, report: &mut Report) -> Option<u64> {
    let names = match root.list(GPUS) {
        Ok(names) => names,
        Err(error) if error.is_absent() => return Some(0),
        Err(error) => return unknown(report, &error, None),
    };
    // All are looked at, so that every fault is told at once; several GPUs may share a node.
    let mut nodes = BTreeSet::new();
    let mut bytes = Some(0_u64);
    for name in names {
        match online_node(root, &Path::new(GPUS).join(&name)) {
            Ok(node) => nodes.extend(node),
            Err(error) => bytes = unknown(report, &error, Some(&gpu_name(&name.to_string_lossy()))),
        }
    }
    for node in nodes {
        match node_bytes(root, node) {
            Ok(of_node) => bytes = bytes.map(|bytes| bytes.saturating_add(of_node)),
            Err(error) => bytes = unknown(report, &error, Some(&format!("node{node}"))),
        }
    }
    bytes
}

/// The GPU's address as sysfs writes it, which is what the GPU is called everywhere else.
fn gpu_name(folder: &str) -> String {
    Address::parse(folder).map_or_else(|| folder.to_owned(), |address| address.to_string())
}

/// Notes why; one unknown part makes the whole unknown.
fn unknown(report: &mut Report, error: &ReadError, device: Option<&str>) -> Option<u64> {
    report.push(error.fault(device));
    None
}

/// The node that holds the GPU's memory now; absent where none does.
fn online_node(root: &HostRoot, gpu: &Path) -> Result<Option<u64>, ReadError> {
    let expected = "a 'Node:' and a 'Status:'";
    match root.parsed(gpu.join(NUMA_STATUS.file), expected, numa_status) {
        Err(error) if error.is_absent() => Ok(None),
        status => Ok(status?.node()),
    }
}

/// The memory of a node in bytes: 0 for one that has CPUs, whose memory is the host's whoever
/// claims it.
fn node_bytes(root: &HostRoot, node: u64) -> Result<u64, ReadError> {
    let folder: PathBuf = Path::new(NODES).join(format!("node{node}"));
    let has_cpus = match root.text(folder.join(CPU_LIST.file)) {
        Ok(list) => !list.trim().is_empty(),
        Err(error) if error.is_absent() => false,
        Err(error) => return Err(error),
    };
    if has_cpus {
        return Ok(0);
    }
    root.parsed(folder.join(MEMORY.file), "a 'MemTotal:' in kB", mem_total_bytes)
}

/// What `numa_status` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NumaStatus {
    /// Absent where the driver says -1.
    node: Option<u64>,
    is_online: bool,
}

impl NumaStatus {
    fn node(self) -> Option<u64> {
        self.node.filter(|_| self.is_online)
    }
}

/// `Node:      8` and `Status:    online`. The driver has seven words for the status; memory that
/// is on its way in or out is not the host's to sell, and not in its `MemTotal` for long.
fn numa_status(text: &str) -> Option<NumaStatus> {
    let value = |key: &str| Some(text.lines().find_map(|line| line.strip_prefix(key))?.trim());
    let node = match value("Node:")? {
        "-1" => None,
        node => Some(number(node)?),
    };
    let status = value("Status:").filter(|status| !status.is_empty())?;
    Some(NumaStatus { node, is_online: status == "online" })
}

/// Bytes of the line `Node 8 MemTotal:  98304 kB`.
fn mem_total_bytes(text: &str) -> Option<u64> {
    let (_, line) = text.lines().find_map(|line| line.split_at_checked(line.find(MEM_TOTAL)?))?;
    meminfo::parse_bytes(line, MEM_TOTAL)
}

#[cfg(test)]
mod tests {
    use inventory_common::{Cause, Outcome, Probe, ProbeName};
    use rustix::io::Errno;

    use super::*;
    use crate::host::manifest::Manifest;
    use crate::host::{Node, Tree};

    const STATUS: &str = "proc/driver/nvidia/gpus/0009:01:00.0/numa_status";
    const ONLINE: &str = "Node:      8\nStatus:    online\nAddress:   ff\nSize:      ff\n";

    /// What is owned on a host with these files, and how the probe went.
    fn owned(files: &[(&str, Result<&str, Errno>)]) -> (Option<u64>, Probe) {
        let mut tree = Tree::default();
        for (path, content) in files {
            let node = match content {
                Ok(text) => Node::File(text.as_bytes().to_vec()),
                Err(errno) => Node::Fault(*errno),
            };
            tree.insert(Path::new(path), node).unwrap();
        }
        let root = HostRoot::of_tree(tree, Manifest::default());
        let mut report = Report::new(ProbeName::Memory);
        let bytes = gpu_owned_bytes(&root, &mut report);
        (bytes, report.done(()).probe)
    }

    fn node(files: &[(&str, Result<&str, Errno>)]) -> (Option<u64>, Probe) {
        let status = [(STATUS, Ok(ONLINE))];
        owned(&status.iter().chain(files).copied().collect::<Vec<_>>())
    }

    #[test]
    fn the_memory_of_an_onlined_gpu_is_the_gpu_s() {
        let (bytes, probe) = node(&[
            (
                "sys/devices/system/node/node8/meminfo",
                Ok("Node 8 MemTotal:       98304 kB\nNode 8 MemFree:  1 kB\n"),
            ),
            ("sys/devices/system/node/node8/cpulist", Ok("\n")),
        ]);
        assert_eq!((bytes, probe.outcome), (Some(98304 << 10), Outcome::Complete));
    }

    #[test]
    fn a_node_that_two_gpus_name_is_taken_once() {
        let (bytes, _) = node(&[
            ("proc/driver/nvidia/gpus/0019:01:00.0/numa_status", Ok(ONLINE)),
            ("sys/devices/system/node/node8/meminfo", Ok("Node 8 MemTotal: 4 kB")),
        ]);
        assert_eq!(bytes, Some(4096));
    }

    #[test]
    fn the_memory_of_two_gpus_is_added() {
        let (bytes, _) = node(&[
            ("proc/driver/nvidia/gpus/0019:01:00.0/numa_status", Ok("Node: 16\nStatus: online\n")),
            ("sys/devices/system/node/node8/meminfo", Ok("Node 8 MemTotal: 4 kB")),
            ("sys/devices/system/node/node16/meminfo", Ok("Node 16 MemTotal: 8 kB")),
        ]);
        assert_eq!(bytes, Some(12 << 10));
    }

    #[test]
    fn a_node_with_cpus_is_the_host_s() {
        let (bytes, probe) = node(&[("sys/devices/system/node/node8/cpulist", Ok("0-71\n"))]);
        assert_eq!((bytes, probe.outcome), (Some(0), Outcome::Complete));
    }

    #[test]
    fn memory_that_is_not_online_is_nobody_s_yet() {
        for status in [
            "disabled",
            "offline",
            "online_in_progress",
            "online_failed",
            "offline_in_progress",
            "offline_failed",
            "invalid",
        ] {
            let text = format!("Node:      8\nStatus:    {status}\n");
            assert_eq!(owned(&[(STATUS, Ok(&text))]).0, Some(0), "{status}");
        }
        assert_eq!(owned(&[(STATUS, Ok("Node:      -1\nStatus:    online\n"))]).0, Some(0));
    }

    #[test]
    fn a_host_without_such_gpus_owes_them_nothing() {
        let (bytes, probe) = owned(&[]);
        assert_eq!((bytes, probe.outcome), (Some(0), Outcome::Complete));
        let (bytes, probe) = owned(&[("proc/driver/nvidia/gpus/0000:65:00.0/information", Ok(""))]);
        assert_eq!((bytes, probe.outcome), (Some(0), Outcome::Complete));
    }

    #[test]
    fn a_status_that_cannot_be_understood_makes_memory_unknown() {
        for text in [
            "",
            "Node: 8\n",
            "Status: online\n",
            "Node: -2\nStatus: online\n",
            "Node: x\nStatus: online\n",
            "Node: 8\nStatus:\n",
        ] {
            let (bytes, probe) = owned(&[(STATUS, Ok(text))]);
            assert_eq!((bytes, probe.faults.len()), (None, 1), "{text:?}");
            assert_eq!(probe.faults[0].cause, Cause::Malformed);
            assert_eq!(probe.faults[0].device.as_deref(), Some("0009:01:00.0"));
        }
    }

    #[test]
    fn what_cannot_be_read_makes_memory_unknown() {
        let unreadable = Err(Errno::IO);
        for (path, status) in [
            ("proc/driver/nvidia/gpus", None),
            (STATUS, None),
            ("sys/devices/system/node/node8/cpulist", Some(ONLINE)),
            ("sys/devices/system/node/node8/meminfo", Some(ONLINE)),
        ] {
            let mut files: Vec<_> = status.map(|text| (STATUS, Ok(text))).into_iter().collect();
            files.push((path, unreadable));
            let (bytes, probe) = owned(&files);
            assert_eq!((bytes, probe.faults.len()), (None, 1), "{path}");
            assert_eq!(probe.faults[0].path, path);
        }
    }

    #[test]
    fn a_node_without_its_memory_makes_memory_unknown() {
        let (bytes, probe) = node(&[]);
        assert_eq!((bytes, probe.faults[0].cause), (None, Cause::Absent));
        assert_eq!(probe.faults[0].device.as_deref(), Some("node8"));
    }

    #[test]
    fn totals_are_in_units_of_1024_bytes() {
        assert_eq!(
            mem_total_bytes("Node 8 MemTotal:       98304 kB\nNode 8 MemFree: 0 kB\n"),
            Some(98304 << 10)
        );
        for bad in [
            "",
            "MemTotal:",
            "MemTotal: 5",
            "MemTotal: -5 kB",
            "MemTotal: 5 MB",
            "MemTotal: 18446744073709551615 kB",
        ] {
            assert_eq!(mem_total_bytes(bad), None, "{bad:?}");
        }
    }
}
