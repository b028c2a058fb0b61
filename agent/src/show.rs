//! How an inventory is shown to people.

pub mod explain;
pub mod notes;
pub mod table;

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

/// Says a line on standard error. Where that is closed or full there is nobody left to tell, and
/// the exit status says it all the same.
pub fn say(line: &str) {
    let _nobody_listens = writeln!(anstream::stderr().lock(), "{line}");
}

/// Says a line to a person who waits, and to nobody's log.
pub fn say_to_person(line: &str) {
    if io::stderr().is_terminal() {
        say(line);
    }
}

/// Text of a host with its control characters made visible: a device may call itself anything, and
/// a terminal obeys some of it.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return Cow::Borrowed(text);
    }
    let visible = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    Cow::Owned(text.chars().map(visible).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_made_visible() {
        assert_eq!(plain("Tesla\u{1b}[31m\n"), "Tesla\\u{1b}[31m\\n");
        assert_eq!(plain("Größe"), "Größe");
    }
}
