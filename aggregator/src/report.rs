//! A cluster at a glance, as one page: what there is becomes a [`Report`], and a report HTML. Data in, text
//! out; nothing here opens a file, asks a clock or speaks to a network.

mod amount;
mod build;
mod detail;
mod devices;
mod figures;
mod found;
mod gpus;
mod model;
mod page;
mod said;
#[cfg(test)]
mod tests;

pub use detail::Detail;
pub use found::Found;
pub use model::Report;
pub use page::page;
