//! Writes the man pages into `deploy/man`.
#![allow(clippy::expect_used, reason = "what fails here fails aloud")]

mod pages;

use pages::{COMMAND, folder, pages, read};

fn main() -> std::io::Result<()> {
    let (folder, pages) = (folder(), pages());
    for gone in read(&folder).keys().filter(|name| !pages.contains_key(*name)) {
        std::fs::remove_file(folder.join(gone))?;
    }
    for (name, text) in pages {
        std::fs::write(folder.join(&name), text).map_err(|error| {
            std::io::Error::other(format!("{COMMAND}: cannot write '{name}': {error}"))
        })?;
    }
    Ok(())
}
