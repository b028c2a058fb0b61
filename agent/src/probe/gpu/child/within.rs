//! The child's side.

use std::ffi::OsString;
use std::io::{self, PipeWriter};

use rustix::process::{Resource, Rlimit, Signal};

use super::SUBCOMMAND;
use crate::probe::gpu::nvml;
use crate::probe::gpu::told::Teller;

/// Does what the child is for, if these arguments make it the child.
pub fn run(args: impl IntoIterator<Item = OsString>) -> Option<io::Result<()>> {
    let mut args = args.into_iter().skip(1);
    if args.next()? != SUBCOMMAND {
        return None;
    }
    let parent = args.next().and_then(|parent| parent.to_str()?.parse().ok());
    Some(ask(parent, &args.collect::<Vec<_>>()))
}

/// Asks the first of `libraries` that can be loaded, and tells `parent` what it says.
fn ask(parent: Option<u32>, libraries: &[OsString]) -> io::Result<()> {
    end_with(parent)?;
    // A library that breaks is told in one line; its memory is of no use to anybody.
    let _allowed =
        rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let mut out = only_ours()?;
    nvml::read(libraries, &mut Teller::new(&mut out));
    Ok(())
}

/// Lets the kernel end this process together with its parent, however that ends.
fn end_with(parent: Option<u32>) -> io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have ended before that was said.
    let now = rustix::process::getppid().and_then(|pid| u32::try_from(pid.as_raw_pid()).ok());
    let is_there = parent.is_some() && now == parent;
    is_there.then_some(()).ok_or_else(|| io::Error::other("the process that asks is gone"))
}

/// Standard output for us alone: what a library prints goes to standard error from here on.
fn only_ours() -> io::Result<PipeWriter> {
    let ours = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(ours.into())
}
