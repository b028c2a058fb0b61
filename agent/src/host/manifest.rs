//! What a capture records beside files: the errors that reading gave, and the little that a host
//! tells in no file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::{Node, Tree};
use crate::probe::gpu::answers::Answers;

/// The manifest's name, at the top of a capture beside `proc` and `sys`.
pub const FILE_NAME: &str = "capture.json";

/// The manifest of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Manifest {
    /// The version of the agent that made the capture.
    pub agent_version: String,
    /// The node's name in its cluster, where the capture was told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_name: Option<String>,
    /// The machine's architecture as uname gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// What NVML said; absent where it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nvml: Option<Answers>,
    /// The error number that reading gave, by path without links.
    pub errors: BTreeMap<PathBuf, i32>,
}

impl Manifest {
    /// Puts the recorded errors into `tree`.
    ///
    /// A path that cannot be reached in the tree is left out: nothing can ask for it either.
    #[must_use]
    pub fn apply(&self, mut tree: Tree) -> Tree {
        for (path, errno) in &self.errors {
            let _unreachable =
                tree.insert(Path::new(path), Node::Fault(Errno::from_raw_os_error(*errno)));
        }
        tree
    }
}
