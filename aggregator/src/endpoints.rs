//! AIOS's services in a cluster: whether each is there, has somebody behind it, and answers.
//!
//! [`look`] asks the cluster and the services themselves, once; everything else is pure.

mod expected;
mod gateway;
mod judge;
mod look;
mod table;

pub use expected::{ById, Expected, Way};
pub use look::look;
pub use table::{AIOS, Endpoint, GATEWAY_PORT, Need, named};
