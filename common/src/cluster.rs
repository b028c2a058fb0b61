//! The cluster document: what AIOS is told of a whole cluster, with its sums and what must hold
//! before it is sent.
//!
//! What a person says ([`Profile`]) and what was measured ([`Measured`]) are kept apart, and joined
//! in one place: [`Document::new`].

mod document;
mod flaw;
mod free_form;
mod profile;
mod raw;
pub mod size;
mod sums;
mod validate;

pub use document::{Document, Measured, NodeEntry, Nodes};
pub use flaw::{Flaw, MAX_NUMBER};
pub use profile::{LIVE, Profile};
pub use raw::{RawDocument, RawEntry};
pub use sums::{FIGURES, Figure, GpuTotals, Overflow, Sums, Totals};
pub use validate::{flaws, is_cluster_id};
