//! How what `preflight` and `endpoints` look at came out.

use super::topic::{Group, Told, Topic};
use crate::check::State;

pub fn topics() -> Vec<Topic> {
    State::ALL.map(|state| Topic::new(Group::Check, state.word(), told(state))).into()
}

const SOURCE: &str = "inventory-aggregator preflight or endpoints";

const fn told(state: State) -> Told {
    let (meaning, remedy) = match state {
        State::Pass => ("it is as it should be", ""),
        State::Warning => {
            ("it works, and a person should know something about it", "read what stands behind '>'")
        }
        State::Failure => ("it is not as it must be", "do what stands behind '>'"),
        State::NotTried => (
            "nobody knows: it could not be tried, for the reason that is told; never taken for good",
            "take away the reason, such as a right that is missing, and look again",
        ),
    };
    Told { meaning, source: SOURCE, remedy }
}
