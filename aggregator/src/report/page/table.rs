//! All nodes, a line each.

use k8s_openapi::jiff::Timestamp;
use maud::{Markup, html};

use super::picture::composition;
use super::{badge, time};
use crate::report::amount::Unit;
use crate::report::figures::HEADINGS;
use crate::report::model::{Node, Report, State};

/// A column.
struct Column {
    label: &'static str,
    /// What kind of thing it is sorted by; absent where nobody would.
    sort: &'static str,
    class: &'static str,
    /// The cell of a node.
    cell: fn(&Node, Timestamp) -> Markup,
}

/// A column of the figure at this place.
macro_rules! figure {
    ($label:literal, $index:literal) => {
        Column { label: $label, sort: "number", class: "n", cell: |node, _| figure(node, $index) }
    };
}

/// The column that only a cluster can fill.
const AGE: &str = "Age";

/// Every column but the first, which is the node.
const COLUMNS: [Column; 12] = [
    Column {
        label: "State",
        sort: "text",
        class: "",
        cell: |node, _| html! { td { (badge::state(node.state)) (complaints(node)) } },
    },
    figure!("GPUs", 0),
    Column {
        label: "GPU models",
        sort: "text",
        class: "",
        cell: |node, _| html! { td.text { (composition(&node.gpus)) } },
    },
    figure!("GPU memory", 1),
    figure!("vCPUs", 2),
    figure!("Memory", 3),
    figure!("Swap", 4),
    figure!("Disks", 5),
    figure!("Disk size", 6),
    figure!("NICs", 7),
    figure!("Bandwidth", 8),
    Column { label: AGE, sort: "number", class: "n", cell: age },
];

/// The table, with what sorts and filters it where the script runs.
pub fn table(report: &Report) -> Markup {
    // The columns of a page that follows its cluster stay.
    let may_have_age = |node: &Node| node.born.is_some() || node.body().is_none();
    let has_ages = report.nodes.iter().any(may_have_age);
    let columns: Vec<&Column> =
        COLUMNS.iter().filter(|column| has_ages || column.label != AGE).collect();
    html! {
        section #nodes aria-labelledby="nodes-title" {
            h2 #nodes-title { "Nodes" }
            @if report.nodes.is_empty() { p { "There is no node." } }
            @else {
                (controls(report))
                div.scroll.tall role="region" tabindex="0" aria-labelledby="nodes-caption" {
                    table #nodes-table {
                        caption #nodes-caption { "What each node has. ≥: a part of it is unknown." @if has_ages { " Age: since its NodeInventory was made." } }
                        thead {
                            tr {
                                th scope="col" data-sort="text" { "Node" }
                                @for column in &columns {
                                    th.(column.class) scope="col" data-sort=(column.sort) { (column.label) }
                                }
                            }
                        }
                        tbody {
                            @for node in &report.nodes {
                                tr data-state=(node.state.word()) data-node=(node.key()) {
                                    th scope="row" {
                                        a href=(node.href()) { (node.title) }
                                        @if let Some(name) = &node.name { small { (name) } }
                                    }
                                    @for column in &columns { ((column.cell)(node, report.made)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Hidden until there is a script that obeys them.
fn controls(report: &Report) -> Markup {
    html! {
        div.controls #nodes-controls role="search" aria-label="Filter the nodes" hidden {
            label { "Filter " input #nodes-filter type="search" placeholder="name, model, condition…" autocomplete="off"; }
            label { "State "
                select #nodes-state {
                    option value="" { "all" }
                    @for state in State::ALL {
                        @if report.nodes.iter().any(|node| node.state == state) {
                            option { (state.word()) }
                        }
                    }
                }
            }
            output #nodes-count for="nodes-filter nodes-state" {}
        }
    }
}

fn figure(node: &Node, index: usize) -> Markup {
    let amount = node.figures.at(index);
    let unit = HEADINGS.get(index).map_or(Unit::Count, |heading| heading.unit);
    html! {
        @match amount.known() {
            Some(value) => td.n data-v=(value) { (amount.short(unit)) },
            None => td.n.unknown { "unknown" },
        }
    }
}

fn age(node: &Node, now: Timestamp) -> Markup {
    html! {
        @match node.born {
            // The younger, the less; a line that is told anew is the same until its words are others.
            Some(born) => td.n data-v=(-born.as_second()) { (time::ago(born, now)) },
            None => td.n.unknown { "unknown" },
        }
    }
}

/// The conditions that are not as they should be, or how much else stands in the way.
fn complaints(node: &Node) -> Markup {
    html! {
        @if !node.unwell.is_empty() { small { "not as it should be: " (node.unwell.join(", ")) } }
        @else if node.obstacles.len() > 1 { small { (node.obstacles.len()) " reasons" } }
    }
}
