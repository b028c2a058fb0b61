//! Kubeconfigs as files: the one place that reads them and the files that they name.

mod not_portable;
mod portable;
mod reach;

use std::path::Path;

use anyhow::{Context, anyhow};
use kube::config::{Kubeconfig, KubeconfigError};

pub use not_portable::NotPortable;
pub use portable::{Credential, Portable, portable};
pub use reach::{Reach, reach};

/// The kubeconfig of this file, or else that of `KUBECONFIG`, whose files are merged as kubectl merges
/// them, or else the one in the home folder. The files that it names are named from the root.
pub fn read(file: Option<&Path>) -> anyhow::Result<Kubeconfig> {
    match file {
        Some(file) => Kubeconfig::read_from(file)
            .map_err(without_contents)
            .with_context(|| format!("cannot use '{}' (--kubeconfig)", file.display())),
        None => Kubeconfig::read()
            .map_err(without_contents)
            .context("no kubeconfig to use: give --kubeconfig"),
    }
}

/// A parser's error shows the lines around, and in them the credentials.
#[must_use]
pub fn without_contents(error: KubeconfigError) -> anyhow::Error {
    match error {
        KubeconfigError::ReadConfig(source, path) => {
            anyhow::Error::from(source).context(format!("cannot read '{}'", path.display()))
        }
        KubeconfigError::Parse(error) => match error.location() {
            Some(place) => {
                anyhow!("it is no kubeconfig: line {} is not as it should be", place.line())
            }
            None => anyhow!("it is no kubeconfig"),
        },
        other => other.into(),
    }
}

/// What a file that a kubeconfig names has in it.
pub fn contents(file: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(file)
}
