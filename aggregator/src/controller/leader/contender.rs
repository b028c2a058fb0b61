//! What one contender for a Lease knows, and what it does next: from data and a time to data.
//!
//! Clocks of two machines are never compared. A Lease has run out once this process has seen it
//! unchanged for as long as it says; and its holder stops sooner than that, counted from when it
//! *sent* the renewal.

use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};

/// How long others wait for a holder that says nothing, as Kubernetes' own components do.
pub const LEASE_SECONDS: i32 = 15;

/// How long a holder goes on without a renewal. What it began by then has the rest of the Lease's
/// time to come to an end.
pub const RENEW_DEADLINE: Duration = Duration::from_secs(10);

/// What is to be done now.
#[derive(Debug, PartialEq)]
pub enum Step {
    /// Read the Lease.
    Look,
    /// Make the Lease.
    Create(Lease),
    /// Write the Lease in the place of the version that was seen: taken, or renewed.
    Replace(Lease),
    /// Nothing for now: somebody else holds it.
    Wait,
}

/// A Lease as it was seen.
#[derive(Debug)]
struct Seen {
    lease: Lease,
    /// Since when it has been seen to say this.
    since: Instant,
}

/// One that wants the Lease.
#[derive(Debug)]
pub struct Contender {
    me: String,
    seen: Option<Seen>,
    /// Whether the Lease is known to be as it was seen, or to be absent.
    is_current: bool,
    held_until: Option<Instant>,
}

impl Contender {
    /// One that has seen nothing yet. No other may have this identity.
    #[must_use]
    pub fn new(me: String) -> Self {
        Self { me, seen: None, is_current: false, held_until: None }
    }

    /// Until when it holds the Lease; absent where it does not.
    #[must_use]
    pub fn held_until(&self) -> Option<Instant> {
        self.held_until
    }

    /// Who holds the Lease, or held it last; absent where nobody does.
    #[must_use]
    pub fn holder(&self) -> Option<&str> {
        holder(spec(&self.seen.as_ref()?.lease)?)
    }

    /// What is to be done. `time` is what others read, and nobody reckons with.
    #[must_use]
    pub fn step(&self, now: Instant, time: &MicroTime) -> Step {
        if !self.is_current {
            return Step::Look;
        }
        let Some(seen) = &self.seen else {
            return Step::Create(self.claimed(Lease::default(), time));
        };
        if self.is_free(seen, now) {
            Step::Replace(self.claimed(seen.lease.clone(), time))
        } else {
            Step::Wait
        }
    }

    /// The Lease was read; absent where there is none.
    pub fn saw(&mut self, lease: Option<Lease>, now: Instant) {
        let since = |lease: &Lease| match &self.seen {
            // Others may change its metadata: only what it says counts.
            Some(seen) if seen.lease.spec == lease.spec => seen.since,
            _ => now,
        };
        self.seen = lease.map(|lease| Seen { since: since(&lease), lease });
        self.is_current = true;
        if self.holder() != Some(&self.me) {
            self.held_until = None;
        }
    }

    /// The Lease was written, by a request that was sent then.
    pub fn wrote(&mut self, lease: Lease, sent: Instant) {
        self.saw(Some(lease), sent);
        self.held_until = Some(sent + RENEW_DEADLINE);
    }

    /// The Lease may have changed since it was seen.
    pub fn doubt(&mut self) {
        self.is_current = false;
    }

    /// Whether this one may write the Lease: it is its own, nobody's, or it has run out.
    fn is_free(&self, seen: &Seen, now: Instant) -> bool {
        let spec = spec(&seen.lease);
        match spec.and_then(holder) {
            None => true,
            Some(holder) if holder == self.me => true,
            Some(_) => now >= seen.since + duration(spec),
        }
    }

    fn claimed(&self, lease: Lease, time: &MicroTime) -> Lease {
        let is_new = lease.metadata == ObjectMeta::default();
        let former = lease.spec.unwrap_or_default();
        let is_mine = holder(&former) == Some(&self.me);
        let transitions = former.lease_transitions.unwrap_or(0);
        let transitions = transitions.saturating_add(i32::from(!is_new && !is_mine));
        let acquired = former.acquire_time.filter(|_| is_mine);
        let spec = LeaseSpec {
            holder_identity: Some(self.me.clone()),
            lease_duration_seconds: Some(LEASE_SECONDS),
            lease_transitions: Some(transitions),
            acquire_time: acquired.or(Some(time.clone())),
            renew_time: Some(time.clone()),
            ..former
        };
        Lease { metadata: lease.metadata, spec: Some(spec) }
    }
}

/// The Lease without its holder, for others to take at once; absent where somebody else holds it.
#[must_use]
pub fn released(lease: Lease, me: &str, time: &MicroTime) -> Option<Lease> {
    let former = lease.spec.filter(|spec| holder(spec) == Some(me))?;
    let spec = LeaseSpec { holder_identity: None, renew_time: Some(time.clone()), ..former };
    Some(Lease { metadata: lease.metadata, spec: Some(spec) })
}

fn spec(lease: &Lease) -> Option<&LeaseSpec> {
    lease.spec.as_ref()
}

fn holder(spec: &LeaseSpec) -> Option<&str> {
    spec.holder_identity.as_deref().filter(|holder| !holder.is_empty())
}

/// How long the holder may be silent. Whoever wrote nonsense gets as long as this project's own.
fn duration(spec: Option<&LeaseSpec>) -> Duration {
    let seconds = spec.and_then(|spec| spec.lease_duration_seconds).filter(|seconds| *seconds > 0);
    Duration::from_secs(seconds.unwrap_or(LEASE_SECONDS).unsigned_abs().into())
}

#[cfg(test)]
mod tests;
