//! Rules of the house that the compiler does not know.

use std::path::{Path, PathBuf};

/// Words of those who open files, ask clocks, or speak to a network.
const OUTSIDE: [&str; 8] =
    ["std::fs", "std::io", "File::", "std::env", "SystemTime", "Instant", "kube::", "tokio::"];

#[test]
fn a_cluster_is_made_of_data_alone() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cluster"));
    for path in &files {
        let text = std::fs::read_to_string(path).unwrap();
        for word in OUTSIDE {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
    assert!(files.len() > 4);
}

/// The files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Words of those who know what a cluster is made of.
const INSIDE: [&str; 4] = ["crate::cluster", "kube::", "k8s_openapi", "inventory_common::resource"];

#[test]
fn aios_is_spoken_to_without_knowing_kubernetes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/aios");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for word in INSIDE {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 4);
}
