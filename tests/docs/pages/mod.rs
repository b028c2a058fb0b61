//! The pages of the docs, and whether what they show is what happens.
#![allow(dead_code, reason = "each test target uses its part")]

mod judge;
pub mod kind;
pub mod names;
pub mod page;
mod session;
pub mod stage;
pub mod step;

use std::process::Command;

use kind::{Kind, Place};
use names::Names;
use page::{Block, Page};
use step::{Act, Step, steps};

/// All that a page says to do in a place. What makes no sense is another test's.
pub fn steps_of(page: &Page, place: Place) -> Vec<Step> {
    let of = |block: &Block| steps(block, &Kind::of(block.info.as_deref()).ok()?, place).ok();
    page.blocks.iter().filter_map(of).flatten().collect()
}

/// Whether a page has commands for this very place.
pub fn has_commands(page: &Page, place: Place) -> bool {
    let of = |block: &Block| Kind::of(block.info.as_deref()).ok()?.place();
    page.blocks.iter().filter_map(of).any(|its| its == place)
}

/// A page's commands for a place, a line each.
pub fn commands(page: &Page, place: Place) -> String {
    let command = |step: Step| match step.act {
        Act::Run { command, .. } => Some(command + "\n"),
        Act::Write { .. } => None,
    };
    steps_of(page, place).into_iter().filter_map(command).collect()
}

/// Runs a page's commands for a place, and says what is not as the page has it.
pub fn failure(page: &Page, place: Place, bash: Command, names: &Names) -> Option<String> {
    let steps = steps_of(page, place);
    let used: Vec<Step> = steps.iter().map(|step| as_used(names, step)).collect();
    let went = session::run(bash, &used);
    judge::Judge::new(place, names).failure(&steps, &went)
}

fn as_used(names: &Names, step: &Step) -> Step {
    let act = match &step.act {
        Act::Run { command, prints } => {
            Act::Run { command: names.as_used(command), prints: prints.clone() }
        }
        Act::Write { name, text } => Act::Write { name: name.clone(), text: names.as_used(text) },
    };
    Step { line: step.line, act }
}
