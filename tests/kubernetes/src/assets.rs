//! Where the binaries are.

use std::path::PathBuf;

/// The variable that names their folder, as other tests of Kubernetes' controllers know it.
pub const FOLDER: &str = "KUBEBUILDER_ASSETS";

/// The folder; absent where nobody named one.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// Why there is no API server to test with; absent where there is one.
#[must_use]
pub fn missing() -> Option<String> {
    folder().is_none().then(|| format!("{FOLDER} names no folder: tests/run"))
}

/// The binary called `name`: in the folder, or else found on PATH.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    folder().map(|folder| folder.join(name)).filter(|file| file.exists()).unwrap_or(name.into())
}
