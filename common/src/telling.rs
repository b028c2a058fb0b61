//! How things are told to people: on one line, with nothing in it that a terminal obeys.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;

use serde::Serialize;

/// Text of a host, a cluster or a person with what cannot be seen in it made visible: a device may call itself
/// anything. Nothing in it moves a cursor, ends a line, or turns the order of what stands around it.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let visible = |c: char| if is_unseen(c) { c.escape_default().to_string() } else { c.into() };
    Cow::Owned(text.chars().map(visible).collect())
}

/// Whether the character has no shape of its own: it controls a terminal, or changes the direction or the
/// joining of others.
#[must_use]
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// What ends a text that was cut.
const MORE: &str = "...";

/// The text, or as much of its beginning as fits.
#[must_use]
pub fn cut(text: &str, max_bytes: usize) -> String {
    if text.len() <= max_bytes {
        return text.to_owned();
    }
    let kept = text.floor_char_boundary(max_bytes.saturating_sub(MORE.len()));
    text.get(..kept).unwrap_or_default().to_owned() + MORE
}

/// The value as JSON for people and programs, with a line for each part of it.
pub fn pretty(value: &impl Serialize) -> serde_json::Result<String> {
    Ok(visible_json(&serde_json::to_string_pretty(value)?).into_owned() + "\n")
}

/// This YAML of the value, or, where something in it cannot be seen, JSON that says the same: that is YAML too,
/// and can write all of it.
pub fn visible_yaml(yaml: String, value: &impl Serialize) -> serde_json::Result<String> {
    if yaml.chars().any(|c| is_unseen(c) && c != '\n') { pretty(value) } else { Ok(yaml) }
}

/// The same JSON with what cannot be seen in its strings written as JSON writes it: it says the same, and no
/// terminal obeys it.
#[must_use]
pub fn visible_json(json: &str) -> Cow<'_, str> {
    // Whatever ends lines between values is none of them: in strings it is escaped already.
    let is_told = |c: char| is_unseen(c) && c != '\n';
    if !json.chars().any(is_told) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_told(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _infallible = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    Cow::Owned(text)
}

/// The error with its causes, on one line. Some libraries' errors repeat their cause; it is told once.
#[must_use]
pub fn one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    for cause in std::iter::successors(error.source(), |&error| error.source()) {
        let cause = cause.to_string();
        if !line.ends_with(&cause) {
            let _infallible = write!(line, ": {cause}");
        }
    }
    plain(&line.replace('\n', " ")).into_owned()
}

/// A command line parser's paragraphs before the usage, on one line.
#[must_use]
pub fn usage_error(text: &str) -> String {
    let is_told = |line: &&str| !line.starts_with("Usage:") && !line.starts_with("For more");
    let lines = text.lines().map(str::trim).take_while(is_told).filter(|line| !line.is_empty());
    let lines = lines.collect::<Vec<_>>().join("; ");
    plain(&lines.replace(":;", ":")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_made_visible() {
        assert_eq!(plain("Tesla\u{1b}[31m\n"), "Tesla\\u{1b}[31m\\n");
        assert_eq!(plain("a\u{0}\u{9b}\u{202e}b\u{200b}"), "a\\u{0}\\u{9b}\\u{202e}b\\u{200b}");
        assert_eq!(plain("Größe 東京"), "Größe 東京");
    }

    #[test]
    fn json_says_the_same_with_nothing_in_it_that_cannot_be_seen() {
        let value = serde_json::json!({ "a\u{202e}": "\u{1b}[2J\n\u{9b}\u{7f}\u{e0041}é\"\\" });
        let text = pretty(&value).unwrap();
        assert!(!text.chars().any(|c| is_unseen(c) && c != '\n'), "{text:?}");
        assert_eq!(text.lines().count(), 3, "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }

    #[test]
    fn yaml_in_which_something_cannot_be_seen_is_json_instead() {
        let told = |text: &str| visible_yaml(format!("a: {text}\nb: 1\n"), &text).unwrap();
        assert_eq!(told("é"), "a: é\nb: 1\n");
        assert_eq!(told("\u{202e}"), "\"\\u202e\"\n");
    }

    #[test]
    fn a_usage_error_is_told_on_one_line() {
        let text = "error: the following required arguments were not provided:\n  --dump\n\n\
            Usage: inventory-agent --dump\n       inventory-agent <COMMAND>\n\nFor more information";
        assert_eq!(
            usage_error(text),
            "error: the following required arguments were not provided: --dump"
        );
        let text = "error: unexpected argument '--dmp' found\n\n  tip: try '--dump'\n\nUsage: x";
        assert_eq!(
            usage_error(text),
            "error: unexpected argument '--dmp' found; tip: try '--dump'"
        );
    }

    #[derive(Debug, thiserror::Error)]
    #[error("cannot read\n'x'")]
    struct Outer(#[source] std::num::ParseIntError);

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = Outer("x".parse::<u8>().unwrap_err());
        assert_eq!(one_line(&error), "cannot read 'x': invalid digit found in string");
        let error = std::io::Error::other(error);
        assert_eq!(one_line(&error), "cannot read 'x': invalid digit found in string");
    }
}
