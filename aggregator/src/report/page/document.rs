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
                    details {
                        summary { "The cluster's document, as JSON" }
                        p #document-hint { "To copy it, choose it all (Ctrl+A in the field). What is secret is not shown." }
                        textarea readonly rows="24" spellcheck="false" wrap="off" aria-label="The cluster's document" aria-describedby="document-hint" {
                            // A browser drops a newline here, and none of the text's.
                            "\n" (text)
                        }
                    }
                }
            }
        }
    }
}
