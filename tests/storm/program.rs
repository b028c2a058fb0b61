//! A program that is killed and started again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use rustix::process::{Pid, Signal};

use crate::environment::{Environment, cases};
use crate::process::Process;

cases![a_clock_that_is_set_wrong_is_wrong];

/// What lets a program's clock be wrong, of Debian's package `faketime`; absent where that is not installed.
fn library() -> Option<PathBuf> {
    let folder = format!("/usr/lib/{}-linux-gnu/faketime", std::env::consts::ARCH);
    Some(Path::new(&folder).join("libfaketime.so.1")).filter(|library| library.exists())
}

/// Why no clock can be wrong here; absent where they can.
pub fn missing_for_clocks() -> Option<String> {
    library().is_none().then(|| "there is no libfaketime: Debian has it in: faketime".to_owned())
}

/// A program that is killed and started again.
pub struct Program {
    pub name: String,
    folder: PathBuf,
    make: Box<dyn Fn() -> Command + Send + Sync>,
    process: Option<Process>,
    starts: u32,
    /// Whether somebody else is about to kill it.
    is_prey: bool,
}

impl Program {
    /// One that `make` will start, and that writes its logs to this folder.
    pub fn new(
        name: &str,
        folder: &Path,
        make: impl Fn() -> Command + Send + Sync + 'static,
    ) -> Self {
        let (name, folder) = (name.to_owned(), folder.to_owned());
        let program =
            Self { name, folder, make: Box::new(make), process: None, starts: 0, is_prey: false };
        program.set_clock(0);
        program
    }

    /// Starts it, if it does not run.
    pub fn restart(&mut self) {
        self.must_run();
        if self.process.is_none() {
            self.starts += 1;
            let log = self.folder.join(format!("{}-{}.log", self.name, self.starts));
            self.process = Some(Process::start(&mut self.command(), &log));
        }
    }

    /// How it is started.
    pub fn command(&self) -> Command {
        let mut command = (self.make)();
        if let Some(library) = library() {
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", self.clock());
            command.env("FAKETIME_CACHE_DURATION", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }

    /// Somebody else is about to kill it, or already has.
    pub fn may_be_killed(&mut self) {
        self.is_prey = true;
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.is_prey = false;
        if let Some(process) = self.process.take() {
            process.kill();
        }
    }

    /// Lets it sleep, or wakes it.
    pub fn signal(&self, signal: Signal) {
        if let Some(process) = &self.process {
            process.signal(signal);
        }
    }

    /// From now on its clock is wrong by so much.
    pub fn set_clock(&self, seconds: i64) {
        // It is read at any time, and so must be whole.
        let new = self.clock().with_extension("new");
        std::fs::write(&new, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(new, self.clock()).unwrap();
    }

    fn clock(&self) -> PathBuf {
        self.folder.join(format!("{}.clock", self.name))
    }

    /// Panics where it has ended by itself.
    pub fn must_run(&mut self) {
        if let Some(process) = self.process.as_mut().filter(|_| !self.is_prey) {
            process.must_run();
        }
    }

    /// What others know it by; absent while it does not run.
    pub fn id(&self) -> Option<Pid> {
        self.process.as_ref().map(Process::id)
    }

    /// Where it listens; absent while it does not.
    pub fn address(&self) -> Option<String> {
        self.process.as_ref()?.address("address")
    }

    /// What it has said since it was started last.
    pub fn log(&self) -> String {
        self.process.as_ref().map(Process::log).unwrap_or_default()
    }
}

async fn a_clock_that_is_set_wrong_is_wrong(_: Arc<Environment>) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new("date", folder.path(), || Command::new("date"));
    let seconds = || {
        let output = program.command().arg("+%s").output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse::<i64>().unwrap()
    };
    let before = seconds();
    program.set_clock(86_400);
    let day = seconds() - before;
    assert!((86_400..90_000).contains(&day), "{day}");
}
