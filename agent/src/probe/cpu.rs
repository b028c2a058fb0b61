//! Online logical CPUs (kernel: Documentation/admin-guide/cputopology.rst).
//!
//! Never affinity or a cgroup's share: a pinned container must still report its host.

use inventory_common::{Cpu, ProbeName};
use rustix::io::Errno;

use super::text::{flag, is_numbered};
use super::{Attribute, Device, Probed, Report};
use crate::host::{HostRoot, ReadError};

/// The folder of CPUs.
pub const FOLDER: &str = "sys/devices/system/cpu";
/// The list of online CPUs.
pub const ONLINE: &str = "sys/devices/system/cpu/online";
/// What the kernel says of each CPU; the last resort, for its format differs by architecture.
pub const CPUINFO: &str = "proc/cpuinfo";

/// Tells the number, or nothing where the source is not there.
type Source = fn(&HostRoot, &mut Report) -> Result<Option<u64>, ReadError>;

/// Each source of the number, most exact first.
const SOURCES: [Source; 3] = [from_ranges, from_folders, from_cpuinfo];

/// The number of online CPUs, from the first source that tells it. A source that is there and
/// cannot be understood makes the probe partial; without any it fails.
#[must_use]
pub fn probe(root: &HostRoot) -> Probed<Option<Cpu>> {
    let mut report = Report::new(ProbeName::Cpu);
    for source in SOURCES {
        match source(root, &mut report) {
            Ok(Some(online)) => return report.done(Some(Cpu { online })),
            Ok(None) => {}
            Err(error) => report.fault(&error),
        }
    }
    report.failed(&ReadError::new(CPUINFO.as_ref(), Errno::NOENT), None)
}

fn from_ranges(root: &HostRoot, _: &mut Report) -> Result<Option<u64>, ReadError> {
    optional(root.parsed(ONLINE, "ranges such as 0-3,8", count_ranges).map(Some))
}

fn from_folders(root: &HostRoot, report: &mut Report) -> Result<Option<u64>, ReadError> {
    let names = optional(root.list(FOLDER).map(Some))?.unwrap_or_default();
    let names = names.iter().filter_map(|name| name.to_str());
    let online = names.filter(|name| is_numbered(name, "cpu")).filter(|name| {
        let cpu = Device::new(root, [FOLDER, name].iter().collect(), (*name).to_owned());
        // A CPU that cannot be taken offline, as the first one often, has no such file.
        let is_offline = cpu.parsed(Attribute::optional("online"), "0 or 1", flag) == Some(false);
        report.device(&cpu);
        !is_offline
    });
    Ok(Some(online.count() as u64).filter(|count| *count > 0))
}

fn from_cpuinfo(root: &HostRoot, _: &mut Report) -> Result<Option<u64>, ReadError> {
    optional(root.parsed(CPUINFO, "processors", count_processors).map(Some))
}

fn optional<T>(result: Result<Option<T>, ReadError>) -> Result<Option<T>, ReadError> {
    match result {
        Err(error) if error.is_absent() => Ok(None),
        result => result,
    }
}

/// More CPUs than any kernel can be built for by far; a list that claims them is damaged.
const MAX_CPUS: u64 = 1 << 20;

/// The number of CPUs in a list such as `0,2-5,64-127`: ascending, as the kernel writes it.
#[must_use]
pub fn count_ranges(text: &str) -> Option<u64> {
    let mut count = 0_u64;
    let mut next = 0;
    for range in text.trim_end().split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let (first, last) = (super::text::number(first)?, super::text::number(last)?);
        if first < next || last < first {
            return None;
        }
        next = last.checked_add(1)?;
        count = count.checked_add(next - first)?;
    }
    Some(count).filter(|count| *count <= MAX_CPUS)
}

/// Keys with which an architecture states the number instead of listing the CPUs.
const COUNT_KEYS: [&str; 3] = ["# processors", "ncpus active", "cpus active"];

/// The number of CPUs in `cpuinfo`: a numbered `processor` each on most architectures, a count on
/// s390, sparc and alpha, and a single named `Processor` on old uniprocessor Arm kernels.
#[must_use]
pub fn count_processors(text: &str) -> Option<u64> {
    let lines = || {
        let pairs = text.lines().filter_map(|line| line.split_once(':'));
        pairs.map(|(key, value)| (key.trim(), value.trim()))
    };
    let is_cpu =
        |(key, value): &(&str, &str)| *key == "processor" && super::text::number(value).is_some();
    let listed = lines().filter(is_cpu).count() as u64;
    let stated = || lines().find(|(key, _)| COUNT_KEYS.contains(key));
    let named = || lines().filter(|(key, _)| *key == "Processor").count() as u64;
    let count = match listed {
        0 => stated().map_or_else(|| Some(named()), |(_, value)| super::text::number(value)),
        listed => Some(listed),
    };
    count.filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_may_be_sparse_and_huge() {
        for (text, count) in [("0\n", 1), ("0-3\n", 4), ("0,2-5,64-127\n", 69), ("1023-1024", 2)] {
            assert_eq!(count_ranges(text), Some(count), "{text:?}");
        }
    }

    #[test]
    fn lists_that_no_kernel_writes_are_refused() {
        for text in [
            "",
            "\n",
            "0-",
            "-3",
            "3-1",
            "0,0",
            "0-4,2",
            "a",
            "0 1",
            "0-1,,3",
            "0-18446744073709551615",
            "18446744073709551616",
        ] {
            assert_eq!(count_ranges(text), None, "{text:?}");
        }
    }

    #[test]
    fn each_architecture_has_its_own_words() {
        for (text, count) in [
            ("processor\t: 0\nmodel name\t: x\n\nprocessor\t: 1\n", 2),
            ("vendor_id       : IBM/S390\n# processors    : 17\nprocessor 0: version = FF\n", 17),
            ("cpu\t\t: TI UltraSparc\nncpus probed\t: 4\nncpus active\t: 2\n", 2),
            ("cpu\t\t\t: Alpha\ncpus detected\t\t: 2\ncpus active\t\t: 2\n", 2),
            ("Processor\t: ARMv7 Processor rev 2\nprocessor\t: 0\n\nprocessor\t: 1\n", 2),
            ("Processor\t: ARM926EJ-S rev 5 (v5l)\nBogoMIPS\t: 99\n", 1),
        ] {
            assert_eq!(count_processors(text), Some(count), "{text:?}");
        }
    }

    #[test]
    fn a_text_without_processors_is_refused() {
        for text in ["", "bogus", "# processors : 0", "model name : processor"] {
            assert_eq!(count_processors(text), None, "{text:?}");
        }
    }
}
