//! Every host gives the numbers that its description says: a test each, named by what it says.
//!
//! The descriptions are the `.hosts` files beside this one. Captured machines are tried too where
//! `CAPTURED_HOSTS` names a folder of them with an `expected.json`; unset, that one test counts as
//! ignored.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

mod captured;
mod case;
mod expect;
mod faults;
mod once;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use case::Case;

fn main() -> ExitCode {
    let mut trials: Vec<Trial> = files().iter().flat_map(|file| described(file)).collect();
    let names: BTreeSet<String> = trials.iter().map(|trial| trial.name().to_owned()).collect();
    assert_eq!(names.len(), trials.len(), "two cases have one name");
    trials.extend(captured::trials());
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/hosts");
    let entries = std::fs::read_dir(folder).expect("the folder of hosts");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "hosts")).collect();
    files.sort();
    files
}

fn described(file: &Path) -> Vec<Trial> {
    let topic = file.file_stem().expect("a name").to_string_lossy().into_owned();
    let trial = |name: String, case: Case, failures: fn(&Case) -> Vec<String>| {
        Trial::test(name, move || match failures(&case) {
            failures if failures.is_empty() => Ok(()),
            failures => Err(Failed::from(failures.join("\n"))),
        })
    };
    let direct = case::read(file).into_iter();
    let direct = direct.map(|case| trial(format!("{topic}: {}", case.name), case, Case::failures));
    let captured = case::read(file).into_iter().map(|case| {
        trial(format!("{topic}, captured: {}", case.name), case, Case::capture_failures)
    });
    let faults = faults::trial(&topic, case::read(file));
    let once = once::trial(&topic, case::read(file));
    direct.chain(captured).chain([faults, once]).collect()
}
