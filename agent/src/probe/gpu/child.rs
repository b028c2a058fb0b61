//! NVML is asked in a child process: a call that hangs in the kernel, or a library that breaks, is
//! an outcome there, and the end of everything here. The child is this program again, and tells
//! what it learns in lines.

mod hearing;
mod within;

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use inventory_common::{CallError, GpuState};

use super::told::Told;
use crate::answers::{Answers, Failure};
use hearing::{Ending, Heard};

pub use within::run;

/// What makes this program the child, as its first argument. Nobody but the agent has a use for it,
/// and the command line knows nothing of it: each asking would pay for that.
const SUBCOMMAND: &str = "nvml-child";

/// How long a child that is told to end may take: the kernel ends it at once, unless it is stuck
/// in a driver.
const GRACE: Duration = Duration::from_secs(2);

/// The first pause while a child's end is awaited; each is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_micros(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(20);

/// One asking of NVML.
#[derive(Clone, Debug)]
pub struct Request {
    /// The program to run, which is told to be the child: this one.
    pub program: PathBuf,
    /// The libraries to try in turn, as the loader takes them.
    pub libraries: Vec<OsString>,
    /// How long it may take as a whole.
    pub timeout: Duration,
    /// Is told what is waited for, once that has taken a while.
    pub on_wait: Option<fn(&str)>,
}

/// Asks NVML, one child at a time.
#[derive(Debug, Default)]
pub struct Asker {
    /// A child that the kernel has not ended yet.
    stuck: Option<Child>,
}

impl Asker {
    /// What NVML says. Whatever goes wrong is the answers' failure, and what was told before it
    /// stands.
    ///
    /// While a former child is stuck in the kernel, there is no second one: it would only get stuck
    /// too. The child ends with the thread that asks.
    pub fn ask(&mut self, request: &Request) -> Answers {
        if let Some(pid) = self.stuck() {
            let message =
                format!("not asked: process {pid} of an earlier time is stuck in the kernel");
            return failed(GpuState::Timeout, None, message);
        }
        let mut child = match start(request) {
            Ok(child) => child,
            Err(error) => {
                let message = format!("its process cannot be started: {error}");
                return failed(GpuState::Failed, None, message);
            }
        };
        let heard = Heard::from(&mut child, request);
        let is_gone = end(&mut child);
        self.conclude(child, is_gone, &heard, request)
    }

    /// What was heard, and of a child that cannot be ended that too.
    fn conclude(
        &mut self,
        child: Child,
        is_gone: bool,
        heard: &Heard,
        request: &Request,
    ) -> Answers {
        let mut words = String::new();
        if !is_gone {
            let pid = child.id();
            words = format!("; its process {pid} is stuck in the kernel and cannot be ended");
            self.stuck = Some(child);
        }
        answers(heard, request, &words)
    }

    /// The process that is still there of a former asking, now that it is looked at again.
    fn stuck(&mut self) -> Option<u32> {
        let child = self.stuck.as_mut()?;
        if is_gone(child) {
            self.stuck = None;
        }
        self.stuck.as_ref().map(Child::id)
    }
}

