//! Text that people and terminals are shown.

use std::error::Error;

use inventory_common::telling::{is_unseen, one_line, pretty};
use serde_json::Value;

/// Nothing in a line controls a terminal, ends the line, or turns the order of what stands around it.
pub fn is_plain(line: &str) {
    assert!(!line.chars().any(is_unseen), "{line:?}");
}

/// An error becomes one line that says something.
pub fn is_told(error: &(dyn Error + 'static)) {
    let line = one_line(error);
    is_plain(&line);
    assert!(!line.trim().is_empty());
}

/// JSON that is printed says the same, and nothing in it controls a terminal.
pub fn is_printed(value: &Value) {
    let text = pretty(value).expect("a value can be written");
    text.lines().for_each(is_plain);
    assert_eq!(serde_json::from_str::<Value>(&text).ok().as_ref(), Some(value));
}
