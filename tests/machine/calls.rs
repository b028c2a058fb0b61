//! What a dump asks of the kernel, call by call: what its accesses take, and no more.

use std::collections::BTreeMap;
use std::path::Path;

use inventory_agent::host::{Access, HostRoot};
use inventory_agent::probe::Depth;

use crate::support::accesses::accesses_to;
use crate::support::agent;
use crate::support::run::command;

/// The most calls before the first that is about the host. Most are the loader's and the library's, and some 25 are for
/// the thread that reads; with glibc 2.36 there are 85.
const START_UP: usize = 120;

/// How many calls of each name a dump may make after that. Names that are not here are not made: no file is looked
/// at before it is read, and there is no second thread and no other process.
fn allowed(accesses: &[(impl AsRef<Path>, Access)]) -> BTreeMap<&'static str, usize> {
    let count = |is: fn(&Path, &Access) -> bool| {
        accesses.iter().filter(|(path, access)| is(path.as_ref(), access)).count()
    };
    let reads = count(|_, access| matches!(access, Access::Read(_)));
    let of_proc =
        count(|path, access| matches!(access, Access::Read(_)) && path.starts_with("proc"));
    let links = count(|_, access| matches!(access, Access::Link(_)));
    let lists = count(|_, access| matches!(access, Access::List(_)));
    let tests = count(|_, access| matches!(access, Access::IsFolder(_)));
    // The root, its proc and the hostname stand before the probes.
    let opens = reads + lists + 3;
    BTreeMap::from([
        ("open", 1),
        ("openat", opens),
        // Only sysfs says all at once; the hostname is of procfs.
        ("read", reads + of_proc + 2),
        ("getdents64", lists * 2),
        ("readlinkat", links),
        ("newfstatat", tests),
        ("fstatfs", 1),
        ("close", opens),
        // So asks a program that is built with assertions before each close.
        ("fcntl", opens),
        // Whether somebody watches, and what he is told.
        ("ioctl", 2),
        ("write", 2),
        // Memory, and the end.
        ("brk", 8),
        ("mmap", 2),
        ("munmap", 2),
        ("sigaltstack", 2),
        // Waiting for the thread that reads, which is looked after about every second, and its end.
        ("futex", 60),
        ("rt_sigprocmask", 1),
        ("madvise", 1),
        ("exit", 1),
        ("exit_group", 1),
    ])
}

pub fn are_those_that_reading_takes() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut strace = command("strace");
    strace.arg("--follow-forks").arg("--output").arg(&trace).arg(agent::PATH);
    // Cargo names folders there in which the loader would look first.
    strace.args(["--dump", "--gpu", "pci"]).env_remove("LD_LIBRARY_PATH");
    let run = agent::Run::of(&mut strace);
    assert!([0, 3].contains(&run.exit), "{run:?}");
    let trace = std::fs::read_to_string(&trace).unwrap();
    let is_of_host = |line: &&str| line.contains("open") && line.contains("\"/\", ");
    let start_up = trace.lines().take_while(|line| !is_of_host(line)).count();
    assert!(start_up <= START_UP, "{start_up} calls before the host is opened\n{trace}");

    let root = HostRoot::open(Path::new("/")).unwrap();
    let allowed = allowed(&accesses_to(root, Depth::Figures));
    let mut made: BTreeMap<&str, usize> = BTreeMap::new();
    for line in trace.lines().skip(start_up) {
        // `PID NAME(ARGUMENTS) = RESULT`
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        // A call that another thread has interrupted is in two lines.
        let call = call.split_once('(').filter(|_| !call.starts_with("<..."));
        *made.entry(call.map_or("", |(name, _)| name)).or_default() += 1;
    }
    made.remove("");
    let too_many =
        made.iter().filter(|(name, count)| **count > allowed.get(*name).copied().unwrap_or(0));
    let too_many: Vec<_> =
        too_many.map(|(name, count)| format!("{name} {count}: {:?}", allowed.get(name))).collect();
    assert!(too_many.is_empty(), "{too_many:?}\n{trace}");
    assert!(made["read"] > 3 && made["exit_group"] == 1, "{made:?}");
}
