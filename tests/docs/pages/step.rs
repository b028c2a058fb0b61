//! The steps of a block: commands, each with what it prints, and files.

use super::kind::{Kind, Place};
use super::page::Block;

/// One step of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where the block begins.
    pub line: usize,
    pub act: Act,
}

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A command that must print this, and end well unless the next step looks at how it ended. Absent
    /// where it does not matter what it prints.
    Run { command: String, prints: Option<String> },
    /// A file is written.
    Write { name: String, text: String },
}

/// What is to be done in a place for a block.
pub fn steps(block: &Block, kind: &Kind, here: Place) -> Result<Vec<Step>, String> {
    let acts = match kind {
        Kind::Console(place) if place.is_in(here) => console(&block.text)?,
        Kind::Script(place) if place.is_in(here) => script(&block.text)?,
        Kind::File { name: Some(name), .. } => {
            vec![Act::Write { name: name.clone(), text: block.text.clone() }]
        }
        Kind::Text if block.text.lines().any(|line| line.starts_with("$ ")) => {
            return Err("there is a command in it: console".to_owned());
        }
        _ => Vec::new(),
    };
    Ok(acts.into_iter().map(|act| Step { line: block.line, act }).collect())
}

/// Commands stand behind `$ `, and go on behind `> `.
fn console(text: &str) -> Result<Vec<Act>, String> {
    let mut acts: Vec<(String, String)> = Vec::new();
    let mut is_command = false;
    for line in text.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            acts.push((command.to_owned(), String::new()));
            is_command = true;
            continue;
        }
        let (command, prints) = acts.last_mut().ok_or("it begins with no command")?;
        match line.strip_prefix("> ") {
            Some(more) if is_command => *command = format!("{command}\n{more}"),
            _ => {
                is_command = false;
                *prints += line;
                prints.push('\n');
            }
        }
    }
    let run = |(command, prints)| Act::Run { command, prints: Some(prints) };
    Ok(acts.into_iter().map(run).collect())
}

/// A command goes on behind a backslash, and to the end of what is given to it there.
fn script(text: &str) -> Result<Vec<Act>, String> {
    let mut acts = Vec::new();
    let mut lines = text.lines().filter(|line| !line.is_empty());
    while let Some(line) = lines.next() {
        let mut command = line.to_owned();
        let end = line.split_once("<<").and_then(|(_, rest)| rest.split_whitespace().next());
        let is_open = |command: &str| {
            let last = command.lines().last();
            command.ends_with('\\') || end.is_some() && last != end
        };
        while is_open(&command) {
            let more = lines.next().ok_or("its last command does not end")?;
            command = format!("{command}\n{more}");
        }
        acts.push(Act::Run { command, prints: None });
    }
    Ok(acts)
}
