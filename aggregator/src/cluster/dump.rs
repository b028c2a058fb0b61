//! Inventories as people hand them over: one object, an array, or one after another as in JSON
//! lines; each the whole inventory of `--dump --detail`, or plain nodeData.

use std::fmt;

use inventory_common::{Inventory, NodeData};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::value::RawValue;

use super::report::NodeReport;

/// A node's report, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// The source, and which of several it is there.
    pub name: String,
    /// The report.
    pub report: NodeReport,
}

/// What a dump holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The whole inventory of `--dump --detail`.
    Inventory(Box<Inventory>),
    /// Plain nodeData.
    Plain(Box<NodeData>),
}

impl From<Held> for NodeReport {
    fn from(held: Held) -> Self {
        match held {
            Held::Inventory(inventory) => (*inventory).into(),
            Held::Plain(node) => (*node).into(),
        }
    }
}

/// The inventories in a text from `source`.
pub fn parse(source: &str, text: &str) -> Result<Vec<Dump>, DumpError> {
    let dumps = parse_whole(source, text)?.into_iter();
    Ok(dumps.map(|(name, held)| Dump { name, report: held.into() }).collect())
}

/// The same with all that they say, each with where it came from.
pub fn parse_whole(source: &str, text: &str) -> Result<Vec<(String, Held)>, DumpError> {
    // Windows puts this mark in front of what it redirects.
    let text = text.trim_start_matches('\u{feff}');
    let items = items(text).map_err(|error| DumpError::new(Position::START, "", &error))?;
    let several = items.len() > 1;
    let reports = items.into_iter().enumerate().map(|(index, item)| {
        let name =
            if several { format!("item {} of {source}", index + 1) } else { source.to_owned() };
        Ok((name, held(item, text)?))
    });
    reports.collect()
}

/// The objects of a text. An array stands for what is in it.
fn items(text: &str) -> serde_json::Result<Vec<&RawValue>> {
    let mut items = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        let value = value?;
        if value.get().starts_with('[') {
            items.extend(serde_json::from_str::<Vec<&RawValue>>(value.get())?);
        } else {
            items.push(value);
        }
    }
    Ok(items)
}

/// What tells a whole inventory from a plain nodeData.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an inventory")]
struct Shape {
    node_data: Option<IgnoredAny>,
}

fn held(item: &RawValue, text: &str) -> Result<Held, DumpError> {
    let shape: Shape = typed(item, text)?;
    if shape.node_data.is_some() {
        typed(item, text).map(|inventory| Held::Inventory(Box::new(inventory)))
    } else {
        typed(item, text).map(|node| Held::Plain(Box::new(node)))
    }
}

/// The item as a `T`. Only an error makes it worth counting the lines of the text before it.
fn typed<T: DeserializeOwned>(item: &RawValue, text: &str) -> Result<T, DumpError> {
    let mut deserializer = serde_json::Deserializer::from_str(item.get());
    serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        DumpError::new(Position::of(item.get(), text), path.trim_start_matches('.'), error.inner())
    })
}

/// A place in a text, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Position {
    line: usize,
    column: usize,
}

impl Position {
    const START: Self = Self { line: 1, column: 1 };

    /// Where `part`, which is a part of `text`, begins.
    fn of(part: &str, text: &str) -> Self {
        let offset = part.as_ptr().addr().saturating_sub(text.as_ptr().addr());
        let before = text.get(..offset).unwrap_or_default();
        let last = before.rsplit('\n').next().unwrap_or_default();
        Self { line: before.matches('\n').count() + 1, column: last.len() + 1 }
    }

    /// The place that is called line and column from here on. Line 0 is nowhere.
    fn then(self, line: usize, column: usize) -> Self {
        match line {
            0 | 1 => Self { column: self.column + column.max(1) - 1, ..self },
            _ => Self { line: self.line + line - 1, column },
        }
    }
}

/// A text that holds no inventories.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DumpError {
    at: Position,
    path: String,
    reason: String,
}

