//! The ids that a person gives the Nodes: checked as a whole before any is written.

use std::collections::BTreeMap;
use std::fmt;

use inventory_common::node_id;
use inventory_common::order::by_name;

/// A Node's label `nodeID` by the Node's name; absent where it has none.
pub type Labels = BTreeMap<String, Option<String>>;

/// A label that is to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The Node's name.
    pub node: String,
    /// What the label says; absent where there is none.
    pub from: Option<String>,
    /// What it is to say.
    pub to: String,
}

/// Why no label is set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The cluster has no such Node.
    #[error("node '{0}': the cluster has no such Node")]
    NoNode(String),
    /// It is named twice.
    #[error("node '{0}': it is named twice")]
    Twice(String),
    /// It cannot be a label's value.
    #[error(
        "node '{node}': '{id}' is no label value: 1 to {} letters, digits, '.', '_' and '-', the first and the last a letter or digit",
        node_id::MAX_LENGTH
    )]
    NoLabel {
        /// The Node's name.
        node: String,
        /// What it should say.
        id: String,
    },
    /// It is the word of agents that know no id, and no document takes it.
    #[error("node '{0}': '{unknown}' means that there is no id: give it another", unknown = node_id::UNKNOWN)]
    Unknown(String),
    /// Two Nodes would have it.
    #[error("'{id}' would be the id of {}: give each node its own", .nodes.join(" and "))]
    Ambiguous {
        /// The id.
        id: String,
        /// The Nodes' names.
        nodes: Vec<String>,
    },
    /// The Node has another one.
    #[error("node '{node}': it has the id '{from}' already: --overwrite replaces it")]
    Taken {
        /// The Node's name.
        node: String,
        /// What its label says.
        from: String,
    },
    /// A pattern gives every node the same.
    #[error("'{0}' gives every node the same id: put {{name}} or {{n}} in it")]
    NoPlace(String),
}

/// What is to be set so that the Nodes have these ids, or all that stands against it.
pub fn changes(
    labels: &Labels,
    wanted: &[(String, String)],
    overwrites: bool,
) -> Result<Vec<Change>, Vec<Refused>> {
    let mut refused = Vec::new();
    let mut after: BTreeMap<&str, &str> =
        labels.iter().filter_map(|(node, id)| Some((node.as_str(), id.as_deref()?))).collect();
    let mut changes: Vec<Change> = Vec::new();
    for (node, id) in wanted {
        let Some(from) = labels.get(node) else {
            refused.push(Refused::NoNode(node.clone()));
            continue;
        };
        if changes.iter().any(|change| change.node == *node) {
            refused.push(Refused::Twice(node.clone()));
        }
        if !node_id::is_valid(id) {
            refused.push(Refused::NoLabel { node: node.clone(), id: id.clone() });
        }
        if id == node_id::UNKNOWN {
            refused.push(Refused::Unknown(node.clone()));
        }
        if let Some(from) = from.as_ref().filter(|from| *from != id && !overwrites) {
            refused.push(Refused::Taken { node: node.clone(), from: from.clone() });
        }
        after.insert(node, id);
        changes.push(Change { node: node.clone(), from: from.clone(), to: id.clone() });
    }
    refused.extend(ambiguous(&after));
    if !refused.is_empty() {
        return Err(refused);
    }
    changes.retain(|change| change.from.as_ref() != Some(&change.to));
    Ok(changes)
}

/// The ids that several Nodes would have.
fn ambiguous(after: &BTreeMap<&str, &str>) -> Vec<Refused> {
    let mut nodes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (node, id) in after {
        nodes.entry(id).or_default().push((*node).to_owned());
    }
    let shared = nodes.into_iter().filter(|(_, nodes)| nodes.len() > 1);
    shared.map(|(id, nodes)| Refused::Ambiguous { id: id.to_owned(), nodes }).collect()
}

/// What stands in a pattern for the Node's name, and for its number in the order in which people
/// count.
const PLACES: [&str; 2] = ["{name}", "{n}"];

/// The ids that a pattern gives the Nodes, numbered from 1 with as many digits as the last has.
pub fn of_pattern(labels: &Labels, pattern: &str) -> Result<Vec<(String, String)>, Refused> {
    if labels.len() > 1 && !PLACES.iter().any(|place| pattern.contains(place)) {
        return Err(Refused::NoPlace(pattern.to_owned()));
    }
    let mut nodes: Vec<&String> = labels.keys().collect();
    nodes.sort_by(|a, b| by_name(a.as_bytes(), b.as_bytes()));
    let digits = nodes.len().to_string().len();
    let [name, number] = PLACES;
    let id = |(index, node): (usize, &&String)| {
        let count = format!("{:0digits$}", index + 1);
        ((*node).clone(), pattern.replace(name, node).replace(number, &count))
    };
    Ok(nodes.iter().enumerate().map(id).collect())
}

