//! Every file that is generated from the code, by its path from the project's folder on.

#[path = "commands.rs"]
mod commands;
#[path = "environment.rs"]
mod environment;
#[path = "man.rs"]
mod man;
#[path = "metrics.rs"]
mod metrics;
#[path = "schema.rs"]
mod schema;
#[path = "table.rs"]
mod table;
#[path = "words.rs"]
mod words;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How to write them again: for who finds them stale.
pub const COMMAND: &str = "cargo run -p inventory-aggregator --example docs";

/// The line by which a page is known as generated.
const HEAD: &str =
    "<!-- Generated from the code; cargo run -p inventory-aggregator --example docs -->\n\n";

/// The project's folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folders that they are in.
const FOLDERS: [&str; 3] = ["deploy/man", "docs/explanation", "docs/reference"];

/// Every file.
pub fn files() -> BTreeMap<String, String> {
    let agent = ("inventory-agent", inventory_agent::command());
    let aggregator = ("inventory-aggregator", inventory_aggregator::command());
    let mut files: BTreeMap<String, String> = man::pages();
    let mut page = |name: &str, text: String| {
        files.insert(format!("docs/{name}.md"), format!("{HEAD}{text}"));
    };
    for (name, command) in [&agent, &aggregator] {
        page(&format!("reference/{name}"), commands::page(command.clone()));
    }
    page("reference/environment", environment::page(&[agent.1, aggregator.1]));
    page("reference/metrics", metrics::page());
    page("reference/words", words::page());
    page("explanation/rules", words::rules());
    for (name, text) in schema::pages() {
        page(&format!("reference/{name}"), text);
    }
    files
}

/// Those that are kept: the man pages, and the pages that say that they are generated.
pub fn kept() -> BTreeMap<String, String> {
    let mut kept = BTreeMap::new();
    for folder in FOLDERS {
        for entry in std::fs::read_dir(root().join(folder)).expect("a folder") {
            let entry = entry.expect("an entry");
            let path = format!("{folder}/{}", entry.file_name().display());
            let text = std::fs::read_to_string(entry.path()).expect("text");
            if folder == "deploy/man" || text.starts_with(HEAD) {
                kept.insert(path, text);
            }
        }
    }
    kept
}
