//! How things are told to people: on one line, with nothing in it that a terminal obeys.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write;

/// Text of a host or a file with its control characters made visible: a device may call itself
/// anything, and a terminal obeys some of it.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let visible = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    Cow::Owned(text.chars().map(visible).collect())
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
    fn control_characters_are_made_visible() {
        assert_eq!(plain("Tesla\u{1b}[31m\n"), "Tesla\\u{1b}[31m\\n");
        assert_eq!(plain("Größe"), "Größe");
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