/// The ids of a text: a Node's name and its id on each line. Empty lines and those that begin with
/// `#` say nothing.
pub fn of_text(text: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let says = |(_, line): &(usize, &str)| !line.is_empty() && !line.starts_with('#');
    let pair = |(number, line): (usize, &str)| {
        let mut words = line.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some(node), Some(id), None) => Ok((node.to_owned(), id.to_owned())),
            _ => Err(format!(
                "line {number}: expected a Node's name and its id, such as 'node-1 west-1'"
            )),
        }
    };
    lines.filter(says).map(pair).collect()
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { node, from, to } = self;
        match from {
            Some(from) => write!(f, "node '{node}': nodeID '{to}' instead of '{from}'"),
            None => write!(f, "node '{node}': nodeID '{to}'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(nodes: &[(&str, &str)]) -> Labels {
        let label = |id: &str| (!id.is_empty()).then(|| id.to_owned());
        nodes.iter().map(|(node, id)| ((*node).to_owned(), label(id))).collect()
    }

    fn wanted(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(node, id)| ((*node).to_owned(), (*id).to_owned())).collect()
    }

    fn told(refused: Result<Vec<Change>, Vec<Refused>>) -> Vec<String> {
        refused.unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_what_differs_is_set() {
        let labels = labels(&[("a", ""), ("b", "y")]);
        let changes = changes(&labels, &wanted(&[("a", "x"), ("b", "y")]), false).unwrap();
        assert_eq!(
            changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["node 'a': nodeID 'x'"]
        );
    }

    #[test]
    fn a_label_is_replaced_only_with_a_word() {
        let labels = labels(&[("a", "x")]);
        let refused = told(changes(&labels, &wanted(&[("a", "y")]), false));
        assert_eq!(refused, ["node 'a': it has the id 'x' already: --overwrite replaces it"]);
        assert_eq!(changes(&labels, &wanted(&[("a", "y")]), true).unwrap().len(), 1);
    }

    #[test]
    fn two_nodes_never_get_one_id_also_where_one_keeps_its_own() {
        let labels = labels(&[("a", ""), ("b", ""), ("c", "z")]);
        for pairs in [[("a", "x"), ("b", "x")], [("a", "z"), ("b", "x")]] {
            let refused = told(changes(&labels, &wanted(&pairs), false));
            assert_eq!(refused.len(), 1);
            assert!(refused[0].contains("would be the id of a and "), "{refused:?}");
        }
        let swapped = changes(&labels, &wanted(&[("a", "z"), ("c", "x")]), true);
        assert_eq!(swapped.unwrap().len(), 2, "what is given away may be taken");
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let labels = labels(&[("a", ""), ("b", "")]);
        let refused = told(changes(
            &labels,
            &wanted(&[("x", "1"), ("a", "-"), ("b", "c"), ("b", "d")]),
            false,
        ));
        let starts = [
            "node 'x': the cluster has no",
            "node 'a': '-' is no label",
            "node 'b': it is named twice",
        ];
        assert_eq!(refused.len(), starts.len(), "{refused:?}");
        for (line, start) in refused.iter().zip(starts) {
            assert!(line.starts_with(start), "{line}");
        }
    }

    #[test]
    fn a_pattern_numbers_the_nodes_as_people_count() {
        let ten: Vec<String> = (1..=10).map(|n| format!("node-{n}")).collect();
        let ten: Vec<(&str, &str)> = ten.iter().map(|name| (name.as_str(), "")).collect();
        let ids = of_pattern(&labels(&ten), "west-{n}").unwrap();
        assert_eq!(
            (&ids[0], &ids[9]),
            (
                &("node-1".to_owned(), "west-01".to_owned()),
                &("node-10".to_owned(), "west-10".to_owned())
            )
        );
        let ids = of_pattern(&labels(&[("a", ""), ("b", "")]), "{name}.west").unwrap();
        assert_eq!(ids, wanted(&[("a", "a.west"), ("b", "b.west")]));
        let alone = of_pattern(&labels(&[("a", "")]), "west").unwrap();
        assert_eq!(alone, wanted(&[("a", "west")]));
        let one_for_all = of_pattern(&labels(&ten), "west").unwrap_err().to_string();
        assert_eq!(one_for_all, "'west' gives every node the same id: put {name} or {n} in it");
    }

    #[test]
    fn a_text_has_a_node_and_its_id_on_each_line() {
        let text = "# ours\n\nnode-1  west-1\n\tnode-2 west-2\r\n";
        assert_eq!(of_text(text), Ok(wanted(&[("node-1", "west-1"), ("node-2", "west-2")])));
        assert!(of_text("node-1 west-1\nnode-2\n").unwrap_err().starts_with("line 2: "));
        assert!(of_text("a b c").unwrap_err().starts_with("line 1: "));
    }

    #[test]
    fn an_id_that_no_document_takes_is_not_given() {
        let refused = told(changes(&labels(&[("a", "")]), &wanted(&[("a", "unknown")]), false));
        assert_eq!(refused, ["node 'a': 'unknown' means that there is no id: give it another"]);
    }
}
