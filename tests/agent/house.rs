//! Rules of the house that the compiler does not know.

use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((path, text));
        }
    }
    found
}

fn agent() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn no_source_names_an_absolute_path_of_the_host() {
    let sources = sources(&agent());
    assert!(sources.len() > 20);
    let is_host_root = |path: &PathBuf| path.strip_prefix(agent()).unwrap().starts_with("host");
    for (path, text) in sources.into_iter().filter(|(path, _)| !is_host_root(path)) {
        for literal in ["\"/proc", "\"/sys", "\"/etc"] {
            assert!(!text.contains(literal), "{}: {literal}", path.display());
        }
    }
}

/// Folders and files whose business is files.
const OPENERS: [&str; 3] = ["host.rs", "host/", "capture/"];

#[test]
fn only_the_host_root_opens_files() {
    for (path, text) in sources(&agent()) {
        let name = path.strip_prefix(agent()).unwrap().to_string_lossy().into_owned();
        let may_open = OPENERS.iter().any(|opener| name.starts_with(opener));
        let opens = ["std::fs", "File::", "rustix::fs"].iter().any(|word| text.contains(word));
        assert!(may_open || !opens, "{name} opens files");
    }
}
