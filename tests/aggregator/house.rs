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

#[test]
fn a_report_is_made_of_data_alone() {
    let files = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report"));
    for path in files.iter().filter(|path| path.extension().is_some_and(|it| it == "rs")) {
        let text = std::fs::read_to_string(path).unwrap();
        for word in OUTSIDE {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
    }
    assert!(files.len() > 20);
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

/// What has credentials in it, and where it is.
const SECRET: [(&str, &str); 4] = [
    ("kubernetes/kubeconfig/portable.rs", "pub struct Portable {"),
    ("kubernetes/service_account.rs", "pub struct Token {"),
    ("commands/hand_over.rs", "pub struct Handed {"),
    ("commands/hand_over.rs", "pub struct Secrets("),
];

#[test]
fn what_has_credentials_in_it_can_be_shown_nowhere() {
    for (file, item) in SECRET {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, _) = text.split_once(item).unwrap_or_else(|| panic!("no {item} in {file}"));
        let last = before.lines().last().unwrap();
        assert!(!last.starts_with("#[derive"), "{file}: {last}");
        let name = item.trim_start_matches("pub struct ").trim_end_matches([' ', '{', '(']);
        for shown in ["Debug", "Display", "Serialize"] {
            assert!(!text.contains(&format!("{shown} for {name}")), "{file}: {shown}");
        }
    }
}
