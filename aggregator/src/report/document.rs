//! The cluster's document, as anybody may see it.

use inventory_common::cluster::{Document, Measured, Profile, flaws};
use inventory_common::telling::visible_json;

use super::model::Entry;
use super::said::Said;
use super::secrets::hidden;
use crate::cluster::coverage::Coverage;

/// A document, and why AIOS would refuse it or spoil it.
#[derive(Clone, Debug)]
pub struct Shown {
    document: Document,
    flaws: Vec<Said>,
}

impl Shown {
    /// The document as it would be submitted, without what is secret; or in one line why there is none.
    pub fn of(
        mut profile: Profile,
        measured: Measured,
        coverage: &Coverage,
    ) -> Result<Self, String> {
        let noted = coverage.note_in(&mut profile.cluster_metadata);
        noted.map_err(|no_place| no_place.to_string())?;
        let mut document = Document::new(profile, measured);
        let flaws = flaws(&document).iter().map(|flaw| Said::new(&flaw.to_string())).collect();
        document.config = hidden(&document.config);
        document.cluster_metadata = hidden(&document.cluster_metadata);
        Ok(Self { document, flaws })
    }

    /// As JSON.
    pub fn text(&self) -> Result<String, String> {
        let text = serde_json::to_string_pretty(&self.document);
        text.map(|text| visible_json(&text).into_owned()).map_err(|error| error.to_string())
    }

    /// With its text on the page.
    pub(super) fn here(self) -> Result<Entry, String> {
        Ok(Entry::Document { text: Some(self.text()?), flaws: self.flaws })
    }

    /// With its text elsewhere.
    pub(super) fn elsewhere(self) -> Entry {
        Entry::Document { text: None, flaws: self.flaws }
    }
}
