//! What reading a host asks of it.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use inventory_agent::host::manifest::Manifest;
use inventory_agent::host::{Access, HostRoot, Recorder, Tree};
use inventory_agent::probe::{Depth, survey};
use inventory_common::Stated;

/// Every access to the host of a tree, in its order.
pub fn accesses(tree: Tree, depth: Depth) -> Vec<(PathBuf, Access)> {
    accesses_to(HostRoot::of_tree(tree, Manifest::default()), depth)
}

/// Every access to a host, in its order.
pub fn accesses_to(root: HostRoot, depth: Depth) -> Vec<(PathBuf, Access)> {
    let notes = Rc::new(RefCell::new(Vec::new()));
    let layer = Rc::clone(&notes);
    let root = root.wrapped(move |files| Box::new(Recorder::new(files, layer)));
    drop(survey(&root, None, &Stated::default(), depth));
    notes.take()
}

/// What an access does, as a word.
pub fn kind(access: &Access) -> &'static str {
    match access {
        Access::Read(_) => "read",
        Access::Link(_) => "link",
        Access::List(_) => "list",
        Access::IsFolder(_) => "test",
    }
}

/// What was asked for more than once.
pub fn repeated(accesses: &[(PathBuf, Access)]) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let asked = accesses.iter().map(|(path, access)| (kind(access), path));
    let repeated = asked.filter(|asked| !seen.insert(*asked));
    repeated.map(|(kind, path)| format!("{kind} {}", path.display())).collect()
}
