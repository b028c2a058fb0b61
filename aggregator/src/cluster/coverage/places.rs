//! Which obstacles are about which node.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Where in a list the obstacles of each node stand, by its name. Those of one node stand together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<String, Range<usize>>);

impl Places {
    /// Notes that what stands there is about the node of this name; nothing where nothing does.
    pub fn put(&mut self, name: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.0.insert(name.to_owned(), range);
        }
    }

    /// Where the obstacles of the node of this name are; nowhere where it has none.
    pub fn of(&self, name: &str) -> Range<usize> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// Those of the lines that are about no node.
    pub fn others<'a>(&self, lines: &'a [String]) -> Vec<&'a str> {
        let of_nodes: BTreeSet<usize> = self.0.values().cloned().flatten().collect();
        let lines = lines.iter().enumerate().filter(|(index, _)| !of_nodes.contains(index));
        lines.map(|(_, line)| line.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_a_node_s_or_nobody_s() {
        let lines = ["0", "1", "2", "3"].map(str::to_owned);
        let mut places = Places::default();
        places.put("a", 1..3);
        places.put("b", 3..3);
        assert_eq!((places.of("a"), places.of("b"), places.of("c")), (1..3, 0..0, 0..0));
        assert_eq!(places.others(&lines), ["0", "3"]);
    }
}
