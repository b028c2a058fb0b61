//! A rival that keeps changing what the agent writes is met with patience, not with a write war.

use std::time::{Duration, Instant};

/// So many mends in a row are taken for accidents.
const ACCIDENTS: u32 = 3;

/// A rival that has been quiet for so long after the last pause has gone.
const QUIET: Duration = Duration::from_mins(1);

/// The longest pause between two mends.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// How often something had to be mended lately.
#[derive(Clone, Debug, Default)]
pub struct Contest {
    mends: u32,
    last: Option<Instant>,
    rival: Option<String>,
}

impl Contest {
    /// Something that was right has to be written again, since `rival` has changed it; who removes
    /// something leaves no name.
    pub fn mended(&mut self, rival: Option<&str>, now: Instant) {
        if self.is_over(now) {
            *self = Self::default();
        }
        self.mends = self.mends.saturating_add(1);
        self.last = Some(now);
        self.rival = rival.map(str::to_owned).or(self.rival.take());
    }

    /// Who keeps changing it; absent where nobody does, and `somebody` where no name is known.
    #[must_use]
    pub fn rival(&self, now: Instant) -> Option<&str> {
        self.is_on(now).then(|| self.rival.as_deref().unwrap_or("somebody"))
    }

    /// How long to wait before mending; absent where there is nothing to wait for.
    #[must_use]
    pub fn pause(&self, now: Instant) -> Option<Duration> {
        let passed = now.saturating_duration_since(self.last?);
        self.wait().checked_sub(passed).filter(|left| !left.is_zero())
    }

    /// Whether somebody keeps changing it.
    fn is_on(&self, now: Instant) -> bool {
        self.mends > ACCIDENTS && !self.is_over(now)
    }

    fn is_over(&self, now: Instant) -> bool {
        let end = self.wait() + QUIET;
        self.last.is_none_or(|last| now.saturating_duration_since(last) > end)
    }

    /// The pause after the last mend: none at first, then doubling from a second on.
    fn wait(&self) -> Duration {
        match self.mends.checked_sub(ACCIDENTS) {
            None | Some(0) => Duration::ZERO,
            Some(beyond) => {
                let seconds = 1_u64.checked_shl(beyond - 1).unwrap_or(u64::MAX);
                Duration::from_secs(seconds).min(LONGEST_PAUSE)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn after(mends: u32) -> (Contest, Instant) {
        let (mut contest, now) = (Contest::default(), Instant::now());
        for _ in 0..mends {
            contest.mended(None, now);
        }
        (contest, now)
    }

    #[test]
    fn accidents_are_mended_at_once() {
        for mends in 0..=ACCIDENTS {
            let (contest, now) = after(mends);
            assert_eq!((contest.pause(now), contest.is_on(now)), (None, false), "{mends}");
        }
    }

    #[test]
    fn a_rival_is_waited_for_longer_each_time() {
        for (beyond, seconds) in [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (100, 600)] {
            let (contest, now) = after(ACCIDENTS + beyond);
            assert_eq!(contest.pause(now), Some(SECOND * seconds), "{beyond}");
            assert_eq!(contest.pause(now + SECOND * seconds), None, "{beyond}");
            assert!(contest.is_on(now));
        }
    }

    #[test]
    fn a_rival_keeps_its_name_until_it_is_forgotten() {
        let (mut contest, now) = after(ACCIDENTS);
        assert_eq!(contest.rival(now), None);
        contest.mended(Some("kubectl-edit"), now);
        contest.mended(None, now);
        assert_eq!(contest.rival(now), Some("kubectl-edit"));
        let later = now + LONGEST_PAUSE;
        contest.mended(None, later);
        assert_eq!(after(ACCIDENTS + 1).0.rival(now), Some("somebody"));
        assert_eq!(contest.rival(later), None);
    }

    #[test]
    fn a_rival_that_is_quiet_long_enough_is_forgotten() {
        let (mut contest, now) = after(ACCIDENTS + 2);
        let quiet = 2 * SECOND + QUIET;
        assert!(contest.is_on(now + quiet));
        assert!(!contest.is_on(now + quiet + SECOND));
        contest.mended(None, now + quiet + SECOND);
        assert_eq!(contest.pause(now + quiet + SECOND), None);
    }
}
