//! The controller: keeps AIOS's copy of the cluster true.

pub mod judgement;
pub mod leader;
mod put_backs;
mod removals;
