//! A host that changes while it is looked at.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::support::sketch;

/// A disk, a port, and a GPU whose memory sysfs tells.
pub const USUAL: &str = "\
sys/block/sda -> ../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda
sys/block/sda/size = 2097152
sys/class/net/eth0 -> ../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0/net/eth0
sys/class/net/eth0/type = 1
sys/class/net/eth0/carrier = 1
sys/class/net/eth0/speed = 10000
sys/bus/pci/drivers/amdgpu/
sys/bus/pci/devices/0000:0c:00.0 -> ../../../devices/pci0000:07/0000:07:01.0/0000:0c:00.0
sys/bus/pci/devices/0000:0c:00.0/class = 0x120000
sys/bus/pci/devices/0000:0c:00.0/vendor = 0x1002
sys/bus/pci/devices/0000:0c:00.0/device = 0x74a1
sys/bus/pci/devices/0000:0c:00.0/driver -> ../../../../bus/pci/drivers/amdgpu
sys/bus/pci/devices/0000:0c:00.0/mem_info_vram_total = 206141652992
sys/bus/pci/devices/0000:0c:00.0/product_name = AMD Instinct MI300X OAM
";

/// What AIOS is told of its GPUs.
pub const USUAL_GPUS: &str = r#"[{"modelName":"AMD Instinct MI300X OAM","memory":196592}]"#;

/// Another disk.
pub const MORE_DISKS: &str = "\
sys/block/sdb -> ../devices/pci0000:00/0000:00:1f.2/ata2/host1/target1:0:0/1:0:0:0/block/sdb
sys/block/sdb/size = 4194304
";

/// Another GPU.
pub const MORE_GPUS: &str = "\
sys/bus/pci/devices/0000:0d:00.0 -> ../../../devices/pci0000:07/0000:07:01.0/0000:0d:00.0
sys/bus/pci/devices/0000:0d:00.0/class = 0x120000
sys/bus/pci/devices/0000:0d:00.0/vendor = 0x1002
sys/bus/pci/devices/0000:0d:00.0/device = 0x74a1
sys/bus/pci/devices/0000:0d:00.0/driver -> ../../../../bus/pci/drivers/amdgpu
sys/bus/pci/devices/0000:0d:00.0/mem_info_vram_total = 206141652992
sys/bus/pci/devices/0000:0d:00.0/product_name = AMD Instinct MI300X OAM
";

/// A host whose root is a link, so that another tree takes its place in one moment.
pub struct Host {
    folder: TempDir,
    trees: u32,
}

impl Host {
    /// A host of these lines, each as `tests/hosts` has them.
    pub fn new(parts: &[&str]) -> Self {
        let mut host = Self { folder: tempfile::tempdir().unwrap(), trees: 0 };
        host.become_(parts);
        host
    }

    /// The host of [`USUAL`].
    pub fn usual() -> Self {
        Self::new(&[USUAL])
    }

    /// From now on it is this one.
    pub fn become_(&mut self, parts: &[&str]) {
        self.trees += 1;
        let tree = self.folder.path().join(format!("tree-{}", self.trees));
        std::fs::create_dir(&tree).unwrap();
        sketch::write(&sketch::tree(&parts.concat()), &tree);
        let link = self.folder.path().join("new");
        symlink(&tree, &link).unwrap();
        std::fs::rename(link, self.root()).unwrap();
    }

    /// Its root.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }
}
