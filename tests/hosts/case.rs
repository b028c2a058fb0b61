//! Cases of `tests/hosts`: a host, the arguments, and what must come out.

use std::path::Path;

use serde_json::Value;

use crate::expect::Expectation;
use crate::support::agent::{self, Run};
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

    /// Captures the case's host, and says where the capture gives another inventory.
    pub fn capture_failures(&self) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("host");
        std::fs::create_dir(&root).expect("a folder for the host");
        sketch::write(&sketch::tree(&self.tree), &root);
        let original = Run::detail(&root, &self.args);
        let mut failures = Vec::new();
        for keep_serials in [true, false] {
            let file = folder.path().join("capture.tar.gz");
            let mut capture = agent::command();
            capture.arg("capture").arg(&file).arg("--root").arg(&root);
            capture.args(keep_serials.then_some("--keep-serials"));
            let said = Run::of(&mut capture);
            assert_eq!((said.exit, said.stderr.lines().count()), (0, 1), "{said:?}");
            let run = Run::detail(&file, &self.args);
            let is_same = if keep_serials {
                run.stdout == original.stdout && run.stderr == original.stderr
            } else {
                nameless(run.json()) == nameless(original.json())
            };
            if !is_same || run.exit != original.exit {
                failures.push(format!(
                    "{}, serials {keep_serials}: {}\n{} instead of {}\n{}",
                    self.name, run.stdout, run.stderr, original.stdout, original.stderr
                ));
            }
        }
        failures
    }
}

/// The inventory without what stands in for something else in a capture without serials: names,
/// also those that are made of an address, and what messages quote of malformed files.
fn nameless(mut all: Value) -> Value {
    for name in ["/nodeData/id", "/host/name", "/host/bootId"] {
        if let Some(name) = all.pointer_mut(name) {
            name.take();
        }
    }
    for probe in all["probes"].as_array_mut().into_iter().flatten() {
        for fault in probe["faults"].as_array_mut().into_iter().flatten() {
            fault["message"].take();
        }
    }
    for port in all["devices"]["ports"].as_array_mut().into_iter().flatten() {
        if port["name"].as_str().is_some_and(|name| name.starts_with("enx")) {
            port["name"].take();
        }
    }
    all
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
