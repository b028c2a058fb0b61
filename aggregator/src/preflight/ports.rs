//! Ports that must be reachable, from here and between the nodes, and ports that should not be.

mod fate;
mod here;
mod image;
mod judge;
mod outcome;
mod pods;
mod question;
mod table;
mod targets;
mod within;

pub use here::here;
pub use image::Image;
pub use outcome::Outcome;
pub use pods::Pods;
pub use targets::{NodePorts, in_use};
pub use within::{Within, within};
