//! What the agent must do on the machine that the tests run on: agree with independent readers, be
//! the same for root and for nobody, and read a host that is mounted elsewhere.
//!
//! A test whose needs this machine does not meet says so in its name and counts as ignored; with
//! `CI=true` it fails.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may fail"
)]

mod calls;
mod captured;
mod live;
mod mounted;
mod nobody;
#[path = "../support/mod.rs"]
mod support;

use std::process::{Command, ExitCode, Stdio};

use libtest_mimic::{Arguments, Trial};

/// What a test needs of the machine; absent where it is met.
type Unmet = fn() -> Option<&'static str>;

/// The tests: name, need, body.
const TESTS: &[(&str, Unmet, fn())] = &[
    ("sysinfo agrees on memory and swap", nothing, live::sysinfo_agrees_on_memory_and_swap),
    ("sysinfo agrees on the number of cpus", nothing, live::sysinfo_agrees_on_the_number_of_cpus),
    ("lsblk agrees on disks and their sizes", lsblk, live::lsblk_agrees_on_disks_and_their_sizes),
    ("nobody reads the same figures as root", root, nobody::reads_the_same_figures_as_root),
    ("what nobody may not read is forbidden", root, nobody::is_told_what_is_forbidden),
    ("this machine captured is this machine", nothing, captured::is_this_machine),
    ("a capture by nobody is what nobody sees", root, captured::by_nobody_is_what_nobody_sees),
    (
        "a capture leaves nothing where it may not write",
        root,
        captured::leaves_nothing_where_it_may_not_write,
    ),
    ("a dump's calls are those that reading takes", strace, calls::are_those_that_reading_takes),
    ("a host mounted elsewhere is read as it is", namespaces, mounted::is_read_as_it_is),
];

fn main() -> ExitCode {
    let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    let trial = |(name, unmet, body): &(&str, Unmet, fn())| {
        let body = *body;
        match unmet() {
            None => Trial::test(*name, move || {
                body();
                Ok(())
            }),
            Some(need) if is_ci => Trial::test(*name, move || Err(format!("needs {need}").into())),
            Some(need) => Trial::test(format!("{name}: skipped, needs {need}"), || Ok(()))
                .with_ignored_flag(true),
        }
    };
    libtest_mimic::run(&Arguments::from_args(), TESTS.iter().map(trial).collect()).exit_code()
}

fn nothing() -> Option<&'static str> {
    None
}

fn lsblk() -> Option<&'static str> {
    (!runs("lsblk", &["--version"])).then_some("lsblk")
}

fn strace() -> Option<&'static str> {
    (!runs("strace", &["true"])).then_some("strace, and leave to trace")
}

fn root() -> Option<&'static str> {
    (!rustix::process::geteuid().is_root()).then_some("root, to become nobody")
}

fn namespaces() -> Option<&'static str> {
    (!runs("unshare", &["--mount", "--net", "true"])).then_some("root and namespaces of its own")
}

fn runs(program: &str, args: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(args).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
