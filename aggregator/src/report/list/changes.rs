//! What has changed since it was last told.

use std::collections::BTreeMap;

use super::row::{AGE, COLUMNS, WIDTH, of_node, title};
use crate::report::model::Report;

/// The nodes of a cluster as they were last told, by what they are called there.
#[derive(Clone, Debug)]
pub struct Changes(BTreeMap<String, [String; WIDTH]>);

impl Changes {
    /// They were told so.
    #[must_use]
    pub fn since(report: &Report) -> Self {
        Self(known(report))
    }

    /// A line for each node that is not as it was.
    pub fn tell(&mut self, report: &Report) -> Vec<String> {
        let now = known(report);
        let gone = self
            .0
            .keys()
            .filter(|name| !now.contains_key(*name))
            .map(|name| format!("{name}: gone"));
        let here = now.iter().filter_map(|(name, row)| line(name, self.0.get(name), row));
        let lines = gone.chain(here).collect();
        self.0 = now;
        lines
    }
}

fn known(report: &Report) -> BTreeMap<String, [String; WIDTH]> {
    report.nodes.iter().map(|node| (title(node), of_node(node, report.made))).collect()
}

/// What is new of a node; absent where nothing is.
fn line(name: &str, before: Option<&[String; WIDTH]>, now: &[String; WIDTH]) -> Option<String> {
    let cells = COLUMNS.iter().zip(now).enumerate().filter(|(place, _)| !matches!(*place, 0 | AGE));
    let changed: Vec<String> = cells
        .filter_map(|(place, (column, cell))| {
            let old = before.and_then(|before| before.get(place)).map_or("", |old| old);
            let title = column.title();
            (old != cell).then(|| match (old, cell.as_str()) {
                ("", cell) => format!("{title} {cell}"),
                (old, "") => format!("{title} {old} -> none"),
                (old, cell) => format!("{title} {old} -> {cell}"),
            })
        })
        .collect();
    (!changed.is_empty()).then(|| format!("{name}: {}", changed.join(", ")))
}
