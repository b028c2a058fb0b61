//! What a pod tells of its connections: it prints one line, and its log is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::reach::{Reach, Target};

/// What connections came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Each of them.
    pub reached: Vec<Reached>,
}

/// What one connection came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// What was connected to.
    #[serde(flatten)]
    pub target: Target,
    /// What came of it.
    pub reach: Reach,
}

impl Outcome {
    /// As a line, without its end.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// What a log tells; absent where it does not. Whatever else stands in it is passed over.
    #[must_use]
    pub fn of_log(log: &str) -> Option<Self> {
        log.lines().find_map(|line| serde_json::from_str(line).ok())
    }

    /// Each target's fate.
    #[must_use]
    pub fn by_target(self) -> BTreeMap<Target, Reach> {
        self.reached.into_iter().map(|Reached { target, reach }| (target, reach)).collect()
    }
}

impl From<Vec<(Target, Reach)>> for Outcome {
    fn from(reached: Vec<(Target, Reach)>) -> Self {
        let reached = reached.into_iter().map(|(target, reach)| Reached { target, reach });
        Self { reached: reached.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_pod_prints_is_read_from_its_log() {
        let reached = vec![
            (Target::new("10.0.0.1", 6443), Reach::Open),
            (Target::new("10.0.0.1", 10250), Reach::Failed("odd".into())),
        ];
        let outcome = Outcome::from(reached.clone());
        let line = outcome.line().unwrap();
        assert!(
            line.starts_with(r#"{"reached":[{"host":"10.0.0.1","port":6443,"reach":"open"}"#),
            "{line}"
        );
        let log = format!("warning: x\n{line}\n");
        assert_eq!(Outcome::of_log(&log).unwrap().by_target(), reached.into_iter().collect());
        assert_eq!(Outcome::of_log("exec format error\n"), None);
    }
}
