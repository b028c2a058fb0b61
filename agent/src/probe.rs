//! The probes: each reads one kernel source and says what it found and how it went.

mod device;
mod report;
pub mod block;
pub mod class;
pub mod infiniband;
pub mod net;
pub mod network;
pub mod pci;
pub mod text;

pub use device::{Attribute, Device, Evidence};
pub use report::{Probed, Report, Seen};
