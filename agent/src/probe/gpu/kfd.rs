//! AMD's compute topology, from `sys/class/kfd/kfd/topology/nodes` (kernel:
//! `drivers/gpu/drm/amd/amdkfd/kfd_topology.c`).

use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::features::Gfx;
use crate::host::{HostRoot, ReadError};
use crate::probe::pci::Address;
use crate::probe::text::number;
use crate::probe::{Attribute, Device, Report};

/// The folder of nodes: CPUs and GPUs.
pub const NODES: &str = "sys/class/kfd/kfd/topology/nodes";

/// Of a node, and of each of its memory banks. KFD answers EPERM to a process whose device cgroup
/// has not the GPU, such as a pod without devices: to that process KFD has no such GPU.
const PROPERTIES: Attribute =
    Attribute::optional("properties").answering(&[Errno::NOENT, Errno::PERM]);

/// Every attribute of a node's folder that this probe asks for.
pub const ATTRIBUTES: &[Attribute] = &[PROPERTIES];

/// The folder of memory banks below a node's.
pub const BANKS: &str = "mem_banks";

/// KFD's heap types of a GPU's own memory: the part that the CPUs can reach, and the rest.
const GPU_HEAPS: [u64; 2] = [1, 2];

/// The nodes of KFD.
#[derive(Default)]
pub(super) struct Kfd(Vec<Node>);

struct Node {
    folder: PathBuf,
    domain: u64,
    location: u64,
    gfx: Option<Gfx>,
}

impl Kfd {
    /// Reads the nodes; there are none without the driver.
    pub(super) fn read(root: &HostRoot, report: &mut Report) -> Self {
        let names = root.list(NODES).unwrap_or_else(|error| {
            if !error.is_absent() {
                report.fault(&error);
            }
            Vec::new()
        });
        let nodes = names.iter().filter_map(|name| {
            let folder = Path::new(NODES).join(name);
            node(root, folder).unwrap_or_else(|error| {
                let is_answer = error.errno().is_some_and(|no| PROPERTIES.answers.contains(&no));
                if !is_answer {
                    report.fault(&error);
                }
                None
            })
        });
        Self(nodes.collect())
    }

    /// The memory of the GPU at `address` in bytes, over all its partitions; absent where KFD does
    /// not tell all of it.
    pub(super) fn memory_bytes(&self, device: &Device, address: Address) -> Option<u64> {
        let of_nodes = self.of(address).map(|node| bank_bytes(device, &node.folder));
        of_nodes.reduce(|sum, bytes| sum?.checked_add(bytes?))?
    }

    /// The generation of the GPU at `address`.
    pub(super) fn gfx(&self, address: Address) -> Option<Gfx> {
        self.of(address).find_map(|node| node.gfx)
    }

    fn of(&self, address: Address) -> impl Iterator<Item = &Node> {
        self.0.iter().filter(move |node| node.is_at(address))
    }
}

impl Node {
    /// Upper bits of the location hold a partition's number, and on the first kernels that knew
    /// partitions the bits of the PCI function do, which is 0 on these GPUs.
    fn is_at(&self, address: Address) -> bool {
        let ignored = if self.gfx.is_some_and(Gfx::is_partitionable) { 7 } else { 0 };
        let location = self.location & 0xffff & !ignored;
        self.domain == u64::from(address.domain())
            && location == u64::from(address.location()) & !ignored
    }
}

fn node(root: &HostRoot, folder: PathBuf) -> Result<Option<Node>, ReadError> {
    let path = folder.join(PROPERTIES.file);
    let text = root.text(&path)?;
    let Some(location) = property(&text, "location_id") else {
        return Err(ReadError::unexpected(&path, &text, "a 'location_id'"));
    };
    // Kernels before 5.3 have no domain, and before 5.14 no version.
    let domain = property(&text, "domain").unwrap_or(0);
    let version = property(&text, "gfx_target_version").and_then(|text| u32::try_from(text).ok());
    let gfx = version.and_then(Gfx::of_target_version);
    // CPUs have no location.
    Ok((location != 0).then_some(Node { folder, domain, location, gfx }))
}

/// The GPU's memory in one node's banks; absent where a bank cannot be read.
fn bank_bytes(device: &Device, node: &Path) -> Option<u64> {
    let banks = node.join(BANKS);
    let names = match device.root().list(&banks) {
        Ok(names) => names,
        Err(error) if error.is_absent() => return Some(0),
        Err(error) => {
            device.fault(&error);
            return None;
        }
    };
    names.iter().try_fold(0_u64, |sum, name| {
        let text = device.bytes_in(&banks.join(name), PROPERTIES)?;
        let text = String::from_utf8_lossy(&text);
        let is_gpu_s = GPU_HEAPS.contains(&property(&text, "heap_type")?);
        let bytes = property(&text, "size_in_bytes")?;
        sum.checked_add(if is_gpu_s { bytes } else { 0 })
    })
}

/// The value of a line such as `location_id 25600`.
fn property(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(' ')?;
        number(value).filter(|_| key == name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(domain: u64, location: u64, version: u32) -> Node {
        let gfx = Gfx::of_target_version(version);
        Node { folder: PathBuf::new(), domain, location, gfx }
    }

    fn is_at(node: &Node, address: &str) -> bool {
        node.is_at(Address::parse(address).unwrap())
    }

    #[test]
    fn properties_are_lines_of_name_and_number() {
        let text = "cpu_cores_count 0\nlocation_id 25600\nunique_id 1\n";
        assert_eq!(property(text, "location_id"), Some(25600));
        assert_eq!(property(text, "location"), None);
        assert_eq!(property("location_id x\n", "location_id"), None);
    }

    #[test]
    fn a_node_is_found_by_domain_and_location() {
        let gfx90a = node(1, 0x6500, 90_010);
        assert!(is_at(&gfx90a, "0001:65:00.0"));
        for other in ["0000:65:00.0", "0001:65:00.1", "0001:66:00.0"] {
            assert!(!is_at(&gfx90a, other), "{other}");
        }
    }

    #[test]
    fn partitions_are_nodes_of_one_gpu() {
        for location in [0x6500, 0x7000_6500, 0x6507] {
            assert!(is_at(&node(0, location, 90_402), "0000:65:00.0"), "{location:x}");
        }
        assert!(!is_at(&node(0, 0x6507, 110_000), "0000:65:00.0"));
    }
}
