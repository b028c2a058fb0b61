//! How a node reports itself to its cluster: what should be there (pure), and what is.

pub mod brief;
pub mod cluster;
pub mod conditions;
pub mod contest;
pub mod desired;
pub mod kubelet;
pub mod news;
#[cfg(test)]
pub(crate) mod sample;
pub mod steady;
