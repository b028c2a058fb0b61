//! What a child says until it ends, or has said enough, or its time is over.

use std::io::Read;
use std::os::fd::AsFd;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::{FIRST_PAUSE, LONGEST_PAUSE, Request};
use crate::show::plain;

/// The most that is heard of a child: a GPU takes some kilobytes.
const MAX_BYTES: usize = 8 << 20;

/// The most that is kept of what it says beside.
const MAX_BESIDE_BYTES: usize = 64 << 10;

/// The most characters of that to be shown.
const SHOWN_CHARS: usize = 120;

/// When a person who watches should be told what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the hearing ended.
#[derive(Debug)]
pub(super) enum Ending {
    /// The child ended, with this status where it is known.
    Own(Option<ExitStatus>),
    /// Its time is over.
    Late,
    /// It said more than there can be to say.
    TooMuch,
}

/// What was heard.
#[derive(Debug)]
pub(super) struct Heard {
    /// What it told on standard output.
    pub(super) told: Vec<u8>,
    /// What it, or the library, said on standard error.
    beside: Vec<u8>,
    pub(super) ending: Ending,
}

impl Heard {
    /// Hears the child to its end, but no longer than the request allows.
    pub(super) fn from(child: &mut Child, request: &Request) -> Self {
        let mut told = Pipe::new(child.stdout.take(), MAX_BYTES);
        let mut beside = Pipe::new(child.stderr.take(), MAX_BESIDE_BYTES);
        let ending = hear(child, &mut told, &mut beside, request);
        Self { told: told.bytes, beside: beside.bytes, ending }
    }

    #[cfg(test)]
    pub(super) fn nothing(ending: Ending) -> Self {
        Self { told: Vec::new(), beside: Vec::new(), ending }
    }

    /// What a child that ended by itself has said.
    #[cfg(fuzzing)]
    pub(super) fn of(told: &[u8], beside: &[u8]) -> Self {
        Self { told: told.to_vec(), beside: beside.to_vec(), ending: Ending::Own(None) }
    }

    /// The last line that it said beside, harmless to a terminal.
    pub(super) fn last_words(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.beside);
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
        let shown: String = line.chars().take(SHOWN_CHARS).collect();
        Some(plain(&shown).into_owned())
    }
}

fn hear(
    child: &mut Child,
    told: &mut Pipe<impl Read + AsFd>,
    beside: &mut Pipe<impl Read + AsFd>,
    request: &Request,
) -> Ending {
    let started = Instant::now();
    let mut on_wait = request.on_wait;
    let mut pause = FIRST_PAUSE;
    loop {
        let waited = started.elapsed();
        if waited >= request.timeout {
            return Ending::Late;
        }
        if waited >= PATIENCE
            && let Some(tell) = on_wait.take()
        {
            let seconds = request.timeout.as_secs();
            tell(&format!("waiting for NVML to tell of the GPUs, at most {seconds} s"));
        }
        let left = request.timeout.saturating_sub(waited);
        let has_news = wait(told, beside, pause.min(left));
        pause = if has_news { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        if told.has_too_much() {
            return Ending::TooMuch;
        }
        // One of its own children may hold the pipes, and even talk.
        match child.try_wait() {
            Ok(None) => {}
            status => {
                told.drain();
                return Ending::Own(status.unwrap_or_default());
            }
        }
    }
}

/// Waits for something to be heard and hears it; false where there was nothing. Once both are
/// closed it only waits.
fn wait(
    told: &mut Pipe<impl Read + AsFd>,
    beside: &mut Pipe<impl Read + AsFd>,
    patience: Duration,
) -> bool {
    let open = told.poll_fd().into_iter().chain(beside.poll_fd());
    let mut open: Vec<PollFd> = open.collect();
    if !is_any_ready(&mut open, patience) {
        return false;
    }
    let ready: Vec<bool> = open.iter().map(|fd| !fd.revents().is_empty()).collect();
    let mut ready = ready.into_iter();
    if told.is_open() && ready.next() == Some(true) {
        told.read();
    }
    if beside.is_open() && ready.next() == Some(true) {
        beside.read();
    }
    true
}

fn is_any_ready(open: &mut [PollFd], patience: Duration) -> bool {
    let seconds = i64::try_from(patience.as_secs()).unwrap_or(i64::MAX);
    let timeout = Timespec { tv_sec: seconds, tv_nsec: patience.subsec_nanos().into() };
    poll(open, Some(&timeout)).unwrap_or(0) > 0
}

/// One of the child's outputs.
struct Pipe<R> {
    /// Absent once its end was read.
    from: Option<R>,
    bytes: Vec<u8>,
    limit: usize,
    total: usize,
}

impl<R: Read + AsFd> Pipe<R> {
    fn new(from: Option<R>, limit: usize) -> Self {
        Self { from, bytes: Vec::new(), limit, total: 0 }
    }

    fn is_open(&self) -> bool {
        self.from.is_some()
    }

    fn has_too_much(&self) -> bool {
        self.total > self.limit
    }

    fn poll_fd(&self) -> Option<PollFd<'_>> {
        self.from.as_ref().map(|from| PollFd::new(from, PollFlags::IN))
    }

    /// Reads all that is there already.
    fn drain(&mut self) {
        while !self.has_too_much()
            && let Some(fd) = self.poll_fd()
            && is_any_ready(&mut [fd], Duration::ZERO)
        {
            self.read();
        }
    }

    /// Reads what is there. Beyond the limit it is read too, since whoever writes would wait
    /// otherwise, and forgotten.
    fn read(&mut self) {
        let mut buffer = [0; 16 << 10];
        let Some(from) = self.from.as_mut() else { return };
        match from.read(&mut buffer) {
            Ok(count @ 1..) => {
                let heard = buffer.get(..count).unwrap_or_default();
                let room = self.limit.saturating_sub(self.bytes.len());
                self.bytes.extend(heard.iter().take(room));
                self.total = self.total.saturating_add(count);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            _ => self.from = None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind, PipeReader, Write};
    use std::os::fd::BorrowedFd;

    use super::*;

    /// A pipe that cannot be read.
    struct Failing(PipeReader, ErrorKind);

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(Error::from(self.1))
        }
    }

    impl AsFd for Failing {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.0.as_fd()
        }
    }

    #[test]
    fn only_an_interrupted_read_is_made_again() {
        for (kind, is_open) in [(ErrorKind::Interrupted, true), (ErrorKind::Other, false)] {
            let (from, _to) = std::io::pipe().unwrap();
            let mut pipe = Pipe::new(Some(Failing(from, kind)), 10);
            pipe.read();
            assert_eq!(pipe.is_open(), is_open, "{kind}");
        }
    }

    #[test]
    fn beyond_the_limit_all_is_read_and_nothing_kept() {
        let (from, mut to) = std::io::pipe().unwrap();
        let mut pipe = Pipe::new(Some(from), 10);
        for (text, kept, has_too_much) in
            [("12345678", 8, false), ("90", 10, false), ("x", 10, true)]
        {
            to.write_all(text.as_bytes()).unwrap();
            pipe.drain();
            assert_eq!((pipe.bytes.len(), pipe.has_too_much()), (kept, has_too_much), "{text}");
        }
        assert_eq!(pipe.bytes, b"1234567890");
        drop(to);
        pipe.read();
        assert!(!pipe.is_open());
    }
}
