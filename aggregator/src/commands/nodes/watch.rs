//! The nodes again and again: on a terminal as they are now, in a pipe what changes.

use std::path::Path;
use std::time::Duration;

use console::Term;
use inventory_common::telling::{one_line, visible_json};
use serde_json::Value;
use tokio::time::sleep;

use super::listed;
use crate::cli::{ListFormat, NodesArgs};
use crate::commands::find;
use crate::commands::screen::Screen;
use crate::exit::say;
use crate::input::STANDARD;
use crate::output;
use crate::report::{Changes, Report, as_json, as_table};

/// Shows them until somebody has seen enough. Only the first look must succeed: from then on what was seen is
/// worth more than an error.
pub async fn watch(args: &NodesArgs) -> anyhow::Result<()> {
    let client = find::cluster(&args.found).await?;
    let mut shown = Shown::new(args.format);
    shown.tell(&listed(args, find::in_cluster(&args.found, &client).await?))?;
    let mut silence = None;
    loop {
        sleep(Duration::from_secs(args.every)).await;
        let looked = find::in_cluster(&args.found, &client).await;
        let now = looked.as_ref().err().map(|error| one_line(error.as_ref()));
        if now != silence {
            shown.interrupt(now.as_deref())?;
            silence = now;
        }
        if let Ok(found) = looked {
            shown.tell(&listed(args, found))?;
        }
    }
}

/// How they are shown.
enum Shown {
    /// On a terminal, with what was shown last.
    Screen(Screen, String),
    /// As lines for people: what was told last, absent before the first time.
    Lines(Option<Changes>),
    /// As lines for programs: what was told last.
    Json(Value),
}

impl Shown {
    fn new(format: ListFormat) -> Self {
        match (format, Screen::standard()) {
            (ListFormat::Json, _) => Self::Json(Value::Null),
            (ListFormat::Table, Some(screen)) => Self::Screen(screen, String::new()),
            (ListFormat::Table, None) => Self::Lines(None),
        }
    }

    /// Shows how they are now.
    fn tell(&mut self, report: &Report) -> anyhow::Result<()> {
        match self {
            Self::Screen(screen, last) => {
                *last = as_table(report, output::width(&Term::stdout()));
                screen.show(last)?;
            }
            Self::Lines(Some(changes)) => write(&changes.tell(report))?,
            Self::Lines(before) => {
                output::write(Path::new(STANDARD), &as_table(report, None))?;
                *before = Some(Changes::since(report));
            }
            Self::Json(last) => {
                let now = as_json(report);
                if !says_the_same(&now, last) {
                    write(&[visible_json(&now.to_string()).into_owned()])?;
                    *last = now;
                }
            }
        }
        Ok(())
    }

    /// Says that nothing is heard of the cluster any more, and why, or that it is heard of again.
    fn interrupt(&mut self, why: Option<&str>) -> anyhow::Result<()> {
        match (self, why) {
            (Self::Screen(screen, last), Some(why)) => {
                screen.show(&format!("{last}\nas it was before: {why}\n"))?;
            }
            (Self::Screen(..), None) => {}
            (_, Some(why)) => say("warning", why),
            (_, None) => say("note", "the cluster answers again"),
        }
        Ok(())
    }
}

fn write(lines: &[String]) -> anyhow::Result<()> {
    let text: String = lines.iter().map(|line| line.clone() + "\n").collect();
    output::write(Path::new(STANDARD), &text)
}

/// Whether both say the same of the nodes, whenever that was.
fn says_the_same(one: &Value, other: &Value) -> bool {
    let (Some(one), Some(other)) = (one.as_object(), other.as_object()) else { return false };
    let said = |object: &serde_json::Map<String, Value>| {
        object.clone().into_iter().filter(|(key, _)| key != "made").collect::<Vec<_>>()
    };
    said(one) == said(other)
}
