//! What AIOS stores against what is true.

use k8s_openapi::jiff::Timestamp;
use maud::{Markup, html};

use super::{badge, time};
use crate::report::amount::grouped;
use crate::report::comparison::{Comparison, Differences, Look};

/// What came of the last look at AIOS's copy, or why there was none.
pub fn comparison(comparison: &Comparison, now: Timestamp) -> Markup {
    html! {
        section #aios aria-labelledby="aios-title" {
            h2 #aios-title { "AIOS's copy" }
            @match comparison {
                Comparison::Absent(why) => p { (why) },
                Comparison::Made(look) => (made(look, now)),
            }
        }
    }
}

fn made(look: &Look, now: Timestamp) -> Markup {
    let (class, word) = match look.is_true {
        Some(true) => ("good", "true"),
        Some(false) => ("bad", "not true"),
        None => ("fair", "unknown"),
    };
    html! {
        p { (badge::badge(class, word)) " " (look.verdict) }
        p {
            "Looked at " (time::second(look.at)) ", " (time::ago(look.at, now)) " before this page was made"
            @for (name, address) in &look.asked { "; " (name) " " (address) }
            "."
        }
        @if !look.differences.lines.is_empty() { (differences(&look.differences)) }
    }
}

fn differences(differences: &Differences) -> Markup {
    let Differences { lines, total } = differences;
    html! {
        div.scroll role="region" tabindex="0" aria-labelledby="aios-differences" {
            table #aios-table {
                caption #aios-differences {
                    "What AIOS says otherwise"
                    @if lines.len() < *total { ": the first " (grouped(lines.len() as u64)) " of " (grouped(*total as u64)) }
                }
                thead {
                    tr {
                        th scope="col" { "Node" } th scope="col" { "What" }
                        th scope="col" { "AIOS stores" } th scope="col" { "True is" }
                        th scope="col" { "Note" }
                    }
                }
                tbody {
                    @for line in lines {
                        tr {
                            th scope="row" {
                                @if let Some(node) = &line.node { (node) } @else { "the cluster" }
                            }
                            td { (line.what) }
                            td.text { (line.stored) }
                            td.text { (line.wanted) }
                            td.text { (line.note) }
                        }
                    }
                }
            }
        }
    }
}
