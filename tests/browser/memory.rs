//! What the browser's processes hold, as the kernel tells it.

use std::collections::BTreeMap;

use fantoccini::Client;
use serde_json::Value;

/// What the process is that shows a page.
const RENDERER: &str = "--type=renderer";

/// A process's parent, and whether it shows a page.
struct Process {
    parent: u32,
    is_renderer: bool,
}

/// What is resident of the process that shows the page, in KiB. Of several it is the largest.
pub fn renderer_kib(client: &Client) -> u64 {
    let capabilities = client.capabilities().expect("what the driver says of the browser");
    let browser = capabilities.get("goog:processID").and_then(Value::as_u64);
    let browser = u32::try_from(browser.expect("the driver tells the browser's id")).unwrap();
    let processes = processes();
    let is_of = |mut id: u32| {
        while let Some(process) = processes.get(&id).filter(|_| id != browser) {
            id = process.parent;
        }
        id == browser
    };
    let renderers = processes.iter().filter(|(id, it)| it.is_renderer && is_of(**id));
    renderers.map(|(id, _)| status(*id, "VmRSS:")).max().expect("a renderer")
}

fn processes() -> BTreeMap<u32, Process> {
    let ids = std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let process = |id: u32| {
        // It may have ended since it was listed.
        let command = std::fs::read_to_string(format!("/proc/{id}/cmdline")).ok()?;
        let parent = u32::try_from(status(id, "PPid:")).ok()?;
        Some((id, Process { parent, is_renderer: command.contains(RENDERER) }))
    };
    ids.filter_map(process).collect()
}

/// A number of `/proc/PID/status`; 0 where it is not there any more.
fn status(id: u32, field: &str) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