impl DumpError {
    fn new(start: Position, path: &str, error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let reason = error.to_string();
        let reason = reason.trim_end_matches(&format!(" at line {line} column {column}"));
        // The word of a programmer for what a person would call so.
        let reason = reason.replace("expected u64", "expected a whole number, 0 or more");
        Self { at: start.then(line, column), path: path.to_owned(), reason }
    }
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at: Position { line, column }, path, reason } = self;
        let colon = if path.is_empty() { "" } else { ": " };
        write!(f, "line {line} column {column}: {path}{colon}{reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::report::tests::node;

    /// nodeData on one line.
    fn plain(id: &str) -> String {
        let mut node = node();
        id.clone_into(&mut node.id);
        serde_json::to_string(&node).unwrap()
    }

    fn detail(id: &str) -> String {
        let rest = r#""probes":[],"devices":{"disks":[],"ports":[],"gpus":[]},"unknowns":[{"field":"memory"}],"stated":[],"host":{}"#;
        format!(r#"{{"nodeData":{},{rest}}}"#, plain(id))
    }

    fn ids(text: &str) -> Vec<String> {
        let dumps = parse("f", text).unwrap();
        dumps.into_iter().map(|dump| format!("{}={}", dump.name, dump.report.node.id)).collect()
    }

    fn error(text: &str) -> String {
        parse("f", text).unwrap_err().to_string()
    }

    #[test]
    fn one_object_an_array_and_json_lines_are_all_taken() {
        let (a, b, c) = (plain("a"), detail("b"), plain("c"));
        assert_eq!(ids(&a), ["f=a"]);
        let several = ["item 1 of f=a", "item 2 of f=b", "item 3 of f=c"];
        assert_eq!(ids(&format!("[{a},\n{b}, {c}]")), several);
        assert_eq!(ids(&format!("{a}\n{b}\n\n{c}\n")), several);
        assert_eq!(ids(&format!("\u{feff}[{a}]\n[{b},{c}] []")), several);
        assert_eq!(ids(" \n"), [""; 0]);
    }

    #[test]
    fn a_whole_inventory_brings_what_it_does_not_know() {
        let troubles = |text: &str| parse("f", text).unwrap()[0].report.troubles.len();
        assert_eq!((troubles(&plain("a")), troubles(&detail("a"))), (0, 1));
    }

    #[test]
    fn an_error_tells_the_line_the_figure_and_the_reason() {
        let negative = plain("b").replace("65536", "-5");
        let column = negative.find("-5").unwrap() + 2;
        assert_eq!(
            error(&format!("{}\n{negative}", plain("a"))),
            format!(
                "line 2 column {column}: memory: invalid value: integer `-5`, expected a whole number, 0 or more"
            )
        );
        let fraction = detail("a").replace("\"swap\":0", "\n\"swap\":1.5");
        assert!(
            error(&fraction)
                .starts_with("line 2 column 10: nodeData.swap: invalid type: floating point")
        );
        let odd = format!("[{},\n {}]", plain("a"), plain("b").replace("gpus\":[", "gpus\":[7,"));
        assert!(error(&odd).starts_with("line 2 column "), "{}", error(&odd));
        let beside = format!("[{},7]", plain("a"));
        let column = plain("a").len() + 3;
        assert!(
            error(&beside).starts_with(&format!("line 1 column {column}: ")),
            "{}",
            error(&beside)
        );
        assert!(
            error(&odd).contains(": gpus.gpus[0]: invalid type: integer `7`"),
            "{}",
            error(&odd)
        );
    }

    #[test]
    fn what_is_no_inventory_is_refused() {
        assert_eq!(error("{nope"), "line 1 column 2: key must be a string");
        assert!(error("{\"id\": \"a\"\n").starts_with("line 2 column 0: EOF while parsing"));
        assert!(error("7").contains("invalid type: integer `7`, expected an inventory"));
        assert!(error("{}").contains("missing field `id`"), "{}", error("{}"));
        assert!(
            error(&plain("a").replace("\"swap\"", "\"swop\"")).contains("missing field `swap`")
        );
        let twice = plain("a").replace("\"swap\":0", "\"swap\":0,\"swap\":1");
        assert!(error(&twice).contains("duplicate field `swap`"), "{}", error(&twice));
    }

    #[test]
    fn a_number_past_64_bits_is_refused() {
        let huge = plain("a").replace("65536", "99999999999999999999");
        assert!(error(&huge).contains("memory: invalid type: floating point"), "{}", error(&huge));
    }
}
