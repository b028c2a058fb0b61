//! The nodes as a list: a table for people, JSON for programs, and what has changed since it was last told.

mod changes;
mod document;
mod json;
mod row;
mod table;
#[cfg(test)]
mod tests;

pub use changes::Changes;
pub use document::document_table;
pub use json::as_json;
pub use table::as_table;
