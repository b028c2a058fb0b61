//! What AIOS stores against what is true.

use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::figures::HEADINGS;
use super::said::Said;
use super::secrets::shown;
use crate::cluster::difference::{Difference, Kind};

/// What AIOS stores against what is true.
#[derive(Clone, Debug)]
pub enum Comparison {
    /// Nobody looked, and why, or how to.
    Absent(String),
    /// Somebody did.
    Made(Box<Look>),
}

/// A look at AIOS's copy.
#[derive(Clone, Debug)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// Where: what it is called, and its address. Empty where no address is known.
    pub asked: Vec<(&'static str, Said)>,
    /// Whether AIOS says what is true; absent where nobody can tell.
    pub is_true: Option<bool>,
    /// What came of it, in one line.
    pub verdict: Said,
    /// What AIOS says otherwise.
    pub differences: Differences,
}

/// What AIOS says otherwise: no more of it than a reader would read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// The first.
    pub lines: Vec<Line>,
    /// How many there are.
    pub total: usize,
}

/// One thing that AIOS says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The node's id; absent where it is about the whole cluster.
    pub node: Option<Said>,
    /// What it is about.
    pub what: Said,
    /// What AIOS stores.
    pub stored: Said,
    /// What is true.
    pub wanted: Said,
    /// What kind of difference it is; empty where the values say it.
    pub note: &'static str,
}

/// The most lines that are kept.
const MOST: usize = 100;

/// The most characters of a value.
const BRIEF: usize = 120;

impl Differences {
    /// As many of them as are shown.
    #[must_use]
    pub fn of(all: &[Difference]) -> Self {
        Self { lines: all.iter().take(MOST).map(Line::of).collect(), total: all.len() }
    }
}

impl Line {
    fn of(difference: &Difference) -> Self {
        let Difference { node, path, stored, wanted, kind } = difference;
        let what = HEADINGS.iter().find(|heading| heading.path == path);
        Self {
            node: node.as_ref().map(Said::from),
            what: match what {
                Some(heading) => heading.label.into(),
                None if path.is_empty() => "the whole entry".into(),
                None => path.into(),
            },
            stored: told(path, stored, *kind),
            wanted: told(path, wanted, *kind),
            note: kind.meaning(),
        }
    }
}

/// A value for people, with its unit where it is one of the figures.
fn told(path: &str, value: &Value, kind: Kind) -> Said {
    let heading = HEADINGS.iter().find(|heading| heading.path == path);
    match (value, heading) {
        (Value::Null, _) => "nothing".into(),
        // What is in it is no difference.
        _ if path.is_empty() && kind != Kind::NoEntry => "an entry".into(),
        (value, Some(heading)) if value.is_u64() => {
            Said::from(&heading.unit.exact(value.as_u64().unwrap_or_default()))
        }
        (value, _) => brief(&shown(path, value).to_string()),
    }
}

fn brief(text: &str) -> Said {
    match text.char_indices().nth(BRIEF) {
        Some((end, _)) => Said::from(&(text.get(..end).unwrap_or_default().to_owned() + "…")),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line(path: &str, stored: Value, wanted: Value) -> Line {
        let node = Some("a".to_owned());
        let all = [Difference { node, path: path.to_owned(), stored, wanted, kind: Kind::Changed }];
        Differences::of(&all).lines.remove(0)
    }

    #[test]
    fn a_figure_is_told_with_its_name_and_unit() {
        let line = line("gpus.memory", json!(81_559), json!(null));
        assert_eq!(
            (line.what.as_str(), line.stored.as_str(), line.wanted.as_str()),
            ("GPU memory", "81,559 MiB", "nothing")
        );
    }

    #[test]
    fn what_is_secret_in_aios_s_copy_is_not_told() {
        for (path, value) in [
            ("config.token", json!("s3cr3t")),
            ("config", json!({ "deep": [{ "Password": "s3cr3t" }] })),
        ] {
            let line = line(path, value.clone(), value);
            assert!(!format!("{line:?}").contains("s3cr3t"), "{line:?}");
            assert!(line.stored.as_str().contains("(not shown)"), "{line:?}");
        }
    }

    #[test]
    fn of_many_differences_and_of_a_long_value_the_beginning_is_kept() {
        let long = line("gpus.modelNames", json!("x".repeat(9_000)), json!([])).stored;
        assert_eq!(long.as_str().chars().count(), BRIEF + 1);
        let one = Difference {
            node: None,
            path: "memory".to_owned(),
            stored: json!(1),
            wanted: json!(2),
            kind: Kind::Changed,
        };
        let many = Differences::of(&vec![one; MOST + 7]);
        assert_eq!((many.lines.len(), many.total), (MOST, MOST + 7));
    }
}
