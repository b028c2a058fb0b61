//! A node whose devices call themselves what nobody would, and somebody might.

/// A model: markup, quotes, a terminal's orders in both of their spellings, the end of a line, and an override of
/// the direction of what follows.
pub const MODEL: &str =
    "</td><script>alert(\"1\")</script>'\u{1b}[31m\r\n\u{9b}2J\u{202e}\u{2066}&amp;\u{7f}\u{200b}";

/// A name of a disk or a port: what the kernel lets stand there.
pub const DEVICE: &str = "\u{1b}[2J\u{9b}31m\u{202e}<b>'\"\u{7f}";

/// Panics where anything in the text is not to be seen: it then is obeyed.
pub fn must_be_seen(text: &str) {
    let is_unseen = |c: &char| inventory_common::telling::is_unseen(*c) && *c != '\n';
    let unseen: Vec<char> = text.chars().filter(is_unseen).collect();
    assert!(unseen.is_empty(), "{unseen:?} in {text:?}");
}
