//! A terminal with somebody at it.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// How long anything may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// A command that runs at a terminal.
pub struct Terminal {
    child: Child,
    keyboard: File,
    screen: Arc<Mutex<String>>,
}

impl Terminal {
    /// Starts a command at a terminal of its own.
    pub fn start(command: &mut Command) -> Self {
        Self::start_with(command, &[])
    }

    /// The same with more in its environment.
    pub fn start_with(command: &mut Command, set: &[(&str, &str)]) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = rustix::fs::open(name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let size = Winsize { ws_row: 40, ws_col: 120, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&theirs, size).unwrap();
        let theirs = File::from(theirs);
        command.env("TERM", "xterm").env_remove("NO_COLOR").envs(set.iter().copied());
        command.stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap());
        let child = command.stderr(theirs).spawn().unwrap();
        let keyboard = File::from(ours);
        let screen = Arc::new(Mutex::new(String::new()));
        let (mut eyes, seen) = (keyboard.try_clone().unwrap(), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // It fails once nobody has the other end any more.
            while let Ok(count @ 1..) = eyes.read(&mut bytes) {
                seen.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..count]));
            }
        });
        Self { child, keyboard, screen }
    }

    /// What was shown so far.
    pub fn shown(&self) -> String {
        self.screen.lock().unwrap().clone()
    }

    /// Waits until this is shown.
    pub fn sees(&self, words: &str) {
        let begin = Instant::now();
        while !self.shown().contains(words) {
            assert!(begin.elapsed() < PATIENCE, "no {words:?} in {}", self.shown());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn types(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
    }

    /// As Ctrl-C does.
    pub fn interrupts(&self) {
        kill_process(Pid::from_child(&self.child), Signal::INT).unwrap();
    }

    /// Waits until it has ended, however that was: by its exit status, or by none.
    pub fn is_over(&mut self) -> Option<i32> {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            if begin.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                panic!("it does not end: {}", self.shown());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The exit status once it has ended.
    pub fn ends(&mut self) -> i32 {
        self.child.wait().unwrap().code().unwrap()
    }
}
