//! A cluster at a glance: what there is becomes a [`Report`], and a report a page or a list. Data in, text
//! out; nothing here opens a file, asks a clock or speaks to a network.

mod age;
mod amount;
mod build;
mod comparison;
mod detail;
mod devices;
mod document;
mod figures;
mod found;
mod gpus;
mod list;
mod model;
mod page;
mod said;
mod secrets;
#[cfg(test)]
mod tests;

pub use comparison::{Comparison, Differences, Look};
pub use detail::{Brief, Detail};
pub use document::Shown;
pub use found::{Found, FoundNode};
pub use list::{Changes, as_json, as_table, document_table};
pub use model::{Form, Node, Report};
pub use page::{Live, live, live_node, page, policy, waiting};
pub use said::Said;
