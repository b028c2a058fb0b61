//! The child's side.

use std::ffi::OsString;
use std::io::PipeWriter;

use rustix::process::{Resource, Rlimit, Signal};

use crate::probe::gpu::nvml;
use crate::probe::gpu::told::Teller;

/// Asks the first of `libraries` that can be loaded, and tells `parent` what it says.
pub fn run(parent: u32, libraries: &[OsString]) -> std::io::Result<()> {
    end_with(parent)?;
    // A library that breaks is told in one line; its memory is of no use to anybody.
    let _allowed =
        rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let mut out = only_ours()?;
    nvml::read(libraries, &mut Teller::new(&mut out));
    Ok(())
}

/// Lets the kernel end this process together with its parent, however that ends.
fn end_with(parent: u32) -> std::io::Result<()> {
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    // It may have ended before that was said.
    let is_there =
        rustix::process::getppid().is_some_and(|pid| u32::try_from(pid.as_raw_pid()) == Ok(parent));
    is_there.then_some(()).ok_or_else(|| std::io::Error::other("the process that asks is gone"))
}

/// Standard output for us alone: what a library prints goes to standard error from here on.
fn only_ours() -> std::io::Result<PipeWriter> {
    let ours = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(ours.into())
}
