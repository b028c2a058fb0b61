//! Cases of `tests/hosts`: a host, the arguments, and what must come out.

use std::path::Path;

use crate::expect::Expectation;
use crate::support::agent::Run;
use crate::support::sketch;

/// One case.
pub struct Case {
    pub name: String,
    pub tree: String,
    pub args: Vec<String>,
    pub expectations: Vec<Expectation>,
}

impl Case {
    /// Runs the binary over the case's host, and says what is not as expected.
    pub fn failures(&self) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        sketch::write(&sketch::tree(&self.tree), folder.path());
        let run = Run::detail(folder.path(), &self.args);
        let failures = self.expectations.iter().filter_map(|expectation| expectation.failure(&run));
        failures.map(|failure| format!("{}: {failure}", self.name)).collect()
    }
}

/// The cases of a file; each begins with `=== NAME`.
pub fn read(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a file of cases");
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            let (tree, args, expectations) = Default::default();
            cases.push(Case { name: name.to_owned(), tree, args, expectations });
        } else if line.trim().is_empty() || line.starts_with('#') {
            // Space and reasons.
        } else {
            let case = cases.last_mut().unwrap_or_else(|| panic!("a line before any case: {line}"));
            if let Some(args) = line.strip_prefix("args ") {
                case.args.extend(words(args));
            } else if let Some(expectation) = line.strip_prefix("expect ") {
                case.expectations.push(Expectation::parse(expectation));
            } else {
                case.tree += line;
                case.tree.push('\n');
            }
        }
    }
    cases
}

/// Words between blanks; double quotes keep blanks.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![];
    let (mut word, mut quoted) = (None::<String>, false);
    for c in text.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
