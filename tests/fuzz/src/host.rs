//! The host on which every probe has something to read, and what is read of one like it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::LazyLock;

use inventory_agent::host::manifest::Manifest;
use inventory_agent::host::{Access, HostRoot, Notes, Recorder, Tree};
use inventory_agent::probe::{Depth, survey};
use inventory_common::{Inventory, Stated};

use crate::sketch;

/// The tree of that host.
pub static WHOLE: LazyLock<Tree> =
    LazyLock::new(|| sketch::tree(include_str!("../../agent/whole.host")));

/// Its paths.
pub static PATHS: LazyLock<Vec<PathBuf>> =
    LazyLock::new(|| WHOLE.entries().into_iter().map(|(path, _)| path).collect());

/// The files that are read of it, by their paths without links.
pub static FILES: LazyLock<Vec<PathBuf>> = LazyLock::new(|| {
    let notes = Notes::default();
    let root = HostRoot::of_tree(WHOLE.clone(), Manifest::default());
    read(&root.wrapped(|files| Box::new(Recorder::new(files, notes.clone()))));
    let notes = notes.take();
    let read = notes.iter().filter(|(_, access)| matches!(access, Access::Read(Ok(_))));
    read.map(|(path, _)| path.clone()).collect::<BTreeSet<_>>().into_iter().collect()
});

/// All that is read of a host.
pub fn read(root: &HostRoot) -> Inventory {
    let stated = Stated::default();
    survey(root, None, &stated, Depth::Detail).readings.into_inventory("node".to_owned(), &stated)
}

/// All that is read of this tree.
pub fn read_tree(tree: Tree) -> Inventory {
    read(&HostRoot::of_tree(tree, Manifest::default()))
}
