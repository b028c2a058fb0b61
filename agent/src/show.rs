//! How an inventory is shown to people.

pub mod explain;
pub mod notes;
pub mod table;

use std::io::{self, IsTerminal, Write};

pub use inventory_common::telling::plain;

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

/// Writes all of `text`. A reader that has seen enough, as `head` has, is no error.
pub fn write_all(out: &mut impl Write, text: &[u8]) -> io::Result<()> {
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
