//! Whether a page's steps went as the page says.

use regex::Regex;
use snapbox::{Assert, Data, Redactions};

use super::kind::Place;
use super::names::Names;
use super::session::Went;
use super::step::{Act, Step};

/// What is never the same twice: by its name, what it looks like.
const VARIES: [(&str, &str); 4] = [
    ("[TIME]", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z| UTC)?"),
    ("[SHA]", r"\b[0-9a-f]{64}\b"),
    ("[UUID]", r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    ("[AGE]", r"\b(\d+[smhd]){1,2}\b"),
];

/// On a real cluster every figure is the machine's own.
const FIGURE: (&str, &str) = ("[N]", r"\b\d+\b");

/// Judges by what varies in a place, and what is called otherwise there.
pub struct Judge<'a> {
    names: &'a Names,
    varies: Redactions,
}

impl<'a> Judge<'a> {
    pub fn new(place: Place, names: &'a Names) -> Self {
        let mut varies = Redactions::new();
        let figure = (place == Place::Cluster).then_some(FIGURE);
        for (name, pattern) in VARIES.into_iter().chain(figure) {
            varies.insert(name, Regex::new(pattern).expect("a pattern")).expect("a name");
        }
        Self { names, varies }
    }

    /// What is not as the page says; the first step that is not, since the others may follow from it.
    pub fn failure(&self, steps: &[Step], went: &[Went]) -> Option<String> {
        steps.iter().enumerate().find_map(|(at, step)| {
            let is_looked_at = steps.get(at + 1).is_some_and(looks_at_the_end);
            let told = match went.get(at) {
                None => "it was not come to".to_owned(),
                Some(went) => self.wrong(step, went, is_looked_at)?,
            };
            Some(format!("line {}: {}\n{told}", step.line, name(&step.act)))
        })
    }

    fn wrong(&self, step: &Step, went: &Went, is_looked_at: bool) -> Option<String> {
        let printed = self.names.as_written(&went.printed);
        if went.status != 0 && !is_looked_at {
            let status = went.status;
            return Some(format!(
                "it ended with {status}, and no next step shows that:\n{printed}"
            ));
        }
        let Act::Run { prints: Some(prints), .. } = &step.act else { return None };
        let data = |text: &str| Data::text(self.varies.redact(&plain(text)));
        let told = Assert::new().try_eq(Some(&"printed"), data(&printed), data(prints));
        told.err().map(|error| format!("{error}\nIt printed:\n{printed}"))
    }
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

/// Without what no reader minds: how wide a column is, spaces at the ends of lines, empty lines at the end.
fn plain(text: &str) -> String {
    let wide = Regex::new(r"(\S)   *").expect("a pattern");
    let lines: Vec<String> =
        text.lines().map(|line| wide.replace_all(line.trim_end(), "$1  ").into_owned()).collect();
    lines.join("\n").trim_end().to_owned()
}
