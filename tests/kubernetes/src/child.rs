//! A process that ends with the test.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How much of a log is shown when its process does not do what it should.
const SHOWN_LINES: usize = 20;

/// A process that writes a log, and is killed when nobody needs it any more.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it says goes to `log`.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let file = File::options().create(true).append(true).open(log).expect("a log");
        let other = file.try_clone().expect("a log");
        command.stdin(Stdio::null()).stdout(file).stderr(other);
        let program = command.get_program().to_owned();
        let child = command.spawn().unwrap_or_else(|error| {
            panic!("cannot start {}: {error}", program.display());
        });
        Self { child, log: log.to_owned() }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Panics where it has ended, with the end of its log.
    pub fn must_run(&mut self) {
        if let Some(status) = self.child.try_wait().expect("its state") {
            panic!("ended with {status}:\n{}", self.end_of_log());
        }
    }

    /// The last that it said.
    pub fn end_of_log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
