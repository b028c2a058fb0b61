//! What runs in the cluster, and keeps AIOS in step with it.

pub mod leader;
