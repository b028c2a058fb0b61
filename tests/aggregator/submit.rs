//! Submitting to AIOS and comparing with what it stores, against services that refuse, lose and
//! change things as AIOS was seen to.

mod answers;
mod file;
mod others;
mod pieces;
mod pipeline;
mod properties;
mod receipt;
mod resumed;
mod secrets;
mod settled;
pub(crate) mod stage;
mod there;
mod tls;
mod unread;
mod usage;
