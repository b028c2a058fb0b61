//! What the docs point at is there: files, headings, and the tests that they name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every page: those at the top, of deployment, and all below `docs`.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> =
        ["", "deploy"].iter().flat_map(|it| files(&root().join(it))).collect();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        pages.extend(files(&folder));
        folders.extend(entries(&folder).filter(|entry| entry.is_dir()));
    }
    pages.retain(|file| file.extension().is_some_and(|extension| extension == "md"));
    pages
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    entries(folder).filter(|entry| entry.is_file()).collect()
}

/// The heading's name in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The targets of a page's links.
fn links(text: &str) -> Vec<&str> {
    let begins = text.split("](").skip(1);
    begins.filter_map(|rest| rest.split_once(')').map(|(target, _)| target)).collect()
}

#[test]
fn every_link_leads_to_a_file_and_to_a_heading_of_it() {
    let mut seen = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in links(&text).into_iter().filter(|link| !link.starts_with("http")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            assert!(target.exists(), "{}: {link}", page.display());
            if !heading.is_empty() {
                let text = std::fs::read_to_string(&target).unwrap();
                let mut headings = text.lines().filter(|line| line.starts_with('#')).map(anchor);
                assert!(headings.any(|it| it == heading), "{}: {link}", page.display());
            }
            seen += 1;
        }
    }
    assert!(seen > 10);
}

/// The names of all test functions below a folder.
fn functions(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let after = text.split("fn ").skip(1).filter_map(|rest| rest.split_once('('));
            names.extend(after.map(|(name, _)| name.to_owned()));
        }
    }
}

#[test]
fn every_test_that_a_page_names_is_one() {
    let mut names = BTreeSet::new();
    functions(&root().join("tests"), &mut names);
    let mut seen = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for quoted in text.split('`').skip(1).step_by(2) {
            let name = quoted.rsplit("::").next().unwrap_or(quoted);
            // As long as only a statement is.
            let is_statement = name.matches('_').count() > 3
                && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            if is_statement {
                assert!(names.contains(name), "{}: {quoted}", page.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 10);
}
