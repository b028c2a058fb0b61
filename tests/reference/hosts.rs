//! The hosts of the docs' examples: described here, and captured as `inventory-agent capture` does.

use std::fmt::Write;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::generated::root;

#[path = "../support/sketch.rs"]
pub mod sketch;

/// A host of the examples.
pub struct Host {
    /// Its name, and that of the archive.
    pub name: &'static str,
    /// Its files, as `sketch` has them.
    pub files: String,
    /// What the stand-in for NVML says; absent where there is none.
    pub nvml: Option<Value>,
}

/// Where the archives are.
pub const FOLDER: &str = "docs/examples";

/// All of them: a node with eight GPUs, another of which one is lost, and a virtual machine without any.
pub fn hosts() -> [Host; 3] {
    let gpu = json!({ "nvlinks": [true, true] });
    let gpus = |faults: Value| Some(json!({ "gpus": vec![&gpu; 8], "faults": faults }));
    let lost = json!({ "nvmlDeviceGetHandleByIndex_v2@3": "ERROR_GPU_IS_LOST" });
    [
        Host { name: "gpu-01", files: gpu_node("gpu-01"), nvml: gpus(json!({})) },
        Host { name: "gpu-02", files: gpu_node("gpu-02"), nvml: gpus(lost) },
        Host { name: "cpu-01", files: virtual_machine("cpu-01"), nvml: None },
    ]
}

/// What both kinds have.
fn host(name: &str, cpus: u32, memory_gib: u64) -> String {
    format!(
        "proc/sys/kernel/hostname = {name}\nproc/sys/kernel/osrelease = 6.8.0-64-generic\n\
         proc/sys/kernel/arch = x86_64\netc/os-release = PRETTY_NAME=\"Ubuntu 24.04.2 LTS\"\n\
         sys/devices/system/cpu/online = 0-{}\n\
         proc/meminfo = MemTotal: {} kB\\nSwapTotal: 0 kB\n\
         sys/block/loop0 -> ../devices/virtual/block/loop0\nsys/class/net/lo -> ../../devices/virtual/net/lo\n",
        cpus - 1,
        memory_gib << 20,
    )
}

/// Eight H100, two disks to start from and eight for data, eight ports of InfiniBand, two of Ethernet, and a BMC.
fn gpu_node(name: &str) -> String {
    let mut files = host(name, 192, 2048);
    for n in 0..10 {
        let bytes: u64 = if n < 2 { 960_197_124_096 } else { 3_840_755_982_336 };
        nvme(&mut files, n, bytes);
    }
    for n in 0..8 {
        let infallible = writeln!(files, "pci 0000:{}:00.0 0x030200 0x10de 0x2330 nvidia", 10 + n);
        infallible.expect("text");
        infiniband(&mut files, n);
    }
    for n in 0..2 {
        ethernet(
            &mut files,
            &format!("eth{n}"),
            &format!("pci0000:00/0000:00:1f.{n}"),
            Some(25_000),
        );
    }
    ethernet(&mut files, "usb0", "pci0000:00/0000:00:14.0/usb1/1-6/1-6:1.0", None);
    files
}

/// One disk, and a virtual card that tells no speed.
fn virtual_machine(name: &str) -> String {
    let mut files = host(name, 16, 64);
    files += "sys/block/vda -> ../devices/pci0000:00/0000:00:05.0/virtio2/block/vda\n\
              sys/block/vda/size = 209715200\nsys/block/vda/removable = 0\nsys/block/vda/ro = 0\n";
    ethernet(&mut files, "eth0", "pci0000:00/0000:00:03.0/virtio0", None);
    files
}

fn nvme(files: &mut String, n: u32, bytes: u64) {
    let controller = format!("pci0000:{0:02x}/0000:{0:02x}:00.0/nvme/nvme{n}", 0x40 + n);
    let infallible = write!(
        files,
        "sys/block/nvme{n}n1 -> ../devices/{controller}/nvme{n}n1\n\
         sys/block/nvme{n}n1/size = {}\nsys/block/nvme{n}n1/removable = 0\nsys/block/nvme{n}n1/ro = 0\n\
         sys/block/nvme{n}n1/wwid = eui.00253855000000{n:02x}\n\
         sys/devices/{controller}/transport = pcie\nsys/devices/{controller}/serial = EXAMPLE{n:02}\n",
        bytes / 512,
    );
    infallible.expect("text");
}

