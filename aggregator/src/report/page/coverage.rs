//! How far the cluster is known, and what stands in the way.

use maud::{Markup, html};

use crate::report::amount::grouped;
use crate::report::model::{Node, Report, State};
use crate::report::said::Said;

/// More lines than so many are folded away.
const MANY: usize = 24;

/// How many nodes are known, and what is missing, node by node.
pub fn coverage(report: &Report) -> Markup {
    let (whole, expected) = (report.whole, report.expected);
    let hindered: Vec<&Node> =
        report.nodes.iter().filter(|node| !node.obstacles.is_empty()).collect();
    let lines = report.obstacles.len() + hindered.len();
    html! {
        section #coverage aria-labelledby="coverage-title" {
            h2 #coverage-title { "Coverage" }
            p.big {
                strong { (grouped(whole)) " of " (grouped(expected)) }
                " nodes are there and fully known"
            }
            meter min="0" max=(expected.max(1)) value=(whole) aria-label="Nodes that are there and fully known" {
                (whole) " of " (expected)
            }
            (legend(report))
            @if lines > 0 {
                (folded("obstacles", "What stands in the way", lines, &html! {
                    ul.reasons {
                        @for obstacle in &report.obstacles { li { (obstacle) } }
                        @for node in hindered {
                            li { a href=(node.href()) { (node.title) } (reasons(node)) }
                        }
                    }
                }))
            } @else {
                p { "Nothing stands in the way." }
            }
            @if !report.notes.is_empty() {
                (folded("notes", "Worth knowing", report.notes.len(), &list(&report.notes)))
            }
        }
    }
}

/// How many nodes are in which state, and what that means.
fn legend(report: &Report) -> Markup {
    html! {
        ul.states {
            @for state in State::ALL {
                @let count = report.nodes.iter().filter(|node| node.state == state).count();
                @if count > 0 {
                    li { (super::badge::state(state)) " " (grouped(count as u64)) ": " (state.meaning()) }
                }
            }
        }
    }
}

/// Why a node is not whole.
pub fn reasons(node: &Node) -> Markup {
    list(&node.obstacles)
}

/// Lines.
pub fn list(lines: &[Said]) -> Markup {
    html! { ul { @for line in lines { li { (line) } } } }
}

/// A part with a heading, folded away where it is long.
fn folded(id: &str, title: &str, lines: usize, body: &Markup) -> Markup {
    html! {
        details id=(id) open[lines <= MANY] {
            summary { h3 { (title) } " (" (grouped(lines as u64)) ")" }
            (body)
        }
    }
}
