//! The docs are true: every example is run, every file that is shown is taken, every link leads somewhere.
//!
//! What a block of code is, the words behind its fence say (`kind`). Examples that need a cluster are run by
//! the tiers that have one.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test may fail"
)]

mod files;
#[path = "../reference/files.rs"]
mod generated;
#[allow(dead_code, reason = "each program uses its part")]
#[path = "../reference/hosts.rs"]
mod hosts;
mod lies;
mod links;
mod pages;
mod programs;
#[allow(dead_code, reason = "each test target uses its part")]
#[path = "../support/run.rs"]
mod run;
mod zsh;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};

use pages::kind::{Kind, Place};
use pages::page::{Block, Page, pages, root};
use pages::stage::Stage;
use pages::{commands, has_commands, step};
use programs::{asked_by, asking};

fn main() -> ExitCode {
    let pages: Vec<Arc<Page>> = pages().into_iter().map(Arc::new).collect();
    let mut trials = vec![
        named(&pages),
        pictures(&pages),
        Trial::test("what is generated is as the code says", stale),
    ];
    trials.push(asking(Trial::test("zsh completes", || fail(&zsh::wrong())), &["zsh"]));
    trials.push(Trial::test("a page that is not true is told so", || fail(&lies::missed())));
    for host in hosts::hosts() {
        let name = format!("docs/examples/{}.tar.gz is as it is described", host.name);
        trials.push(Trial::test(name, move || described(&host)));
    }
    for page in &pages {
        trials.push(trial(page, "links lead somewhere", links::broken));
        trials.push(trial(page, "every block of code is of a kind", no_kind));
        trials.push(trial(page, "files are taken", files::refused));
        if has_commands(page, Place::Here) {
            let trial = trial(page, "examples say what it says", untrue);
            trials.push(asking(trial, &asked_by(&commands(page, Place::Here))));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test of a page, by all that is wrong with it.
fn trial(page: &Arc<Page>, what: &str, wrong: fn(&Page) -> Vec<String>) -> Trial {
    let name = format!("{}: {what}", page.name());
    let page = Arc::clone(page);
    Trial::test(name, move || fail(&wrong(&page)))
}

fn fail(wrong: &[String]) -> Result<(), Failed> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn untrue(page: &Page) -> Vec<String> {
    let stage = Stage::new(&page.text);
    pages::failure(page, Place::Here, stage.command(), &stage.names).into_iter().collect()
}

fn no_kind(page: &Page) -> Vec<String> {
    let told = |block: &Block| {
        let steps = |kind: Kind| step::steps(block, &kind, kind.place().unwrap_or(Place::Here));
        let told = Kind::of(block.info.as_deref()).and_then(steps).err()?;
        Some(format!("{}:{}: {told}", page.name(), block.line))
    };
    page.blocks.iter().filter_map(told).collect()
}

/// Large pictures make a clone slow, and what no page shows is looked at by nobody.
fn pictures(pages: &[Arc<Page>]) -> Trial {
    let pages = pages.to_vec();
    Trial::test("pictures are small, and each is shown", move || {
        let files = pages::page::entries(&root().join("docs/pictures"));
        let is_shown = |file: &Path| {
            let name = format!("pictures/{}", file.file_name().unwrap().display());
            pages.iter().any(|page| page.links.iter().any(|link| link.ends_with(&name)))
        };
        let is_small = |file: &Path| std::fs::metadata(file).unwrap().len() < LARGE_BYTES;
        let wrong = files.iter().filter(|file| !is_shown(file) || !is_small(file));
        assert!(files.len() > 3);
        fail(&wrong.map(|file| file.display().to_string()).collect::<Vec<_>>())
    })
}

const LARGE_BYTES: u64 = 150_000;

/// Tells of generated files that are not what the code says.
fn stale() -> Result<(), Failed> {
    let (made, kept) = (generated::files(), generated::kept());
    let of = |path: &&String| made.get(*path) != kept.get(*path);
    let stale: Vec<&String> = made.keys().chain(kept.keys()).filter(of).collect();
    assert!(made.len() > 30 && !made.keys().any(|name| name.contains("reach")));
    if stale.is_empty() { Ok(()) } else { Err(format!("{}: {stale:?}", generated::COMMAND).into()) }
}

fn described(host: &hosts::Host) -> Result<(), Failed> {
    let [described, kept] = host.dumps();
    assert!(described.len() > 1000);
    if described == kept { Ok(()) } else { Err(format!("stale: {}", generated::COMMAND).into()) }
}

fn named(pages: &[Arc<Page>]) -> Trial {
    let pages = pages.to_vec();
    Trial::test("the tests that pages name are there", move || {
        let places = ["tests", "common/src", "agent/src", "aggregator/src"];
        let functions: BTreeSet<String> =
            places.iter().flat_map(|place| links::functions(&root().join(place))).collect();
        let named = pages.iter().flat_map(|page| links::tests(page));
        let (there, gone): (Vec<&str>, Vec<&str>) =
            named.partition(|name| functions.contains(*name));
        assert!(there.len() > 10, "{there:?}");
        fail(&gone.into_iter().map(str::to_owned).collect::<Vec<_>>())
    })
}