fn infiniband(files: &mut String, n: u32) {
    let function = format!("0000:{:02x}:00.0", 0x60 + n);
    let infallible = write!(
        files,
        "sys/class/infiniband/mlx5_{n} -> ../../devices/pci0000:60/{function}/infiniband/mlx5_{n}\n\
         sys/class/infiniband/mlx5_{n}/device -> ../../../{function}\n\
         sys/class/infiniband/mlx5_{n}/ports/1/link_layer = InfiniBand\n\
         sys/class/infiniband/mlx5_{n}/ports/1/state = 4: ACTIVE\n\
         sys/class/infiniband/mlx5_{n}/ports/1/rate = 400 Gb/sec (4X NDR)\n\
         sys/bus/pci/devices/{function} -> ../../../devices/pci0000:60/{function}\n\
         sys/bus/pci/devices/{function}/class = 0x020700\n",
    );
    infallible.expect("text");
}

/// A network interface with a link, and its speed where it tells one.
fn ethernet(files: &mut String, name: &str, device: &str, speed_mbps: Option<u32>) {
    let speed = match speed_mbps {
        Some(speed) => format!("= {speed}"),
        None => "! EINVAL".to_owned(),
    };
    let infallible = write!(
        files,
        "sys/class/net/{name} -> ../../devices/{device}/net/{name}\nsys/class/net/{name}/type = 1\n\
         sys/class/net/{name}/carrier = 1\nsys/class/net/{name}/speed {speed}\n",
    );
    infallible.expect("text");
}

impl Host {
    /// Writes the host's files below a folder, and has the agent ask the stand-in for NVML about it.
    pub fn offer(&self, folder: &Path, agent: &mut Command) {
        let files = folder.join("host");
        std::fs::create_dir(&files).expect("a folder");
        sketch::write(&sketch::tree(&self.files), &files);
        agent.arg("--root").arg(files);
        if let Some(nvml) = &self.nvml {
            std::fs::write(folder.join("nvml.json"), nvml.to_string()).expect("a file");
            agent.env("FAKE_NVML", folder.join("nvml.json"));
            agent.arg("--nvml-library").arg(beside("libfake_nvml.so"));
        }
    }

    /// What the agent says of it, and of its archive.
    pub fn dumps(&self) -> [Vec<u8>; 2] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut described = Self::dump();
        self.offer(folder.path(), &mut described);
        let mut kept = Self::dump();
        kept.arg("--root").arg(self.archive());
        [described, kept].map(|mut agent| agent.output().expect("the agent").stdout)
    }

    fn dump() -> Command {
        let mut agent = Command::new(beside("inventory-agent"));
        agent.args(["--dump", "--detail"]);
        agent
    }

    fn archive(&self) -> PathBuf {
        root().join(FOLDER).join(format!("{}.tar.gz", self.name))
    }

    /// Captures it into its archive.
    pub fn capture(&self) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut agent = Command::new(beside("inventory-agent"));
        // There is nothing real in it to be replaced.
        let archive = self.archive();
        agent.args(["capture", "--keep-serials"]).arg(&archive);
        self.offer(folder.path(), &mut agent);
        assert!(agent.status().expect("the agent").success(), "{}", self.name);
        // What is kept is nobody's secret here.
        std::fs::set_permissions(archive, Permissions::from_mode(0o644)).expect("rights");
    }
}

/// What is built beside the programs, or for those that depend on it.
pub fn beside(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    let folder = own.parent().and_then(Path::parent).expect("the folder of what is built");
    let mut places = [folder.join(name), folder.join("deps").join(name)].into_iter();
    let place = places.find(|file| file.exists());
    place.unwrap_or_else(|| panic!("'{name}' is not built: cargo build --workspace"))
}
