//! A file that never answers costs its device's figure, and the inventory a few seconds.

use std::path::Path;
use std::process::Command;

use inventory_agent::host::manifest::FILE_NAME;
use inventory_common::{Cause, Inventory};

use crate::disk::OnDisk;
use crate::support::agent::command;
use crate::support::run::Run;

/// The file that hangs: the size of a disk.
const FILE: &str = "sys/block/sda/size";

/// Runs a command while a file system without a server stands where a file was: whoever opens it waits for ever.
const SCRIPT: &str = r#"
file=$1
shift
exec 3<>/dev/fuse &&
mount -i -t fuse -o fd=3,rootmode=100000,user_id=0,group_id=0 silent "$file" &&
exec timeout 60 "$@"
"#;

/// Whether this user may mount, and has what it takes.
fn is_possible() -> bool {
    let file = tempfile::NamedTempFile::new().unwrap();
    let status = hanging(file.path(), &mut Command::new("true")).output().unwrap().status;
    status.success()
}

fn hanging(file: &Path, command: &mut Command) -> Command {
    let mut shell = Command::new("unshare");
    shell.args(["--mount", "sh", "-c", SCRIPT, "sh"]).arg(file);
    shell.arg(command.get_program()).args(command.get_args());
    shell
}

#[test]
fn a_file_that_never_answers_costs_its_device_alone() {
    if !is_possible() {
        eprintln!("skipped: a file that hangs needs root, /dev/fuse, unshare and mount");
        return;
    }
    let host = OnDisk::new();
    // With it, this would be a capture, which is read into memory first.
    std::fs::remove_file(host.root().join(FILE_NAME)).unwrap();
    let args = ["--dump", "--detail", "--node-id", "node", "--root"];
    let whole = Run::of(command().args(args).arg(host.root()));
    let mut agent = command();
    agent.args(args).arg(host.root());
    let run = Run::of(&mut hanging(&host.root().join(FILE), &mut agent));

    assert_eq!(run.exit, 3, "{}", run.stderr);
    let [whole, found] =
        [&whole, &run].map(|run| serde_json::from_str::<Inventory>(&run.stdout).unwrap());
    let mut wanted = whole.devices.clone();
    let disk = wanted.disks.iter_mut().find(|disk| disk.name == "sda").unwrap();
    disk.size_bytes = None;
    assert_eq!(found.devices, wanted);
    let faults: Vec<_> = found.probes.iter().flat_map(|probe| &probe.faults).collect();
    let late = faults.iter().find(|fault| fault.cause == Cause::Timeout).unwrap();
    assert_eq!((late.path.as_str(), late.message.as_str()), (FILE, "does not answer"));
}
