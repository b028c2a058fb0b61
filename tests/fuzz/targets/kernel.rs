//! One file of a host with any text in it: the other devices stay as they are. The first byte says which file.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use fuzz::host::{FILES, WHOLE, read_tree};
use fuzz::inventory::holds;
use fuzz::others::others_agree;
use inventory_agent::host::Node;
use inventory_common::Inventory;
use libfuzzer_sys::fuzz_target;

static UNHARMED: LazyLock<Inventory> = LazyLock::new(|| read_tree(WHOLE.clone()));

/// Files by which a device may be known for another one, or for a part of it.
const IDENTITIES: [&str; 8] =
    ["wwid", "vpd_pg80", "serial", "phys_port_id", "phys_port_name", "address", "class", "vendor"];

fn is_identity(file: &Path) -> bool {
    IDENTITIES.iter().any(|name| file.ends_with(name))
}

fuzz_target!(|input: &[u8]| {
    let Some((file, text)) = input.split_first() else { return };
    let file = &FILES[usize::from(*file) % FILES.len()];
    let mut tree = WHOLE.clone();
    tree.remove(file).expect("it is there");
    tree.insert(file, Node::File(text.to_vec())).expect("it was there");
    let found = read_tree(tree);
    holds(&found);
    if !is_identity(file) {
        others_agree(&UNHARMED, &found, file, &file.to_string_lossy());
    }
});
