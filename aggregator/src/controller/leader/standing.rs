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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::tests::Log;
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn troubled(why: &str) -> Standing {
        let trouble = Trouble { lease: "l".to_owned(), why: why.to_owned() };
        Standing { trouble: Some(trouble), ..follows("b") }
    }

    /// One that holds the Lease for so long from now on.
    fn holds(time: Duration) -> Standing {
        Standing {
            holder: Some("me".to_owned()),
            held_until: Some(Instant::now() + time),
            ..Standing::default()
        }
    }

    fn follows(holder: &str) -> Standing {
        Standing { holder: Some(holder.to_owned()), ..Standing::default() }
    }

    #[test]
    fn the_lease_is_held_until_its_time_is_over_and_not_then() {
        let standing = holds(HOUR);
        let until = standing.held_until().unwrap();
        for (now, leads) in [(Instant::now(), true), (until, false), (until + HOUR, false)] {
            assert_eq!(standing.leads(now), leads);
            let then = standing.at(now);
            assert_eq!(
                (then.held_until(), then.holder),
                (leads.then_some(until), standing.holder.clone())
            );
        }
    }

    #[test]
    fn what_differs_but_for_the_time_is_news() {
        let all = [Standing::default(), follows("b"), follows("me"), holds(HOUR), troubled("x")];
        for (n, one) in all.iter().enumerate() {
            for (m, other) in all.iter().enumerate() {
                assert_eq!(one.says_as(other), n == m, "{one:?} {other:?}");
            }
        }
        assert!(holds(HOUR).says_as(&holds(2 * HOUR)));
    }

    #[test]
    fn each_change_is_logged_and_what_stays_is_not() {
        let log = Log::start();
        for (before, now, told) in [
            (follows("b"), holds(HOUR), r#"INFO leading holder="me""#),
            (holds(HOUR), holds(2 * HOUR), ""),
            (holds(HOUR), follows("b"), r#"WARN leading no more holder="b""#),
            (Standing::default(), follows("b"), r#"INFO following holder="b""#),
            (follows("b"), follows("b"), ""),
            (
                follows("b"),
                troubled("x"),
                "WARN the Lease cannot be used trouble=cannot use the Lease 'l': x",
            ),
            (troubled("x"), troubled("x"), ""),
            (
                troubled("x"),
                troubled("y"),
                "WARN the Lease cannot be used trouble=cannot use the Lease 'l': y",
            ),
            (troubled("y"), follows("b"), "INFO the Lease can be used again"),
        ] {
            now.log(&before);
            assert_eq!(log.take().trim(), told);
        }
    }
}
