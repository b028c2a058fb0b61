//! What is wrong with a document.

use std::fmt::Display;

/// The largest number that AIOS stores as it is: it keeps numbers as 64-bit floating point.
pub const MAX_NUMBER: u64 = 1 << 53;

/// One thing that is wrong with a document, with where it is and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct Flaw {
    /// Where, such as `nodes.nodeData[17].memory`.
    pub path: String,
    /// What.
    pub problem: String,
}

impl Flaw {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }

    pub(super) fn too_large(path: impl Display, number: impl Display) -> Self {
        let problem = format!(
            "{number} is more than {MAX_NUMBER} (2^53), the largest whole number that AIOS stores as it is"
        );
        Self::new(path.to_string(), problem)
    }
}
