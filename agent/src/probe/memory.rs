//! Main memory: `MemTotal`, less the NUMA nodes that are a GPU's own memory.

use inventory_common::{HugePages, Memory, ProbeName};

use super::meminfo::{self, Meminfo};
use super::text::{hexadecimal, is_numbered, number};
use super::{Depth, Probed, Report, gpu_nodes};
use crate::host::{HostRoot, ReadError};

/// The folder of memory blocks that can be taken offline (kernel:
/// Documentation/admin-guide/mm/memory-hotplug.rst).
pub const BLOCKS: &str = "sys/devices/system/memory";
/// The folder of huge page pools (kernel: Documentation/admin-guide/mm/hugetlbpage.rst).
pub const HUGE_PAGES: &str = "sys/kernel/mm/hugepages";

/// Main memory; fails without `MemTotal`. Run it after the GPUs: starting their library can bring
/// their memory online.
#[must_use]
pub fn probe(root: &HostRoot, meminfo: &Meminfo, depth: Depth) -> Probed<Option<Memory>> {
    let mut report = Report::new(ProbeName::Memory);
    let total_bytes = match meminfo::bytes(meminfo, "MemTotal", "MemTotal in kB") {
        Ok(0) => {
            let nothing =
                ReadError::malformed(meminfo::FILE.as_ref(), "says that there is no memory");
            return report.failed(&nothing, None);
        }
        Ok(total_bytes) => total_bytes,
        Err(error) => return report.failed(&error, None),
    };
    let gpu_owned_bytes = gpu_nodes::gpu_owned_bytes(root, &mut report);
    if gpu_owned_bytes.is_some_and(|bytes| bytes >= total_bytes) {
        let what = "says no more than the NUMA nodes of the GPUs hold";
        report.fault(&ReadError::malformed(meminfo::FILE.as_ref(), what));
    }
    let is_detailed = depth == Depth::Detail;
    let memory = Memory {
        total_bytes,
        gpu_owned_bytes,
        installed_bytes: if is_detailed { installed_bytes(root) } else { None },
        huge_pages: if is_detailed { huge_pages(root) } else { Vec::new() },
    };
    report.done(Some(memory))
}

/// Online blocks times their size; absent on machines without blocks. For a reader only: it decides
/// no figure, so what cannot be read is simply absent.
fn installed_bytes(root: &HostRoot) -> Option<u64> {
    let size = root.parsed(format!("{BLOCKS}/block_size_bytes"), "a size", hexadecimal).ok()?;
    let names = root.list(BLOCKS).ok()?;
    let blocks = names.iter().filter_map(|name| name.to_str());
    let is_online = |block: &&str| {
        let state = root.text(format!("{BLOCKS}/{block}/state"));
        state.is_ok_and(|state| state.trim() == "online")
    };
    let online = blocks.filter(|name| is_numbered(name, "memory")).filter(is_online).count();
    size.checked_mul(online as u64).filter(|bytes| *bytes > 0)
}

/// The pools of huge pages, by page size; as with [`installed_bytes`], for a reader only.
fn huge_pages(root: &HostRoot) -> Vec<HugePages> {
    let names = root.list(HUGE_PAGES).unwrap_or_default();
    let pool = |name: &str| {
        let page_kib = number(name.strip_prefix("hugepages-")?.strip_suffix("kB")?)?;
        let file = format!("{HUGE_PAGES}/{name}/nr_hugepages");
        Some(HugePages { page_kib, pages: root.parsed(file, "a number", number).ok()? })
    };
    names.iter().filter_map(|name| pool(name.to_str()?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::manifest::Manifest;

    fn root(files: &[(&str, &str)]) -> HostRoot {
        HostRoot::of_tree(files.iter().copied().collect(), Manifest::default())
    }

    const MEMINFO: (&str, &str) = ("proc/meminfo", "MemTotal: 1024 kB\n");

    fn memory(files: &[(&str, &str)], depth: Depth) -> Memory {
        let root = root(&[&[MEMINFO], files].concat());
        probe(&root, &meminfo::read(&root), depth).found.unwrap()
    }

    const BLOCK_FILES: [(&str, &str); 5] = [
        ("sys/devices/system/memory/block_size_bytes", "8000000\n"),
        ("sys/devices/system/memory/memory0/state", "online\n"),
        ("sys/devices/system/memory/memory32/state", "online\n"),
        ("sys/devices/system/memory/memory33/state", "offline\n"),
        ("sys/devices/system/memory/power/state", "online\n"),
    ];

    #[test]
    fn installed_memory_is_that_of_the_online_blocks() {
        assert_eq!(memory(&BLOCK_FILES, Depth::Detail).installed_bytes, Some(2 << 27));
        assert_eq!(memory(&BLOCK_FILES, Depth::Figures).installed_bytes, None);
        assert_eq!(memory(&[], Depth::Detail).installed_bytes, None);
        assert_eq!(memory(&BLOCK_FILES[..1], Depth::Detail).installed_bytes, None);
    }

    #[test]
    fn huge_pages_are_told_by_size_of_page() {
        let files = [
            ("sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "4\n"),
            ("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "512\n"),
            ("sys/kernel/mm/hugepages/other/nr_hugepages", "1\n"),
        ];
        let pools =
            [(2048, 512), (1_048_576, 4)].map(|(page_kib, pages)| HugePages { page_kib, pages });
        assert_eq!(memory(&files, Depth::Detail).huge_pages, pools);
        assert_eq!(memory(&files, Depth::Figures).huge_pages, []);
    }
}
