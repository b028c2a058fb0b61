//! What a cluster says of its nodes and agents, and nothing of what becomes of it.

pub mod connect;
pub mod facts;
pub mod inventory;
pub mod kubeconfig;
pub mod machines;
pub mod onboarding;
pub mod pods;
pub mod read;
pub mod service_account;
pub mod services;
#[cfg(test)]
pub(crate) mod stand_in;
pub mod trouble;
pub mod versions;
pub mod wishes;
