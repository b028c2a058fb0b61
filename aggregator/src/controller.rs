//! The controller: keeps AIOS's copy of the cluster true.

pub mod judgement;
mod put_backs;
mod removals;
