//! Takes the pictures of the docs anew, of the hosts of their examples: the page in Chromium, and the terminal.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "what fails here fails aloud"
)]

#[path = "../browser/chromium.rs"]
#[allow(dead_code, reason = "each program uses its part")]
mod chromium;
#[path = "../browser/driver.rs"]
mod driver;
#[allow(dead_code, reason = "each program uses its part")]
#[path = "../browser/page.rs"]
mod page;
mod terminal;

use std::path::{Path, PathBuf};
use std::process::Command;

use page::Page;
use regex::Regex;
use serde_json::json;
use tempfile::TempDir;

/// The page's pictures: the file, the part of the page, the colors, and the width and height in CSS pixels.
const PAGES: [(&str, &str, &str, u32, u32); 4] = [
    ("report-light", "", "light", 1200, 800),
    ("report-dark", "", "dark", 1200, 800),
    ("report-nodes", "gpus", "light", 1200, 800),
    ("report-phone", "", "light", 390, 844),
];

/// When the page says that it was made, so that only what has changed changes the picture.
const TIME: &str = "2026-01-01 12:00";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Some(missing) = driver::missing() {
        eprintln!("error: {missing}");
        std::process::exit(1);
    }
    terminal::take();
    let folder = report();
    let file = folder.path().join("report.html");
    driver::browse(async |client| {
        let page = Page::open(client, &file).await?;
        page.devtools("Emulation.setScrollbarsHidden", &json!({ "hidden": true })).await?;
        for (name, part, colors, width, height) in PAGES {
            page.prefer(colors).await?;
            page.measure(width, height).await?;
            // Its beginning where no part is named.
            let part = format!("(document.getElementById('{part}') ?? document.body)");
            page.ask::<()>(&format!("{part}.scrollIntoView(); return null")).await?;
            let taken = page.client.screenshot().await?;
            std::fs::write(picture(&format!("{name}.png")), taken).expect("a picture");
        }
        Ok(())
    })
    .await;
}

/// Where a picture is.
fn picture(name: &str) -> PathBuf {
    root().join("docs/pictures").join(name)
}

/// The project's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the project's folder")
}

/// A program, beside this one.
fn program(name: &str) -> Command {
    let own = std::env::current_exe().expect("a path");
    let folder = own.parent().and_then(Path::parent).expect("the folder of what is built");
    assert!(folder.join(name).exists(), "'{name}' is not built: cargo build --workspace");
    Command::new(folder.join(name))
}

/// The nodes of the cluster: the id, the described host, and what is stated of it.
const NODES: [(&str, &str, &[&str]); 5] = [
    ("gpu-01", "gpu-01", &[]),
    ("gpu-02", "gpu-02", &[]),
    ("gpu-03", "gpu-01", &[]),
    ("cpu-01", "cpu-01", &["--link-speed", "default=10000"]),
    ("cpu-02", "cpu-01", &[]),
];

/// A folder with the page of the cluster.
fn report() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut report = program("inventory-aggregator");
    report.current_dir(folder.path()).args(["report", "--profile"]);
    report.arg(root().join("tests/docs/pages/files/profile.yaml"));
    for (id, host, stated) in NODES {
        let mut agent = program("inventory-agent");
        agent.args(["--dump", "--detail", "--node-id", id]).args(stated);
        agent.arg("--root").arg(root().join(format!("docs/examples/{host}.tar.gz")));
        let name = format!("{id}.json");
        let output = agent.output().expect("the agent");
        std::fs::write(folder.path().join(&name), output.stdout).expect("a file");
        report.arg(name);
    }
    assert!(report.status().expect("the aggregator").success());
    let file = folder.path().join("report.html");
    let text = std::fs::read_to_string(&file).expect("the page");
    let times = Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d").expect("a pattern");
    std::fs::write(&file, times.replace_all(&text, TIME).as_bytes()).expect("a file");
    folder
}
