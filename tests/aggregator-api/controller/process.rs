//! Processes of the workspace's binaries that run until they are told to end.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// A running process.
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it says goes into `log`.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        Self::start_to(command, File::create(log).unwrap(), log)
    }

    /// Starts it; what it says goes to `output`, and what is in `log` is shown for it.
    pub fn start_to(command: &mut Command, output: File, log: &Path) -> Self {
        command.stdout(Stdio::null()).stderr(output);
        Self { child: command.spawn().unwrap(), log: log.to_owned() }
    }

    /// What it said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// Panics where it has ended, with what it said.
    pub fn must_run(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("it ended with {status}:\n{}", self.log());
        }
    }

    /// The address that a line of its log names.
    pub fn address(&self, key: &str) -> Option<String> {
        let lines = self.log();
        let values =
            lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
        let listening = values.into_iter().find(|line| line["message"] == "listening")?;
        Some(listening[key].as_str()?.to_owned())
    }

    /// How many sockets it has open.
    pub fn sockets(&self) -> usize {
        let files = std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap();
        let links = files.filter_map(|file| std::fs::read_link(file.ok()?.path()).ok());
        links.filter(|link| link.to_string_lossy().starts_with("socket:")).count()
    }

    /// What others know it by.
    pub fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).unwrap();
    }

    /// Asks it to end, and waits until it has.
    pub fn terminate(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.child.wait().unwrap()
    }

    /// Kills it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
