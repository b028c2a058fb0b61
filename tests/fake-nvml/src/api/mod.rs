//! The exported functions, by what they are about.

mod device;
mod health;
mod memory;
mod mig;
mod system;
