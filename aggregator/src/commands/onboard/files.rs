//! The files of an onboarding: how far it is, the document, and the receipt.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context;
use inventory_common::telling::pretty;

use crate::aios::ClusterId;
use crate::digest::sha256;
use crate::onboard::Journal;
use crate::output;

/// Where they are.
pub struct Files {
    folder: PathBuf,
    id: ClusterId,
}

impl Files {
    /// Those of this cluster.
    pub fn new(folder: &Path, id: &ClusterId) -> Self {
        Self { folder: folder.to_owned(), id: id.clone() }
    }

    /// The cluster's document.
    pub fn document(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.id))
    }

    /// The receipt of the submission.
    pub fn receipt(&self) -> PathBuf {
        self.folder.join(format!("{}.receipt.json", self.id))
    }

    fn journal(&self) -> PathBuf {
        self.folder.join(format!("{}.onboarding.json", self.id))
    }

    /// What is kept of runs before; an empty one where there were none.
    pub fn read_journal(&self) -> anyhow::Result<Journal> {
        let file = self.journal();
        let text = match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Journal::new(self.id.as_str()));
            }
            text => text.with_context(|| format!("cannot read '{}'", file.display()))?,
        };
        serde_json::from_str(&text).with_context(|| {
            format!(
                "'{}' does not say how far the onboarding is: --restart begins anew",
                file.display()
            )
        })
    }

    /// Keeps how far it is.
    pub fn write_journal(&self, journal: &Journal) -> anyhow::Result<()> {
        output::write(&self.journal(), &pretty(journal)?)
    }

    /// The SHA-256 of the document as it is now; absent where there is none.
    pub fn document_sha256(&self) -> anyhow::Result<Option<String>> {
        let file = self.document();
        match std::fs::read(&file) {
            Ok(text) => Ok(Some(sha256(&text))),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read '{}'", file.display())),
        }
    }
}
