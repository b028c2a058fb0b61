//! What the pages point at is there: files, headings, and the tests that they name.

use std::collections::BTreeSet;
use std::path::Path;

use crate::pages::page::{Page, entries};

/// The links of a page that lead nowhere.
pub fn broken(page: &Page) -> Vec<String> {
    let here = page.links.iter().filter(|link| !link.contains("://"));
    here.filter(|link| !leads_somewhere(page, link)).cloned().collect()
}

fn leads_somewhere(page: &Page, link: &str) -> bool {
    let (file, heading) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() { page.path.clone() } else { page.path.with_file_name(file) };
    let has_heading = || Page::read(&target).headings.iter().any(|it| anchor(it) == heading);
    target.exists() && (heading.is_empty() || has_heading())
}

/// The heading's name in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The names of all test functions below a folder.
pub fn functions(folder: &Path) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in entries(folder) {
        if path.is_dir() {
            names.extend(functions(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a file");
            let after = text.split("fn ").skip(1).filter_map(|rest| rest.split_once('('));
            names.extend(after.map(|(name, _)| name.to_owned()));
        }
    }
    names
}

/// The tests that a page names.
pub fn tests(page: &Page) -> impl Iterator<Item = &str> {
    let name = |quoted: &'_ String| -> Option<usize> { quoted.rfind("::").map(|at| at + 2) };
    let names = page.quoted.iter().map(move |it| &it[name(it).unwrap_or(0)..]);
    // As long as only a statement is, and a metric's name.
    names.filter(|name| {
        !name.starts_with("aios_inventory_")
            && name.matches('_').count() > 3
            && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
    })
}
