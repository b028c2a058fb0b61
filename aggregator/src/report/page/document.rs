//! What AIOS is told, to copy.

use maud::{Markup, html};

use super::coverage::list;
use crate::report::model::Entry;

/// The document, folded away.
pub fn document(entry: &Entry) -> Markup {
    html! {
        section #document aria-labelledby="document-title" {
            h2 #document-title { "Document" }
            @match entry {
                Entry::Absent(why) => p { (why) },
                Entry::Document { text, flaws } => {
                    @if !flaws.is_empty() {
                        p { "AIOS would refuse it or spoil it:" }
                        (list(flaws))
                    }
                    @match text {
                        Some(text) => (here(text)),
                        None => (elsewhere()),
                    }
                }
            }
        }
    }
}

fn here(text: &str) -> Markup {
    html! {
        details {
            summary { "The cluster's document, as JSON" }
            (field(text))
        }
    }
}

/// Asked for once somebody wants it: it is large where the cluster is.
fn elsewhere() -> Markup {
    html! {
        p { a href=(DOCUMENT) { "The cluster's document, as JSON" } ", as it would be submitted now. What is secret is not shown." }
        details #document-here hidden data-own data-from=(DOCUMENT) {
            summary { "The same here, to copy" }
            (field(""))
        }
    }
}

/// Where the document is served.
const DOCUMENT: &str = "/cluster.json";

fn field(text: &str) -> Markup {
    html! {
        p #document-hint { "To copy it, choose it all (Ctrl+A in the field). What is secret is not shown." }
        textarea readonly rows="24" spellcheck="false" wrap="off" aria-label="The cluster's document" aria-describedby="document-hint" {
            // A browser drops a newline here, and none of the text's.
            "\n" (text)
        }
    }
}
