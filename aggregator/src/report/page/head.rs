//! What a browser must know first: that nothing comes from elsewhere, and how the page looks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

/// How the page looks.
const STYLE: &str = include_str!("style.css");

/// What a page brings along to be run. It is whole without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Sorts and filters.
    Table,
    /// Follows what the page shows.
    Follow,
}

impl Script {
    /// Those of a page that asks nobody for anything.
    pub const WHOLE: &'static [Self] = &[Self::Table];

    /// Those of a page that follows what it shows.
    pub const LIVE: &'static [Self] = &[Self::Table, Self::Follow];

    const fn text(self) -> &'static str {
        match self {
            Self::Table => include_str!("table.js"),
            Self::Follow => include_str!("follow.js"),
        }
    }
}

/// How often a page that follows what it shows is asked for anew where no script runs, in seconds.
const WITHOUT_SCRIPT: &str = "30";

/// The head of the page with this title and these scripts.
pub fn head(title: &Markup, used: &[Script]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(allowed(used));
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            @if used.contains(&Script::Follow) {
                noscript { meta http-equiv="refresh" content=(WITHOUT_SCRIPT); }
            }
            title { (title) " · AIOS Inventory" }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// The scripts, for the end of the page.
pub fn scripts(used: &[Script]) -> Markup {
    html! { @for script in used { script { (PreEscaped(script.text())) } } }
}

/// What the header of a page that follows what it shows says of what a browser may do. No other page may
/// frame it.
#[must_use]
pub fn policy() -> String {
    allowed(Script::LIVE) + "; frame-ancestors 'none'"
}

/// Lets a browser obey this style and these scripts and nothing else, whatever a node calls itself. A page
/// that follows what it shows may ask where it came from.
fn allowed(used: &[Script]) -> String {
    let scripts: Vec<String> = used.iter().map(|script| source(script.text())).collect();
    let connect = if used.contains(&Script::Follow) { "; connect-src 'self'" } else { "" };
    format!(
        "default-src 'none'; style-src {}; script-src {}{connect}; base-uri 'none'; form-action 'none'",
        source(STYLE),
        scripts.join(" ")
    )
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}
