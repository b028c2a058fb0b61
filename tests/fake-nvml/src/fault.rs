//! What goes wrong, in which call, at which GPU.
//!
//! The table `faults` has a key `CALL@PLACE`, `CALL` (at every place) or
//! `*@PLACE` (in every call). A place is a GPU's index (`3`), a MIG device or
//! an `NvLink` of it (`3.1`), or all of these (`3.*`; the GPU itself is none of
//! them). The first of [`Faults::at`]'s keys that is there counts.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    process, ptr, thread,
    time::Duration,
};

use serde::Deserialize;

use crate::{code::Code, handle::Place};

#[derive(Default, Deserialize)]
pub struct Faults(BTreeMap<String, Fault>);

/// An NVML error by its name in nvml.h or its number, or an [`Act`].
#[derive(Clone, Copy, Deserialize)]
#[serde(
    untagged,
    expecting = "an NVML error by name or number, \"hang\", \"abort\", \"segfault\", \
                 \"chatter\", \"unterminated\", {\"exit\": N}, {\"delay_ms\": N} or {\"value\": N}"
)]
enum Fault {
    Does(Act),
    Says(Code),
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// Never returns.
    Hang,
    /// Dies of SIGABRT.
    Abort,
    /// Dies of SIGSEGV.
    Segfault,
    /// Ends the process with this status, in the middle of the call.
    Exit(i32),
    /// Prints a line on standard output, where it has no business, and answers as it should.
    Chatter,
    /// Answers as it should, so many milliseconds later.
    DelayMs(u64),
    /// Says that it succeeded, and every number that it gives is this one.
    Value(u64),
    /// Says that it succeeded, and fills text to the buffer's last byte.
    Unterminated,
}

/// How an answer is falsified.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    None,
    Value(u64),
    Unterminated,
}

impl Faults {
    /// Lets happen what the table has for this call, if it lets us go on.
    pub fn strike(&self, call: &str, place: Place) -> Result<Twist, Code> {
        match self.at(call, place) {
            None => Ok(Twist::None),
            Some(Fault::Says(code)) => Err(code),
            Some(Fault::Does(act)) => Ok(act.done()),
        }
    }

    fn at(&self, call: &str, place: Place) -> Option<Fault> {
        let parts = match place {
            Place::Part(gpu, _) => format!("{gpu}.*"),
            Place::System | Place::Gpu(_) => place.to_string(),
        };
        let keys = [
            format!("{call}@{place}"),
            format!("{call}@{parts}"),
            call.to_owned(),
            format!("*@{place}"),
            format!("*@{parts}"),
        ];
        keys.iter().find_map(|key| self.0.get(key)).copied()
    }
}

impl Act {
    fn done(self) -> Twist {
        match self {
            Self::Hang => loop {
                thread::park();
            },
            Self::Abort => process::abort(),
            Self::Segfault => segfault(),
            Self::Exit(status) => process::exit(status),
            Self::Chatter => {
                let mut out = io::stdout();
                let line = b"NVML has something to say\n";
                let _nobody_listens = out.write_all(line).and_then(|()| out.flush());
                Twist::None
            }
            Self::DelayMs(ms) => {
                thread::sleep(Duration::from_millis(ms));
                Twist::None
            }
            Self::Value(value) => Twist::Value(value),
            Self::Unterminated => Twist::Unterminated,
        }
    }
}

fn segfault() -> ! {
    // SAFETY: none: the first page is never mapped, and to die of writing there is what was asked for.
    unsafe { ptr::without_provenance_mut::<u8>(8).write_volatile(0) };
    process::abort()
}
