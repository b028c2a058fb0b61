//! `explain`: what a word means.

use std::path::Path;

use console::Term;
use inventory_common::telling::pretty;

use crate::cli::{ExplainArgs, ExplainFormat};
use crate::exit::{Ended, say};
use crate::explain::{Topic, as_list, as_text, find, nearest, topics};
use crate::input::STANDARD;
use crate::output;

/// The widest line: what people read with ease.
const WIDTH: u16 = 100;

/// Explains a word, or lists all that there are.
pub fn explain(args: &ExplainArgs) -> anyhow::Result<Ended> {
    let topics = topics();
    let found = match &args.topic {
        None => topics.iter().collect(),
        Some(word) => find(&topics, word),
    };
    if let (Some(word), []) = (&args.topic, found.as_slice()) {
        say("error", &unknown(&topics, word));
        return Ok(Ended::Misused);
    }
    let width = output::width(&Term::stdout()).map_or(WIDTH, |width| width.min(WIDTH));
    let text = match (args.format, &args.topic) {
        (ExplainFormat::Json, _) => pretty(&found)?,
        (ExplainFormat::Text, None) => as_list(&topics, width),
        (ExplainFormat::Text, Some(_)) => as_text(&found, width),
    };
    output::write(Path::new(STANDARD), &text)?;
    Ok(Ended::Done)
}

fn unknown(topics: &[Topic], word: &str) -> String {
    match nearest(topics, word) {
        Some(name) => format!("nothing is known of '{word}': did you mean '{name}'?"),
        None => format!("nothing is known of '{word}': explain without a word lists all"),
    }
}
