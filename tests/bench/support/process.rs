//! A process of one of the programs, and what it uses.

use std::fs::{self, File};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The kernel counts CPU time in these, on every architecture that there is.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running process; killed in the end.
pub struct Process {
    child: Child,
    log: PathBuf,
}

/// What a process has at one time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Resident, in KiB.
    pub rss_kib: f64,
    /// The same, of what is shared only its share.
    pub pss_kib: f64,
    /// Resident and of no file: heap and stacks.
    pub anonymous_kib: f64,
    /// Open files.
    pub files: f64,
    /// Threads.
    pub threads: f64,
    /// What it has logged so far.
    pub log_bytes: f64,
}

impl Process {
    /// Starts it; what it logs goes to this file.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let file = File::create(log).expect("a log");
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file).spawn();
        let child = child.expect("the release binary starts: build it first");
        Self { child, log: log.to_owned() }
    }

    /// Waits for what is to happen; panics where the process ends before, with what it said.
    pub async fn lives_until(&mut self, happens: impl Future<Output = ()>) {
        tokio::select! {
            () = happens => {}
            () = self.ended() => panic!("it has ended:\n{}", self.log()),
        }
    }

    async fn ended(&mut self) {
        while self.child.try_wait().expect("its state").is_none() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// What it has now.
    pub fn usage(&self) -> Usage {
        let count = |folder: &str| fs::read_dir(self.file(folder)).expect("an own process").count();
        let rollup = self.read("smaps_rollup");
        Usage {
            rss_kib: size_kib(&rollup, "Rss:"),
            pss_kib: size_kib(&rollup, "Pss:"),
            anonymous_kib: size_kib(&rollup, "Anonymous:"),
            files: count("fd") as f64,
            threads: count("task") as f64,
            log_bytes: fs::metadata(&self.log).expect("a log").len() as f64,
        }
    }

    /// The CPU time that it has used.
    pub fn cpu(&self) -> Duration {
        let stat = self.read("stat");
        // The name before may hold anything.
        let (_, fields) = stat.rsplit_once(')').expect("a name");
        let ticks = fields.split_whitespace().skip(11).take(2);
        let ticks: u32 = ticks.map(|ticks| ticks.parse::<u32>().expect("ticks")).sum();
        Duration::from_secs_f64(f64::from(ticks) / TICKS_PER_SECOND)
    }

    /// A size of its status, such as `VmHWM:`.
    pub fn memory_mib(&self, key: &str) -> f64 {
        memory_mib(self.child.id(), key)
    }

    /// Lets the peak begin anew.
    pub fn forget_peak(&self) {
        fs::write(self.file("clear_refs"), "5").expect("an own process");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).expect("an own process")
    }

    fn file(&self, name: &str) -> PathBuf {
        format!("/proc/{}/{name}", self.child.id()).into()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// A size of a process's status, such as `VmHWM:`.
pub fn memory_mib(id: u32, key: &str) -> f64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("an own process");
    size_kib(&status, key) / 1024.0
}

fn size_kib(text: &str, key: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(key)).expect("a size");
    line.trim().trim_end_matches(" kB").parse().expect("KiB")
}

/// The release binary of this name, beside the profile that this program was built with.
pub fn release(name: &str) -> PathBuf {
    built("release").join(name)
}

/// A folder of the target folder.
pub fn built(folder: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    own.ancestors().nth(3).expect("target/PROFILE/examples/NAME").join(folder)
}