fn start(request: &Request) -> std::io::Result<Child> {
    Command::new(&request.program)
        // Whoever lists processes should see more than a link's name.
        .arg0("inventory-agent")
        .arg(SUBCOMMAND)
        .arg(std::process::id().to_string())
        .args(&request.libraries)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Whether the child has ended, also where somebody else has seen to it (a parent that ignores
/// SIGCHLD hands that on).
fn is_gone(child: &mut Child) -> bool {
    !matches!(child.try_wait(), Ok(None))
}

/// Ends the child where it has not ended by itself, and says whether it is gone.
fn end(child: &mut Child) -> bool {
    is_gone(child) || {
        let _gone_meanwhile = child.kill();
        ends_within(child, GRACE)
    }
}

fn ends_within(child: &mut Child, grace: Duration) -> bool {
    let started = Instant::now();
    let mut pause = FIRST_PAUSE;
    while !is_gone(child) {
        if started.elapsed() >= grace {
            return false;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    true
}

fn answers(heard: &Heard, request: &Request, words: &str) -> Answers {
    let mut told = Told::parse(&heard.told);
    let said = || {
        let text = heard.last_words().map(|text| format!(", saying '{text}'"));
        text.unwrap_or_default()
    };
    if let Some(failure) = &mut told.answers.failure {
        failure.error.message += &said();
    }
    let (state, message) = match (&heard.ending, told.nonsense) {
        (Ending::Own(_), None) if told.is_whole => return told.answers,
        (Ending::Late, _) => {
            let seconds = request.timeout.as_secs();
            (GpuState::Timeout, format!("did not return within {seconds} s{}", said()))
        }
        (_, Some(nonsense)) => (GpuState::Failed, format!("was answered with '{nonsense}'")),
        (Ending::TooMuch, None) => (GpuState::Failed, "was answered without an end".to_owned()),
        (Ending::Own(status), None) => {
            let ended = status.map_or("its process is gone".to_owned(), |status| {
                format!("its process ended with {status}")
            });
            (GpuState::Failed, format!("did not return: {ended}{}", said()))
        }
    };
    let failure = failure(state, told.calling, message + words);
    Answers { failure: Some(failure), ..told.answers }
}

/// The answers of a child that told this, said that beside, and ended by itself.
#[cfg(fuzzing)]
#[doc(hidden)]
#[must_use]
pub fn answers_of(told: &[u8], beside: &[u8]) -> Answers {
    let request = Request {
        program: PathBuf::new(),
        libraries: Vec::new(),
        timeout: Duration::from_secs(1),
        on_wait: None,
    };
    answers(&Heard::of(told, beside), &request, "")
}

fn failed(state: GpuState, calling: Option<(String, Option<u32>)>, message: String) -> Answers {
    Answers { failure: Some(failure(state, calling, message)), ..Answers::default() }
}

fn failure(state: GpuState, calling: Option<(String, Option<u32>)>, message: String) -> Failure {
    let (call, index) = calling.unwrap_or_else(|| ("NVML".to_owned(), None));
    Failure { state, error: CallError { call, index, code: None, message } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleep() -> Child {
        Command::new("sleep")
            .arg("1000")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    fn request() -> Request {
        let (program, libraries) = ("no-such-program".into(), Vec::new());
        Request { program, libraries, timeout: Duration::from_secs(7), on_wait: None }
    }

    #[test]
    fn there_is_no_second_child_while_one_is_stuck() {
        let child = sleep();
        let pid = child.id();
        let mut asker = Asker { stuck: Some(child) };
        let request = request();
        let failure = asker.ask(&request).failure.unwrap();
        assert_eq!(failure.state, GpuState::Timeout);
        assert!(failure.error.message.contains(&format!("process {pid} ")), "{failure:?}");
        assert!(end(asker.stuck.as_mut().unwrap()));
        let failure = asker.ask(&request).failure.unwrap();
        assert!(failure.error.message.contains("cannot be started"), "{failure:?}");
        assert!(asker.stuck.is_none());
    }

    #[test]
    fn a_child_that_cannot_be_ended_is_kept_and_told() {
        let mut child = sleep();
        let pid = child.id();
        assert!(!ends_within(&mut child, Duration::ZERO));
        let mut asker = Asker::default();
        let late = Heard::nothing(Ending::Late);
        let failure = asker.conclude(child, false, &late, &request()).failure.unwrap();
        assert_eq!(failure.state, GpuState::Timeout);
        assert_eq!(
            failure.error.message,
            format!(
                "did not return within 7 s; its process {pid} is stuck in the kernel and cannot be ended"
            )
        );
        assert!(end(asker.stuck.as_mut().unwrap()));
    }
}
