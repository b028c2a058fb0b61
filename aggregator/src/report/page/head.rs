//! What a browser must know first: that nothing comes from elsewhere, and how the page looks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};
use ring::digest::{SHA256, digest};

/// How the page looks.
const STYLE: &str = include_str!("style.css");

/// Sorts and filters. The page is whole without it.
const SCRIPT: &str = include_str!("script.js");

/// The head of the page with this title.
pub fn head(title: &Markup) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (title) " · AIOS Inventory" }
            style { (PreEscaped(STYLE)) }
        }
    }
}

/// The script, for the end of the page.
pub fn script() -> Markup {
    html! { script { (PreEscaped(SCRIPT)) } }
}

/// Lets a browser obey this style and this script and nothing else, whatever a node calls itself.
fn policy() -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        source(STYLE),
        source(SCRIPT)
    )
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, text.as_bytes())))
}
