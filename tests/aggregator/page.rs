//! The onboarding page's example, value for value: its two nodes and its own text as profile give
//! its document back.

use inventory_common::cluster::{Document, size};
use serde_json::Value;

use crate::run::Run;
use crate::scene::Scene;

/// The page's document as it stands there, with its comments.
const PAGE: &str = include_str!("page.jsonc");

/// The same without its comments.
fn page() -> String {
    let uncommented = |line: &str| line.split("//").next().map(str::trim_end).map(str::to_owned);
    // The one value of the page with slashes in it.
    let is_address = |line: &str| line.contains("https://");
    let lines = PAGE.lines();
    let lines = lines
        .filter_map(|line| if is_address(line) { Some(line.into()) } else { uncommented(line) });
    lines.collect::<Vec<String>>().join("\n")
}

fn document() -> Value {
    serde_json::from_str(&page()).unwrap()
}

fn scene() -> Scene {
    let nodes = document()["nodes"]["nodeData"].clone();
    let (first, second) = (nodes[0].to_string(), nodes[1].to_string());
    Scene::new(&[
        ("page.json", PAGE.to_owned()),
        ("1.json", first.clone()),
        ("2.json", second.clone()),
        ("array.json", format!("[{second},{first}]")),
        ("lines.jsonl", format!("{first}\n{second}\n")),
    ])
}

fn gives_the_page(run: &Run) {
    assert_eq!(run.exit, 0, "{run:?}");
    assert_eq!(run.json(), document());
    let note = "note: profile 'page.json': nodes, gpus, vcpus, memory, swap, storage, network ignored, they are measured\n";
    assert_eq!(run.stderr, note);
}

fn args<'a>(dumps: &[&'a str]) -> Vec<&'a str> {
    [&["document", "--profile", "page.json"], dumps].concat()
}

#[test]
fn the_page_comes_back_from_files_an_array_and_json_lines_in_any_order() {
    let scene = scene();
    let mut texts = Vec::new();
    for dumps in
        [&["1.json", "2.json"][..], &["2.json", "1.json"], &["array.json"], &["lines.jsonl"]]
    {
        let run = Run::of(&mut scene.command(&args(dumps)));
        gives_the_page(&run);
        texts.push(run.stdout);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
}

#[test]
fn the_page_comes_back_from_standard_input() {
    let scene = scene();
    for input in ["array.json", "lines.jsonl"] {
        let input = std::fs::File::open(scene.path(input)).unwrap();
        gives_the_page(&Run::of(scene.command(&args(&["-"])).stdin(input)));
    }
    let input = std::fs::File::open(scene.path("2.json")).unwrap();
    gives_the_page(&Run::of(scene.command(&args(&["1.json", "-"])).stdin(input)));
}

#[test]
fn the_page_comes_back_as_yaml() {
    let scene = scene();
    let run = Run::of(&mut scene.command(&args(&["array.json", "--format", "yaml"])));
    assert_eq!(run.exit, 0, "{run:?}");
    let value: Value = serde_saphyr::from_str(&run.stdout).unwrap();
    assert_eq!(value, document());
}

/// The keys of the document in the order in which they stand.
fn keys(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| line.starts_with("  \""));
    lines.filter_map(|line| line.split('"').nth(1)).collect()
}

#[test]
fn keys_are_in_the_page_s_order() {
    let scene = scene();
    let run = Run::of(&mut scene.command(&args(&["array.json"])));
    assert_eq!(keys(&run.stdout), keys(PAGE));
    assert_eq!(keys(PAGE).len(), 14);
}

/// AIOS was seen to take 299 nodes of 338 bytes like the page's second, and to refuse 300.
#[test]
fn sizes_are_those_that_aios_was_seen_to_count() {
    let page: Document = serde_json::from_value(document()).unwrap();
    let size = |nodes: usize| {
        let mut large = page.clone();
        let mut second = large.nodes.node_data[1].clone();
        second.node.id = "node-0002".to_owned();
        large.nodes.node_data = vec![second; nodes];
        size::of_document(&large).unwrap()
    };
    assert_eq!(size(2) - size(1), 338);
    assert!(size(299) <= size::MAX_DOCUMENT, "{}", size(299));
    assert!(size(300) > size::MAX_DOCUMENT, "{}", size(300));
}
