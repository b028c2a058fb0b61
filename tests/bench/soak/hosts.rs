//! Agents on hosts that change with every look.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use tempfile::TempDir;
use test_kubernetes::SimulatedNode;

use crate::sketch;
use crate::support::cluster::Cluster;
use crate::support::controller::free_address;
use crate::support::process::{Process, built, release};

/// A disk, a port, a GPU whose memory sysfs tells, and two of which NVML tells.
const HOST: &str = "\
sys/block/sda -> ../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda
sys/block/sda/size = 2097152
sys/class/net/eth0 -> ../../devices/pci0000:00/0000:00:1c.0/0000:01:00.0/net/eth0
sys/class/net/eth0/type = 1
sys/class/net/eth0/carrier = 1
sys/class/net/eth0/speed = 10000
pci 0000:0c:00.0 0x120000 0x1002 0x74a1 amdgpu
sys/bus/pci/devices/0000:0c:00.0/mem_info_vram_total = 206141652992
sys/bus/pci/devices/0000:0c:00.0/product_name = AMD Instinct MI300X OAM
pci 0000:10:00.0 0x030200 0x10de 0x2330 nvidia
pci 0000:11:00.0 0x030200 0x10de 0x2330 nvidia
proc/driver/nvidia/version = 1
";

/// Every so many changes something breaks, and with the next one it is whole again.
const BREAKS_EVERY: u64 = 10;

/// Every so many changes NVML is asked anew.
const DRIVER_EVERY: u64 = 10;

const MIB: u64 = 1 << 20;

/// An agent, its host and its Node.
pub struct Agent {
    /// Its process.
    pub process: Process,
    /// Where its metrics are.
    pub metrics: String,
    node: SimulatedNode,
    host: TempDir,
}

impl Agent {
    /// The release binary on a host of its own.
    pub async fn start(cluster: &Cluster, name: &str, args: &[&str]) -> Self {
        let (node, host) = (cluster.node(name).await, tempfile::tempdir().expect("a folder"));
        let root = host.path().join("root");
        std::fs::create_dir(&root).expect("a folder");
        sketch::write(&sketch::tree(HOST), &root);
        let nvml = host.path().join("nvml.json");
        std::fs::write(&nvml, json!({ "gpus": [{}, {}] }).to_string()).expect("a file");
        let address = free_address();
        let mut command = Command::new(release("inventory-agent"));
        command.args(["--node-name", name, "--listen", &address.to_string()]).args(args);
        command.arg("--root").arg(root).arg("--kubeconfig").arg(node.kubeconfig_file());
        command.env("FAKE_NVML", nvml).arg("--nvml-library");
        command.arg(built("debug/deps/libfake_nvml.so"));
        let process = Process::start(&mut command, &node.folder().join("agent.log"));
        Self { process, metrics: format!("http://{address}/metrics"), node, host }
    }

    /// Its host has more memory, a larger disk and a larger GPU, and now and then a link whose speed nobody
    /// knows, or another driver.
    pub fn change(&self, round: u64) {
        let memory_kib = 16 * MIB + 1024 * round;
        self.write("proc/meminfo", &format!("MemTotal: {memory_kib} kB\nSwapTotal: 0 kB"));
        self.write("sys/block/sda/size", &(2_097_152 + 2048 * round).to_string());
        let gpu = 206_141_652_992 + MIB * round;
        self.write("sys/bus/pci/devices/0000:0c:00.0/mem_info_vram_total", &gpu.to_string());
        let speed = if round.is_multiple_of(BREAKS_EVERY) { "-1" } else { "10000" };
        self.write("sys/class/net/eth0/speed", speed);
        self.write("proc/driver/nvidia/version", &(round / DRIVER_EVERY).to_string());
    }

    /// A new token, as kubelet brings one.
    pub async fn renew_token(&self) {
        self.node.renew_token().await;
    }

    /// Whole at any time.
    fn write(&self, path: &str, text: &str) {
        let (new, file) = (self.host.path().join("new"), self.resolved(path));
        std::fs::write(&new, text.to_owned() + "\n").expect("a file");
        std::fs::rename(new, file).expect("a file");
    }

    fn resolved(&self, path: &str) -> PathBuf {
        let path = self.host.path().join("root").join(path);
        let folder = path.parent().map(Path::canonicalize).expect("a folder").expect("a folder");
        folder.join(path.file_name().expect("a name"))
    }
}
