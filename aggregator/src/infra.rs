//! What AIOS puts into a cluster, what of it is there, and what it leaves behind.

pub mod addresses;
pub mod clean_up;
pub mod consequences;
pub mod judgement;
pub mod settings;
pub mod traces;
