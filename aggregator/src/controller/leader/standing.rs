//! How a contender stands, for the rest of the process.

use std::time::Instant;

use super::Trouble;
use super::contender::Contender;

/// How a contender stands.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Who holds the Lease, or held it last; absent where nobody does, or nobody has looked.
    pub holder: Option<String>,
    /// Why the Lease cannot be used; absent where it can.
    pub trouble: Option<Trouble>,
    held_until: Option<Instant>,
}

impl Standing {
    pub(super) fn of(contender: &Contender, trouble: Option<Trouble>) -> Self {
        let holder = contender.holder().map(str::to_owned);
        Self { holder, trouble, held_until: contender.held_until() }.at(Instant::now())
    }

    /// Whether it holds the Lease then.
    #[must_use]
    pub fn leads(&self, now: Instant) -> bool {
        self.held_until.is_some_and(|until| now < until)
    }

    pub(super) fn held_until(&self) -> Option<Instant> {
        self.held_until
    }

    /// The same at this time: not leading any more when that is over.
    pub(super) fn at(&self, now: Instant) -> Self {
        let held_until = self.held_until.filter(|_| self.leads(now));
        Self { held_until, ..self.clone() }
    }

    /// Whether the two say the same, for however long.
    pub(super) fn says_as(&self, other: &Self) -> bool {
        let said = |standing: &Self| standing.held_until.is_some();
        said(self) == said(other) && self.holder == other.holder && self.trouble == other.trouble
    }

    /// Logs what is new.
    pub(super) fn log(&self, known: &Self) {
        let holder = self.holder.as_deref().unwrap_or_default();
        match (known.held_until, self.held_until) {
            (None, Some(_)) => tracing::info!(holder, "leading"),
            (Some(_), None) => tracing::warn!(holder, "leading no more"),
            (None, None) if self.holder != known.holder => tracing::info!(holder, "following"),
            _ => {}
        }
        match &self.trouble {
            Some(trouble) if known.trouble.as_ref() != Some(trouble) => {
                tracing::warn!(%trouble, "the Lease cannot be used");
            }
            None if known.trouble.is_some() => tracing::info!("the Lease can be used again"),
            _ => {}
        }
    }
}
