//! The man pages of both programs, a page for each command, as the command lines say.

use std::collections::BTreeMap;

/// Every page by its path.
pub fn pages() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [inventory_agent::command(), inventory_aggregator::command()] {
        clap_mangen::generate_to(command, folder.path()).expect("pages");
    }
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    let page = |entry: std::fs::DirEntry| {
        let text = std::fs::read_to_string(entry.path()).expect("text");
        (format!("deploy/man/{}", entry.file_name().display()), text)
    };
    entries.map(|entry| page(entry.expect("an entry"))).collect()
}
