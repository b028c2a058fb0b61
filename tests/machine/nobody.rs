//! The same binary as a user without any right.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::agent::{self, Run};
use crate::support::sketch;

const NOBODY: u32 = 65534;

/// A folder that nobody may enter, with the binary in it.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    // Copied by another process: a descriptor that is open for writing here would be handed to
    // whatever another test starts meanwhile, and until that ends the copy cannot be run.
    let copy = Command::new("cp").arg(agent::PATH).arg(folder.path().join("agent")).status();
    assert!(copy.unwrap().success());
    folder
}

/// The binary in that folder, run by nobody.
pub fn command(folder: &TempDir) -> Command {
    let mut command = Command::new(folder.path().join("agent"));
    command.env_clear().uid(NOBODY).gid(NOBODY).current_dir("/");
    command
}

/// Gives `folder` to nobody.
pub fn own(folder: &Path) {
    std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
}

fn as_nobody(folder: &TempDir, args: &[&str]) -> Run {
    Run::of(command(folder).args(args))
}

pub fn reads_the_same_figures_as_root() {
    let as_root = Run::of(agent::command().args(["--dump", "--detail"])).json();
    let run = as_nobody(&folder(), &["--dump", "--detail"]);
    let as_nobody = run.json();
    for figure in ["vcpus", "memory", "swap", "storage", "network"] {
        assert_eq!(as_nobody["nodeData"][figure], as_root["nodeData"][figure], "{}", run.stderr);
    }
    assert_eq!(as_nobody["devices"], as_root["devices"], "{}", run.stderr);
}

/// Each file with what its loss means: the probe, and its figures if they are then unknown.
const FORBIDDEN: [(&str, &str); 4] = [
    ("proc/meminfo", "memory"),
    ("sys/block/sda/size", "block"),
    ("sys/class/net/eth0/type", "net"),
    ("sys/class/infiniband/mlx5_0/device/vpd", "infiniband"),
];

const HOST: &str = "\
sys/block/sda -> ../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda
sys/block/sda/size = 2097152
sys/class/net/eth0 -> ../../devices/pci0000:00/0000:00:03.0/net/eth0
sys/class/net/eth0/type = 1
sys/class/net/eth0/speed = 1000
pci 0000:1b:00.0 0x030200 0x10de 0x2901 vfio-pci
sys/class/infiniband/mlx5_0 -> ../../devices/pci0000:00/0000:00:04.0/infiniband/mlx5_0
sys/class/infiniband/mlx5_0/device -> ../../../0000:00:04.0
sys/class/infiniband/mlx5_0/device/vpd =raw ConnectX-7
sys/class/infiniband/mlx5_0/ports/1/link_layer = InfiniBand
sys/class/infiniband/mlx5_0/ports/1/state = 4: ACTIVE
sys/class/infiniband/mlx5_0/ports/1/rate = 400 Gb/sec (4X NDR)
";

pub fn is_told_what_is_forbidden() {
    for (path, probe) in FORBIDDEN {
        let folder = folder();
        sketch::write(&sketch::tree(HOST), folder.path());
        close(&folder.path().join(path));
        let run =
            as_nobody(&folder, &["--dump", "--detail", "--root", folder.path().to_str().unwrap()]);
        assert_eq!(run.exit, 3, "{path}: {run:?}");
        assert!(run.stderr.lines().any(|line| line.contains(path)), "{path}: {}", run.stderr);
        let all = run.json();
        let probes = all["probes"].as_array().unwrap();
        let probe: &Value = probes.iter().find(|known| known["name"] == probe).unwrap();
        assert_eq!(probe["faults"][0]["cause"], "forbidden", "{path}: {probe}");
        assert_eq!(probe["faults"][0]["path"], path);
    }
}

fn close(file: &Path) {
    std::fs::set_permissions(file, Permissions::from_mode(0o000)).unwrap();
}
