//! Whether a page's steps went as the page says.

use regex::Regex;
use snapbox::{Assert, Data, Redactions};

use crate::session::Went;
use crate::step::{Act, Step};

/// What is never the same twice: by its name, what it looks like.
const VARIES: [(&str, &str); 6] = [
    ("[TIME]", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| UTC)?"),
    ("[SHA]", r"\b[0-9a-f]{64}\b"),
    ("[UUID]", r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    ("[AGE]", r"\b\d+(ms|s|m|h|d)(\d+s)?\b"),
    ("[PORT]", r"127\.0\.0\.1:\d{4,5}\b"),
    ("[PID]", r"\bpid=\d+\b"),
];

/// What is not as the page says; the first step that is not, since the others may follow from it.
pub fn failure(
    steps: &[Step],
    went: &[Went],
    as_written: impl Fn(&str) -> String,
) -> Option<String> {
    let mut next = steps.iter().skip(1);
    for (at, step) in steps.iter().enumerate() {
        let is_looked_at = next.next().is_some_and(looks_at_the_end);
        let told = match went.get(at) {
            None => Some("it was not come to".to_owned()),
            Some(went) => wrong(step, went, is_looked_at, &as_written),
        };
        if let Some(told) = told {
            return Some(format!("line {}: {}\n{told}", step.line, name(&step.act)));
        }
    }
    None
}

fn looks_at_the_end(step: &Step) -> bool {
    matches!(&step.act, Act::Run { command, .. } if command.contains("$?"))
}

fn name(act: &Act) -> &str {
    match act {
        Act::Run { command, .. } => command,
        Act::Write { name, .. } => name,
    }
}

fn wrong(
    step: &Step,
    went: &Went,
    is_looked_at: bool,
    as_written: &impl Fn(&str) -> String,
) -> Option<String> {
    let printed = as_written(&went.printed);
    if went.status != 0 && !is_looked_at {
        return Some(format!(
            "it ended with {}, and no next step shows that:\n{printed}",
            went.status
        ));
    }
    let Act::Run { prints: Some(prints), .. } = &step.act else { return None };
    let varies = varies();
    let data = |text: &str| Data::text(varies.redact(&plain(text)));
    let told = Assert::new().try_eq(Some(&"printed"), data(&printed), data(prints));
    told.err().map(|error| error.to_string())
}

fn varies() -> Redactions {
    let mut varies = Redactions::new();
    for (name, pattern) in VARIES {
        varies.insert(name, Regex::new(pattern).expect("a pattern")).expect("a name");
    }
    varies
}

/// Without what no reader minds: how wide a column is, spaces at the ends of lines, empty lines at the end.
fn plain(text: &str) -> String {
    let wide = Regex::new(r"(\S)   *").expect("a pattern");
    let lines: Vec<String> =
        text.lines().map(|line| wide.replace_all(line.trim_end(), "$1  ").into_owned()).collect();
    lines.join("\n").trim_end().to_owned()
}
