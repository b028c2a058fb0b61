//! What the cluster has.

use maud::{Markup, html};

use crate::report::amount::grouped;
use crate::report::model::Report;

/// The ten sums, largest unit first, with what the document says below.
pub fn totals(report: &Report) -> Markup {
    html! {
        section #totals aria-labelledby="totals-title" {
            h2 #totals-title { "Totals" }
            p { "The sums of " (grouped(report.summed)) " of " (grouped(report.expected)) " nodes."
                @if report.totals.headed().any(|(_, amount)| !amount.is_whole()) {
                    " “At least” stands where a node or a part of one is not known."
                }
            }
            dl.cards {
                @for (heading, amount) in report.totals.headed() {
                    div {
                        dt { (heading.label) }
                        dd {
                            @if amount.known().is_some() && !amount.is_whole() {
                                span.least { "at least " }
                            }
                            @match amount.known() {
                                Some(value) => {
                                    strong { (heading.unit.short(value)) }
                                    @let exact = heading.unit.exact(value);
                                    @if exact != heading.unit.short(value) { small { (exact) } }
                                }
                                None => strong.unknown { "unknown" },
                            }
                        }
                    }
                }
            }
        }
    }
}
