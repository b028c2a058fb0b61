//! Rules of the house that the compiler does not know.

use std::path::Path;

/// Words of those who open files, ask clocks, or speak to a network.
const OUTSIDE: [&str; 8] =
    ["std::fs", "std::io", "File::", "std::env", "SystemTime", "Instant", "kube::", "tokio::"];

#[test]
fn a_cluster_is_made_of_data_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cluster");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for word in OUTSIDE {
            assert!(!text.contains(word), "{}: {word}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 4);
}
