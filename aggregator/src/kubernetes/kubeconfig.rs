//! Kubeconfigs as files: the one place that reads them and the files that they name.

mod not_portable;
mod portable;
mod reach;

use std::path::Path;

use anyhow::Context;
use inventory_common::kubeconfig::Unusable;
use kube::config::Kubeconfig;

pub use not_portable::NotPortable;
pub use portable::{Credential, Portable, portable};
pub use reach::{Reach, reach};

/// The kubeconfig of this file, or else that of `KUBECONFIG`, whose files are merged as kubectl merges
/// them, or else the one in the home folder. The files that it names are named from the root.
pub fn read(file: Option<&Path>) -> anyhow::Result<Kubeconfig> {
    match file {
        Some(file) => Kubeconfig::read_from(file)
            .map_err(Unusable::of_named)
            .with_context(|| format!("cannot use '{}' (--kubeconfig)", file.display())),
        None => Kubeconfig::read()
            .map_err(Unusable::from)
            .context("no kubeconfig to use: give --kubeconfig"),
    }
}

/// What a file that a kubeconfig names has in it.
pub fn contents(file: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(file)
}
