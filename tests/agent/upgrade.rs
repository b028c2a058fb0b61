//! Captures that the first version wrote are read by this one. They are never written anew.

use std::path::Path;

use inventory_common::Inventory;

use crate::support::agent::Run;

#[test]
fn a_capture_of_the_first_version_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/v1alpha1");
    let then = std::fs::read_to_string(folder.join("dump.gpu-02.json")).unwrap();
    let then: Inventory = serde_json::from_str(&then).unwrap();
    let run = Run::detail(&folder.join("capture.gpu-02.tar.gz"), &[]);
    assert_eq!(run.exit, 3, "{run:?}");
    let now: Inventory = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(now.node_data, then.node_data);
    assert_eq!(now.unknowns, then.unknowns);
}
