//! AIOS's services as a client sees them: one file per service, and what can go wrong on the way.
//!
//! A [`Transport`] carries requests, a [`Parser`] or a [`Gateway`] knows what to ask and what an
//! answer means, and a [`Trouble`] says by its kind what may have happened when there was no good
//! one. Nothing here knows of Kubernetes, or of what a cluster's document holds.

mod addon_kind;
mod addons;
mod address;
mod answer;
mod failure;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod gateway;
mod headers;
mod hidden;
mod infra;
mod parser;
mod phrases;
mod retry;
mod tally;
mod tasks;
mod tls;
mod transport;
mod trouble;

pub use addon_kind::{ADDON_KINDS, AddonKind, Check, Need, Says, addon_kind};
pub use addons::{Addons, Health, health};
pub use address::{AddressError, Base, ClusterId, NoClusterId};
pub use gateway::{Gateway, Verdict};
pub use headers::{Headers, HeadersError};
pub use hidden::{secrets_of, without as without_secrets};
pub use infra::Work;
pub use parser::{Form, Parser};
pub use retry::patiently;
pub use tally::Tally;
pub use tasks::{NoTaskId, State, Task, TaskId, Tasks};
pub use transport::{Options, Transport};
pub use trouble::{Call, Happened, Kind, Loss, Nonsense, Refusal, Said, Trouble, Unsent};
