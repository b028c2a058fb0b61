//! `--explain`: for the person who asks why two disks and not three.

use std::fmt::Write;

use inventory_common::{Inventory, Verdict};

use super::plain;
use super::table::{Row, disk_row, gpu_row, port_row};
use crate::probe::Evidence;

/// What was read of each device, in the order of the inventory's lists.
pub struct Reasons {
    /// Of the disks.
    pub disks: Vec<Vec<Evidence>>,
    /// Of the ports.
    pub ports: Vec<Vec<Evidence>>,
    /// Of the GPUs.
    pub gpus: Vec<Vec<Evidence>>,
}

/// The most characters of a file that are shown.
const SHOWN_CHARS: usize = 160;

/// Every device with the rule that decided, and below it each file that was read.
#[must_use]
pub fn render(inventory: &Inventory, reasons: &Reasons) -> String {
    let devices = &inventory.devices;
    let mut text = String::new();
    section(&mut text, "GPUs", devices.gpus.iter().map(gpu_row), &reasons.gpus);
    section(&mut text, "disks", devices.disks.iter().map(disk_row), &reasons.disks);
    section(&mut text, "ports", devices.ports.iter().map(port_row), &reasons.ports);
    text
}

fn section(text: &mut String, title: &str, rows: impl Iterator<Item = Row>, all: &[Vec<Evidence>]) {
    let _infallible = writeln!(text, "{title}:");
    for (row, evidence) in rows.zip(all) {
        let verdict = match row.verdict {
            Verdict::Counted => format!("counted, {}", row.figure),
            Verdict::NotCounted(rule) => format!("not counted by '{rule}': {}", rule.meaning()),
        };
        let by = if row.stated { " (stated by a person)" } else { "" };
        let _infallible = writeln!(text, "  {}: {verdict}{by}", plain(&row.name));
        for evidence in evidence {
            let _infallible = writeln!(
                text,
                "      {} {}",
                plain(&evidence.path.to_string_lossy()),
                answer(evidence)
            );
        }
    }
}

fn answer(evidence: &Evidence) -> String {
    match &evidence.answer {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            let shown: String = text.trim_end().chars().take(SHOWN_CHARS).collect();
            let equals = if shown.starts_with("-> ") { "" } else { "= " };
            format!("{equals}{}", plain(&shown))
        }
        Err(error) => error.message(),
    }
}
