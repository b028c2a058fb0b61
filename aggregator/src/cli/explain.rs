//! What is explained, and how it is shown.

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command, Error, ValueEnum};

use crate::explain::topics;

/// Explain a word that agent or aggregator printed: what it means, where it comes from, what to do
///
/// Words are the rules by which devices are not counted, the states of GPUs and ports, outcomes of probes,
/// conditions of a `NodeInventory` or `ClusterOnboarding` with their reasons, how checks came out, and exit
/// statuses. Without one all of them are listed.
///
/// Exit status: 0 it is explained; 2 nobody knows the word.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The word, such as `removable`, `gpu-lost`, `NotCovered` or `6`; case and hyphens do not matter
    #[arg(value_name = "TOPIC", value_parser = Word, hide_possible_values = true)]
    pub topic: Option<String>,

    /// How to show it
    #[arg(long, value_enum, default_value_t, env = "INVENTORY_EXPLAIN_FORMAT")]
    pub format: ExplainFormat,
}

/// How explanations are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// Takes any word, and tells shells which are known: what to say of another one is the command's to know.
#[derive(Clone)]
struct Word;

impl TypedValueParser for Word {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<String, Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let mut names: Vec<&str> = topics().iter().map(|topic| topic.name).collect();
        names.sort_unstable();
        names.dedup();
        Some(Box::new(names.into_iter().map(PossibleValue::new)))
    }
}
