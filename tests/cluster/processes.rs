//! The processes of the cluster's containers, which the machine of its node sees.

use std::path::PathBuf;

use rustix::process::{Pid, Signal, kill_process};
use test_kubernetes::wait;

use crate::environment::{PATIENCE, folder};

/// A container's first process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(i32);

impl Process {
    /// The one that runs this program of the image; absent where none does now.
    pub fn of(program: &str) -> Option<Self> {
        let entries = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.map(Self).find(|process| process.runs(program).unwrap_or(false))
    }

    /// Whether it is a container's first process, and runs this.
    fn runs(self, program: &str) -> Option<bool> {
        let link = std::fs::read_link(self.path("exe")).ok()?;
        let is_meant = link.to_str()? == format!("/usr/bin/{program}");
        let in_pod = self.status("NSpid")?.split_whitespace().last()? == "1";
        // Only what containerd of this cluster runs is in its cgroup.
        let cgroup = std::fs::read_to_string(self.path("cgroup")).ok()?;
        Some(is_meant && in_pod && cgroup.contains("/aios-inventory/"))
    }

    /// A line of what the kernel says of it.
    pub fn status(self, key: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.path("status")).ok()?;
        let mut lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(name, _)| *name == key).map(|(_, value)| value.trim().to_owned())
    }

    /// A file as the process sees it.
    pub fn file(self, path: &str) -> PathBuf {
        self.path("root").join(path)
    }

    /// Kills it.
    pub fn kill(self) {
        self.signal(Signal::KILL);
    }

    /// Sends it a signal.
    pub fn signal(self, signal: Signal) {
        kill_process(Pid::from_raw(self.0).unwrap(), signal).unwrap();
    }

    /// A file that the kernel has of it.
    pub fn path(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }
}

/// The process of a part of the cluster.
pub fn part(name: &str) -> Process {
    let text = std::fs::read_to_string(folder().join("pids").join(name)).unwrap();
    Process(text.split_whitespace().next().unwrap().parse().unwrap())
}

/// Kills a part of the cluster, and waits until it is gone: a dying one looks like one that runs.
pub async fn kill_part(name: &str) {
    let process = part(name);
    process.kill();
    wait::until("it is gone", PATIENCE, async || (!process.path("").exists()).then_some(())).await;
}
