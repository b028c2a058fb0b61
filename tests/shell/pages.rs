//! The man pages of both programs, a page for each command, as the command lines say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How to write them again: for who finds them stale.
pub const COMMAND: &str = "cargo run -p inventory-aggregator --example man";

/// Where they are kept.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/man")
}

/// Every page by its file's name.
pub fn pages() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [inventory_agent::command(), inventory_aggregator::command()] {
        clap_mangen::generate_to(command, folder.path()).expect("pages");
    }
    read(folder.path())
}

/// The files of a folder, by their names.
pub fn read(folder: &Path) -> BTreeMap<String, String> {
    let entries =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let file = |entry: std::fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(entry.path()).expect("text"))
    };
    entries.map(file).collect()
}
