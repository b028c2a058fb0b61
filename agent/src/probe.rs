//! The probes: each reads one kernel source and says what it found and how it went.

pub mod block;
mod carriers;
pub mod class;
pub mod cpu;
mod device;
pub mod facts;
pub mod gpu;
pub mod gpu_nodes;
pub mod infiniband;
pub mod meminfo;
pub mod memory;
pub mod net;
pub mod network;
pub mod pci;
mod port;
mod report;
pub mod survey;
pub mod swap;
pub mod text;

pub use device::{Attribute, Device, Evidence};
pub use report::{Probed, Report, Seen};
pub use survey::{Depth, Survey, survey, survey_with};
