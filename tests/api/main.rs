//! The agent against a real API server, with the rights and policies that the chart gives it.
//!
//! `tests/run api` builds the binaries of etcd, the API server and helm, and names their folder in
//! `KUBEBUILDER_ASSETS`; without it every test here counts as ignored.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

mod agent;
mod chart;
mod contest;
mod environment;
mod faults;
mod garbage;
mod gpus;
mod host;
mod mending;
mod names;
mod policy;
mod quiet;
mod report;
#[path = "../support/mod.rs"]
mod support;
mod token;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use test_kubernetes::assets;

use environment::{Case, Environment};

/// Most tests wait most of the time.
const THREADS: usize = 6;

fn main() -> ExitCode {
    let mut args = Arguments::from_args();
    args.test_threads = args.test_threads.or(Some(THREADS));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("tokio");
    let environment = Arc::new(Environment::default());
    let is_missing = assets::folder().is_none();
    if is_missing {
        eprintln!("api: skipped, {} names no folder: tests/run api", assets::FOLDER);
    }
    let trial = |case: Case| {
        let (handle, environment) = (runtime.handle().clone(), Arc::clone(&environment));
        let run = move || {
            handle.block_on((case.run)(environment));
            Ok(())
        };
        Trial::test(case.name, run).with_ignored_flag(is_missing)
    };
    let cases = [
        chart::cases(),
        report::cases(),
        names::cases(),
        mending::cases(),
        garbage::cases(),
        contest::cases(),
        gpus::cases(),
        quiet::cases(),
        policy::cases(),
        faults::cases(),
        token::cases(),
    ];
    let trials = cases.into_iter().flatten().map(trial).collect();
    libtest_mimic::run(&args, trials).exit_code()
}
