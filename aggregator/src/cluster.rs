//! How nodes become a cluster: data in, data out. Nothing here opens a file, asks a clock or speaks
//! to a network.

pub mod additional_info;
pub mod coverage;
pub mod difference;
pub mod dump;
pub mod expected;
pub mod labels;
pub mod profile;
pub mod report;
pub mod state;
