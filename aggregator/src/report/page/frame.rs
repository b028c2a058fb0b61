//! What every page has around its parts.

use maud::{DOCTYPE, Markup, html};

use super::head::{Script, head, scripts};

/// A page's parts.
pub struct Frame<'a> {
    /// What it is about.
    pub title: &'a Markup,
    /// What it was made from, and when.
    pub subtitle: &'a Markup,
    /// Links to its parts.
    pub navigation: &'a Markup,
    /// Its parts.
    pub main: &'a Markup,
    /// What is said at its end.
    pub remark: &'static str,
}

impl Frame<'_> {
    /// A page that asks nobody for anything.
    pub fn whole(&self) -> String {
        self.framed(Script::WHOLE, None)
    }

    /// A page that follows what it shows, of which this is the revision.
    pub fn live(&self, revision: &str) -> String {
        self.framed(Script::LIVE, Some(revision))
    }

    fn framed(&self, used: &[Script], revision: Option<&str>) -> String {
        let version = revision.map(|_| env!("CARGO_PKG_VERSION"));
        let page = html! {
            (DOCTYPE)
            html lang="en" data-version=[version] data-revision=[revision] {
                (head(self.title, used))
                body {
                    a.skip href="#main" { "Skip to the content" }
                    header {
                        h1 { (self.title) }
                        p { (self.subtitle) }
                        @if revision.is_some() { (standing()) }
                        nav aria-label="Parts of this page" { (self.navigation) }
                    }
                    main #main tabindex="-1" { (self.main) }
                    footer {
                        p { "Made by inventory-aggregator " (env!("CARGO_PKG_VERSION")) ". " (self.remark) }
                    }
                    (scripts(used))
                }
            }
        };
        page.into_string()
    }
}

/// Whether the page follows, which a script tells.
fn standing() -> Markup {
    html! {
        p #live role="status" data-own { noscript { "Without scripts it is loaded anew now and then." } }
        p #live-said.unseen aria-live="polite" data-own {}
    }
}
