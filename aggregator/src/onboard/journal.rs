//! What was done already, for a run that goes on where another stopped.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::step::Step;

/// The steps of one cluster's onboarding that were begun or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Journal {
    /// The cluster's id.
    pub cluster: String,
    /// The steps. What is not there was not begun.
    steps: BTreeMap<Step, Entry>,
    /// What a newer version keeps beside it.
    #[serde(flatten)]
    newer: Map<String, Value>,
}

/// How a step went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// When that was noted.
    pub at: Timestamp,
    /// How far it is.
    pub progress: Progress,
    /// What a newer version keeps beside it.
    #[serde(flatten)]
    newer: Map<String, Value>,
}

/// How far a step is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Progress {
    /// AIOS is being asked for something that must not be asked for twice.
    Asking,
    /// AIOS has begun it, as this task.
    Scheduled(String),
    /// A person agreed to what has this SHA-256.
    Agreed(String),
    /// It is done.
    Done,
}

impl Journal {
    /// One in which nothing is done.
    #[must_use]
    pub fn new(cluster: &str) -> Self {
        Self { cluster: cluster.to_owned(), steps: BTreeMap::new(), newer: Map::new() }
    }

    /// How far a step is; absent where it was not begun.
    #[must_use]
    pub fn progress(&self, step: Step) -> Option<&Progress> {
        self.steps.get(&step).map(|entry| &entry.progress)
    }

    /// When it was noted how far a step is; absent where it was not begun.
    #[must_use]
    pub fn noted_at(&self, step: Step) -> Option<Timestamp> {
        self.steps.get(&step).map(|entry| entry.at)
    }

    /// When a step was done; absent where it is not.
    #[must_use]
    pub fn done_at(&self, step: Step) -> Option<Timestamp> {
        let entry = self.steps.get(&step)?;
        (entry.progress == Progress::Done).then_some(entry.at)
    }

    /// Notes how far a step is. What follows it is to be done anew.
    pub fn note(&mut self, step: Step, progress: Progress, at: Timestamp) {
        self.steps.retain(|other, _| *other < step);
        self.steps.insert(step, Entry { at, progress, newer: Map::new() });
    }

    /// Takes a step and what follows it back.
    pub fn back_to(&mut self, step: Step) {
        self.steps.retain(|other, _| *other < step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let mut journal = Journal::new("c");
        for step in Step::ALL {
            journal.note(step, Progress::Done, Timestamp::UNIX_EPOCH);
        }
        journal
    }

    #[test]
    fn what_follows_a_step_that_is_taken_again_is_taken_again_too() {
        let mut journal = journal();
        journal.note(Step::Review, Progress::Agreed("x".to_owned()), Timestamp::UNIX_EPOCH);
        assert!(journal.done_at(Step::Document).is_some());
        assert_eq!(journal.progress(Step::Review), Some(&Progress::Agreed("x".to_owned())));
        assert_eq!(journal.progress(Step::Submit), None);
        journal.back_to(Step::Document);
        assert_eq!(journal.progress(Step::Document), None);
        assert!(journal.done_at(Step::Preflight).is_some());
    }

    #[test]
    fn a_journal_is_read_as_it_was_written() {
        let mut journal = journal();
        journal.note(
            Step::Infrastructure,
            Progress::Scheduled("t".to_owned()),
            Timestamp::UNIX_EPOCH,
        );
        let text = serde_json::to_string(&journal).unwrap();
        assert_eq!(serde_json::from_str::<Journal>(&text).unwrap(), journal);
    }

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let text = r#"{"cluster":"c","steps":{"preflight":{"at":"2026-01-02T03:04:05Z","progress":"done","by":"me"}},"more":1}"#;
        let mut journal: Journal = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&journal).unwrap(), text);
        journal.note(Step::Document, Progress::Done, Timestamp::UNIX_EPOCH);
        let written = serde_json::to_value(&journal).unwrap();
        assert_eq!(
            (&written["more"], &written["steps"]["preflight"]["by"]),
            (&1.into(), &"me".into())
        );
    }

    #[test]
    fn a_step_or_progress_of_a_newer_version_is_not_guessed_at() {
        for (step, progress) in [("tomorrow", "done"), ("preflight", "tomorrow")] {
            let text = format!(
                r#"{{"cluster":"c","steps":{{"{step}":{{"at":"2026-01-02T03:04:05Z","progress":"{progress}"}}}}}}"#
            );
            let error = serde_json::from_str::<Journal>(&text).unwrap_err();
            assert!(error.to_string().contains("tomorrow"), "{error}");
        }
    }
}
