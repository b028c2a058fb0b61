//! Writes what is generated from the code: the man pages, the docs' reference, and the hosts of its examples.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails aloud"
)]

#[path = "files.rs"]
mod generated;
#[allow(dead_code, reason = "each program uses its part")]
mod hosts;

use generated::{COMMAND, files, kept, root};

fn main() -> std::io::Result<()> {
    let files = files();
    for gone in kept().keys().filter(|path| !files.contains_key(*path)) {
        std::fs::remove_file(root().join(gone))?;
    }
    for (path, text) in files {
        std::fs::write(root().join(&path), text).map_err(|error| {
            std::io::Error::other(format!("{COMMAND}: cannot write '{path}': {error}"))
        })?;
    }
    for host in hosts::hosts() {
        host.capture();
    }
    Ok(())
}
