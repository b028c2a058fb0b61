//! What a probe hands back: what it found, and how it went.

use inventory_common::{Fault, Outcome, Probe, ProbeName};

use super::device::{Device, Evidence};
use crate::host::ReadError;

/// A probe's result beside its outcome.
#[derive(Debug)]
pub struct Probed<T> {
    /// What was found.
    pub found: T,
    /// How it went.
    pub probe: Probe,
}

/// A device with what was read of it.
#[derive(Clone, Debug)]
pub struct Seen<D> {
    /// The device.
    pub device: D,
    /// What was read to judge it, in the order of reading.
    pub evidence: Vec<Evidence>,
}

/// The faults of a probe while it runs.
#[derive(Debug)]
pub struct Report {
    name: ProbeName,
    faults: Vec<Fault>,
}

impl Report {
    /// The report of a probe that has met no fault yet.
    #[must_use]
    pub fn new(name: ProbeName) -> Self {
        Self { name, faults: Vec::new() }
    }

    /// Notes what the probe as a whole could not read.
    pub fn fault(&mut self, error: &ReadError) {
        self.push(error.fault(None));
    }

    /// Notes a fault of any kind, once.
    pub fn push(&mut self, fault: Fault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Notes the faults of a device that counts. Those of a device that a rule excludes are no
    /// trouble of anybody's, and are left to its evidence.
    pub fn device(&mut self, device: &Device) {
        for fault in device.faults() {
            self.push(fault);
        }
    }

    /// The result of a probe that did what it could.
    #[must_use]
    pub fn done<T>(self, found: T) -> Probed<T> {
        let outcome = if self.faults.is_empty() { Outcome::Complete } else { Outcome::Partial };
        self.with(outcome, found)
    }

    /// The result of a probe whose only source could not be read.
    #[must_use]
    pub fn failed<T>(mut self, error: &ReadError, found: T) -> Probed<T> {
        self.fault(error);
        self.with(Outcome::Failed, found)
    }

    /// The result of a probe for something that this host does not have.
    #[must_use]
    pub fn absent<T>(self, found: T) -> Probed<T> {
        self.with(Outcome::Absent, found)
    }

    /// The result of a probe for what a class folder lists, on hosts that may lack the folder.
    #[must_use]
    pub fn listed<T>(self, found: Result<Vec<T>, ReadError>) -> Probed<Vec<T>> {
        match found {
            Ok(found) => self.done(found),
            Err(error) if error.is_absent() => self.absent(Vec::new()),
            Err(error) => self.failed(&error, Vec::new()),
        }
    }

    /// The result with an outcome that the probe judged itself.
    #[must_use]
    pub fn with<T>(self, outcome: Outcome, found: T) -> Probed<T> {
        Probed { found, probe: Probe { name: self.name, outcome, faults: self.faults } }
    }
}
