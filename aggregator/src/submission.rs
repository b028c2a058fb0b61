//! How AIOS is told of a cluster, and how one is sure that it has it.
//!
//! Whatever goes wrong on the way, what counts is what is read back. AIOS says the same of a
//! duplicate, a missing number and a broken database; answers get lost; others write too.

pub mod connect;
mod create;
mod failure;
mod receipt;
mod unread;
mod update;

#[cfg(test)]
mod tests;

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use inventory_common::cluster::RawDocument;

use crate::aios::{ClusterId, Form, Gateway, Parser, Trouble, patiently};
use crate::cluster::difference::{Difference, Wanted};

pub use connect::Services;
pub use create::fits;
pub use failure::Failure;
pub use receipt::receipt;
pub use unread::create_unread;

/// AIOS, as far as a cluster's document is concerned.
#[derive(Debug)]
pub struct Aios {
    /// Where it is created.
    pub parser: Parser,
    /// Where it is read and updated.
    pub gateway: Gateway,
    /// How the Parser takes it.
    pub form: Form,
    /// For how long something that fails is tried again.
    pub retry_for: Duration,
}

/// What is submitted.
#[derive(Clone, Copy)]
pub struct Submission<'a> {
    /// The cluster.
    pub id: &'a ClusterId,
    /// The document, for a cluster that AIOS does not have.
    pub document: &'a RawDocument,
    /// What is to hold of one that it has.
    pub wanted: &'a Wanted,
    /// Whether one that shares no node with this one is ours all the same.
    pub adopts: bool,
    /// What may be written, asked before each write.
    pub may_write: &'a (dyn Fn() -> Permit + Sync),
}

/// What may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// Anything.
    All,
    /// What must follow lest something is lost that an update has cut off.
    Rest,
    /// Nothing: somebody else writes.
    Nothing,
}

impl Submission<'_> {
    /// Fails where AIOS's copy seems to be another cluster's.
    fn may_be_ours(&self, stored: &RawDocument) -> Result<(), Failure> {
        if !self.adopts && self.wanted.is_foreign_to(stored) {
            return Err(Failure::Taken(self.id.to_string()));
        }
        Ok(())
    }

    /// Carries a write on for as long as this process may write at all: it may wait for its connection, or
    /// this process may have slept, for longer than a Lease lasts.
    async fn while_permitted<T>(&self, write: impl Future<Output = T>) -> Result<T, Failure> {
        let mut write = std::pin::pin!(write);
        poll_fn(|context| match (self.may_write)() {
            Permit::Nothing => Poll::Ready(Err(Failure::NotAllowed)),
            Permit::All | Permit::Rest => write.as_mut().poll(context).map(Ok),
        })
        .await
    }
}

/// What became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    /// What was done.
    pub how: How,
    /// AIOS's copy afterwards.
    pub stored: RawDocument,
    /// What AIOS stored otherwise than it was sent, as a network's policy may.
    pub rewritten: Vec<Difference>,
    /// What AIOS answered, a line for each write.
    pub answers: Vec<String>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// AIOS did not have the cluster.
    Created,
    /// AIOS's copy said something else.
    Updated,
    /// AIOS's copy said so already.
    Unchanged,
}

impl Aios {
    /// Creates the cluster, or updates what AIOS has of it.
    pub async fn submit(&self, submission: &Submission<'_>) -> Result<Submitted, Failure> {
        match self.read(submission.id).await? {
            None => create::create(self, submission).await,
            Some(stored) => {
                submission.may_be_ours(&stored)?;
                self.update(submission, stored).await
            }
        }
    }

    /// AIOS's copy; absent where it has none.
    pub async fn read(&self, id: &ClusterId) -> Result<Option<RawDocument>, Trouble> {
        patiently(self.retry_for, Trouble::is_worth_repeating, || self.gateway.read(id)).await
    }

    /// Updates what AIOS has of the cluster, which is `stored`.
    pub async fn update(
        &self,
        submission: &Submission<'_>,
        stored: RawDocument,
    ) -> Result<Submitted, Failure> {
        let mut answers = Vec::new();
        let stored = update::update(self, submission, stored, &mut answers).await?;
        let how = if answers.is_empty() { How::Unchanged } else { How::Updated };
        Ok(Submitted { how, stored, rewritten: Vec::new(), answers })
    }
}
