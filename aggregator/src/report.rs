//! A cluster at a glance: what there is becomes a [`Report`], and a report a page or a list. Data in, text
//! out; nothing here opens a file, asks a clock or speaks to a network.

mod age;
mod amount;
mod build;
mod detail;
mod devices;
mod figures;
mod found;
mod gpus;
mod list;
mod model;
mod page;
mod said;
#[cfg(test)]
mod tests;

pub use detail::Detail;
pub use found::Found;
pub use list::{Changes, as_json, as_table, document_table};
pub use model::Report;
pub use page::page;
