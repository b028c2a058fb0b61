//! What a page shows is what happens.

use crate::kind::{Kind, Place};
use crate::page::{Block, Page};
use crate::stage::Stage;
use crate::step::{Act, Step, steps};
use crate::{judge, session};

/// All that a page says to do in a place. What makes no sense is another test's.
pub fn steps_of(page: &Page, place: Place) -> Vec<Step> {
    let of = |block: &Block| steps(block, &Kind::of(block.info.as_deref()).ok()?, place).ok();
    page.blocks.iter().filter_map(of).flatten().collect()
}

/// Whether there are commands among the steps.
pub fn has_commands(steps: &[Step]) -> bool {
    steps.iter().any(|step| matches!(step.act, Act::Run { .. }))
}

/// Runs a page's commands here, and says what is not as the page has it.
pub fn failure(page: &Page) -> Option<String> {
    let stage = Stage::new(&page.text);
    let steps = steps_of(page, Place::Here);
    let run: Vec<Step> = steps.iter().map(|step| as_run(&stage, step)).collect();
    let went = session::run(stage.command(), &run);
    judge::failure(&steps, &went, |printed| stage.as_written(printed))
}

fn as_run(stage: &Stage, step: &Step) -> Step {
    let act = match &step.act {
        Act::Run { command, prints } => {
            Act::Run { command: stage.as_run(command), prints: prints.clone() }
        }
        Act::Write { name, text } => Act::Write { name: name.clone(), text: stage.as_run(text) },
    };
    Step { line: step.line, act }
}
