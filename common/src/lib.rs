//! What an inventory *is*: AIOS's nodeData, the devices behind its figures, the rules that
//! counted them, and what could not be known. Nothing here reads a host or speaks to a network.

pub mod cluster;
pub mod device;
pub mod gpu;
pub mod inventory;
pub mod kubeconfig;
pub mod log;
pub mod metrics;
pub mod node_data;
pub mod node_id;
pub mod order;
pub mod outcome;
pub mod resource;
pub mod rule;
pub mod schema;
pub mod state;
pub mod stated;
pub mod sum;
pub mod telling;
pub mod units;

pub use device::{Disk, Medium, Port, Verdict};
pub use gpu::{CallError, Gpu, GpuHealth, Mig, MigInstance};
pub use inventory::{Cpu, Devices, Host, HugePages, Inventory, Memory, Swap, SwapArea, Unknown};
pub use node_data::NodeData;
pub use outcome::{Cause, Fault, Outcome, Probe, ProbeName};
pub use rule::Rule;
pub use state::{GpuState, PortState};
pub use stated::{Override, Stated};
