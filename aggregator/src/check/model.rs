//! A check, its state, and what many of them come to.

use serde::{Serialize, Serializer};

/// How a check came out. Of several the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum State {
    /// It is as it should be.
    Pass,
    /// Nobody knows: it could not be tried. Never taken for good.
    NotTried,
    /// It works, and a person should know something about it.
    Warning,
    /// It is not as it must be.
    Failure,
}

impl State {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Warning, Self::Failure, Self::NotTried];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::NotTried => "not tried",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

/// Something that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What it belongs to.
    pub section: &'static str,
    /// What was looked at.
    pub name: String,
    /// How it came out.
    pub state: State,
    /// What was seen, or why nothing was.
    pub seen: String,
    /// What to do about it; absent where there is nothing to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Check {
    /// It came out so.
    #[must_use]
    pub fn new(
        section: &'static str,
        name: impl Into<String>,
        state: State,
        seen: impl Into<String>,
    ) -> Self {
        Self { section, name: name.into(), state, seen: seen.into(), advice: None }
    }

    /// It is as it should be.
    #[must_use]
    pub fn pass(section: &'static str, name: impl Into<String>, seen: impl Into<String>) -> Self {
        Self::new(section, name, State::Pass, seen)
    }

    /// It works, and a person should know something about it.
    #[must_use]
    pub fn warning(
        section: &'static str,
        name: impl Into<String>,
        seen: impl Into<String>,
    ) -> Self {
        Self::new(section, name, State::Warning, seen)
    }

    /// It is not as it must be.
    #[must_use]
    pub fn failure(
        section: &'static str,
        name: impl Into<String>,
        seen: impl Into<String>,
    ) -> Self {
        Self::new(section, name, State::Failure, seen)
    }

    /// It could not be tried.
    #[must_use]
    pub fn not_tried(
        section: &'static str,
        name: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Self::new(section, name, State::NotTried, why)
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn advised(self, advice: impl Into<String>) -> Self {
        Self { advice: Some(advice.into()), ..self }
    }

    /// Whether it is as it should be.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.state == State::Pass
    }
}

/// How many checks came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally([usize; State::ALL.len()]);

impl Tally {
    /// Counts these.
    #[must_use]
    pub fn of(checks: &[Check]) -> Self {
        Self(State::ALL.map(|state| checks.iter().filter(|check| check.state == state).count()))
    }

    /// Each state with the number of its checks.
    pub fn counts(self) -> impl Iterator<Item = (State, usize)> {
        State::ALL.into_iter().zip(self.0)
    }

    /// The worst that there is: of no check at all nothing is known.
    #[must_use]
    pub fn worst(self) -> State {
        let present = self.counts().filter(|(_, count)| *count > 0).map(|(state, _)| state);
        present.max().unwrap_or(State::NotTried)
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.counts())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worst(states: &[State]) -> State {
        let checks: Vec<Check> = states.iter().map(|it| Check::new("s", "n", *it, "x")).collect();
        Tally::of(&checks).worst()
    }

    #[test]
    fn the_worst_state_counts_and_what_is_unknown_is_never_good() {
        assert_eq!(worst(&[]), State::NotTried);
        assert_eq!(worst(&[State::Pass]), State::Pass);
        assert_eq!(worst(&[State::Pass, State::NotTried]), State::NotTried);
        assert_eq!(worst(&[State::NotTried, State::Warning]), State::Warning);
        assert_eq!(worst(&[State::Failure, State::Warning, State::Pass]), State::Failure);
        let good =
            State::ALL.into_iter().filter(|state| Check::new("s", "n", *state, "x").passes());
        assert!(good.eq([State::Pass]));
    }
}
