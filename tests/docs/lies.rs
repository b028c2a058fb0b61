//! A page that is not true is told so, by what is wrong with it.

use crate::pages::page::Page;
use crate::{files, links, no_kind, untrue};

/// Tells what is wrong with a page.
type Tells = fn(&Page) -> Vec<String>;

/// What a page must not be: the words, who tells, and a part of what is told.
const LIES: [(&str, Tells, &str); 13] = [
    ("    indented\n", no_kind, "an indented block"),
    ("```\nx\n```\n", no_kind, "says no kind"),
    ("```rust\nx\n```\n", no_kind, "'rust' says no kind"),
    ("```text\n$ true\n```\n", no_kind, "there is a command in it"),
    ("```console nowhere\n$ true\n```\n", no_kind, "'nowhere' is no place"),
    ("```console\nno command\n```\n", no_kind, "begins with no command"),
    ("```sh\ncat <<END\nx\n```\n", no_kind, "does not end"),
    ("```console\n$ echo a\nb\n```\n", untrue, "It printed:\na"),
    ("```console\n$ true\n$ false\n```\n", untrue, "line 1: false\nit ended with 1"),
    (
        "```sh\ntrue\ninventory-agent --frob\n```\n",
        untrue,
        "line 1: inventory-agent --frob\nit ended with 2",
    ),
    ("```yaml\na: [\n```\n", files::refused, ":1:"),
    ("```yaml profile\nid: a\n```\n", files::refused, "regionId"),
    ("[a](no-such-page.md)", links::broken, "no-such-page.md"),
];

/// What is true beside these.
const TRUTHS: [&str; 4] = [
    "```console\n$ echo 'a    2'\na  2\n$ false\n$ echo $?\n1\n```\n",
    "```console\n$ echo 2026-11-28T10:00:00Z; seq 9\n2001-01-01T00:00:00Z\n1\n...\n9\n```\n",
    "```yaml a.yaml\na: 1\n```\n\n```sh\ngrep 'a: 1' a.yaml\ncat <<END > b\n$x\nEND\n```\n",
    "```sh untried: there is none\nno-such-program\n```\n",
];

/// The lies that were not told, and the truths that were.
pub fn missed() -> Vec<String> {
    let lies = LIES.iter().filter_map(|(text, told_by, part)| {
        let told = told_by(&Page::of((*text).to_owned())).concat();
        (!told.contains(part)).then(|| format!("{text}told: {told}"))
    });
    let truths = TRUTHS.iter().flat_map(|text| {
        let page = Page::of((*text).to_owned());
        [no_kind(&page), untrue(&page), files::refused(&page)].concat()
    });
    lies.chain(truths).collect()
}
