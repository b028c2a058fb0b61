//! Of every described host, each thing is asked for once.

use inventory_agent::probe::Depth;
use libtest_mimic::{Failed, Trial};

use crate::case::Case;
use crate::support::accesses::{accesses, repeated};
use crate::support::sketch;

/// A test for the hosts of each file.
pub fn trial(topic: &str, cases: Vec<Case>) -> Trial {
    Trial::test(format!("{topic}: nothing is asked for twice"), move || {
        match cases.iter().flat_map(failures).collect::<Vec<_>>() {
            failures if failures.is_empty() => Ok(()),
            failures => Err(Failed::from(failures.join("\n"))),
        }
    })
}

/// What two devices ask each by itself: the namespaces of one NVMe controller, and the PCI bus and the GPU on it where
/// either id cannot be read.
const BY_EACH: [&str; 3] = ["transport", "serial", "vendor"];

fn failures(case: &Case) -> Vec<String> {
    let of = |depth| repeated(&accesses(sketch::tree(&case.tree), depth));
    let repeated = [Depth::Figures, Depth::Detail].into_iter().flat_map(of);
    let is_once = |what: &String| !BY_EACH.iter().any(|file| what.ends_with(&format!("/{file}")));
    repeated.filter(is_once).map(|what| format!("{}: {what}", case.name)).collect()
}
