//! `--format table`: the inventory to be looked at.

use anstyle::{AnsiColor, Style};
use comfy_table::{Table, presets};
use inventory_common::{Disk, Gpu, Inventory, Port, Unknown, Verdict};

use super::plain;

const HEADING: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const ALARM: Style = AnsiColor::Yellow.on_default();

/// What is said of a figure that nobody could read.
pub const UNKNOWN: &str = "unknown";

/// One device, ready to be shown.
pub struct Row {
    /// The kind of device.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Whether it counts.
    pub verdict: Verdict,
    /// Its figure with the unit.
    pub figure: String,
    /// Its state or model, where it has one.
    pub remark: String,
    /// Whether a person's word decided anything about it.
    pub stated: bool,
}

/// The figures, and below them the devices: those that count, or with `all` every one.
#[must_use]
pub fn render(inventory: &Inventory, all: bool) -> String {
    format!("{}\n{}", figures(inventory), devices(inventory, all))
}

fn figures(inventory: &Inventory) -> String {
    let node = &inventory.node_data;
    let unknown = |field: &str| -> Vec<&Unknown> {
        inventory.unknowns.iter().filter(|unknown| unknown.field == field).collect()
    };
    let known = |field: &str, text: String| match unknown(field).as_slice() {
        [] => text,
        [Unknown { device: None, .. }, ..] => UNKNOWN.to_owned(),
        // Where nothing is known, zero is not what there is.
        _ if text.starts_with("0 ") => UNKNOWN.to_owned(),
        parts => format!("{text}, {} {UNKNOWN}", parts.len()),
    };
    let (gpus, disks, network) = (&node.gpus, &node.storage, &node.network);
    let ports_mbps = mbps(network.tx_bandwidth_mbps);
    let rows = [
        ("node", plain(&node.id).into_owned(), host_line(inventory)),
        (
            "GPUs",
            known("gpus.count", gpus.count.to_string()),
            known("gpus.memory", mib(gpus.memory_mib)),
        ),
        ("vCPUs", known("vcpus.count", node.vcpus.count.to_string()), String::new()),
        ("memory", String::new(), known("memory", mib(node.memory_mib))),
        ("swap", String::new(), known("swap", mib(node.swap_mib))),
        (
            "disks",
            known("storage.disks", disks.disks.to_string()),
            known("storage.size", mib(disks.size_mib)),
        ),
        (
            "ports",
            known("network.interfaces", network.interfaces.to_string()),
            known("network.txBandwidth", ports_mbps),
        ),
    ];
    let style = |cells: &[String; 3]| {
        if cells.iter().any(|cell| cell.contains(UNKNOWN)) { ALARM } else { Style::new() }
    };
    let rows = rows.map(|(name, count, size)| [name.to_owned(), count, size]);
    lines(rows.into_iter().map(|cells| (style(&cells), cells)))
}

fn host_line(inventory: &Inventory) -> String {
    let host = &inventory.host;
    let facts = [&host.operating_system, &host.kernel, &host.architecture];
    let facts: Vec<_> = facts.into_iter().flatten().map(|fact| plain(fact)).collect();
    facts.join(", ")
}

fn devices(inventory: &Inventory, all: bool) -> String {
    let devices = &inventory.devices;
    let rows = devices.gpus.iter().map(gpu_row).chain(devices.disks.iter().map(disk_row));
    let rows = rows.chain(devices.ports.iter().map(port_row));
    let heading = ["KIND", "NAME", "COUNTED", "FIGURE", "REMARK"].map(str::to_owned);
    let rows =
        rows.filter(|row| all || row.verdict.is_counted()).map(|row| (style(&row), cells(row)));
    lines(std::iter::once((HEADING, heading)).chain(rows))
}

fn style(row: &Row) -> Style {
    match row.verdict {
        Verdict::NotCounted(_) => DIM,
        Verdict::Counted if row.figure == UNKNOWN => ALARM,
        Verdict::Counted => Style::new(),
    }
}

fn cells(row: Row) -> [String; 5] {
    let counted = match row.verdict {
        Verdict::Counted => "yes".to_owned(),
        Verdict::NotCounted(rule) => format!("no: {rule}"),
    };
    let stated = if row.stated { "stated" } else { "" };
    let remark = [row.remark.as_str(), stated].into_iter().filter(|text| !text.is_empty());
    let remark = remark.collect::<Vec<_>>().join(", ");
    [row.kind.to_owned(), plain(&row.name).into_owned(), counted, row.figure, remark]
}

/// Aligned lines, each in its style. Styles come after the alignment, which would count them.
fn lines<const N: usize>(rows: impl Iterator<Item = (Style, [String; N])>) -> String {
    let (styles, cells): (Vec<Style>, Vec<[String; N]>) = rows.unzip();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).add_rows(cells);
    let lines = table.lines().zip(styles);
    lines
        .map(|(line, style)| format!("{style}{}{style:#}\n", line.trim()))
        .collect::<Vec<_>>()
        .concat()
}

/// A disk as a row.
#[must_use]
pub fn disk_row(disk: &Disk) -> Row {
    let figure = disk.size_bytes.map(|bytes| mib(inventory_common::units::mib(bytes)));
    row("disk", &disk.name, disk.verdict, figure, String::new(), disk.stated)
}

/// A port as a row.
#[must_use]
pub fn port_row(port: &Port) -> Row {
    let remark = port.state.map_or(String::new(), |state| state.id().to_owned());
    row("port", &port.name, port.verdict, port.speed_mbps.map(mbps), remark, port.stated)
}

/// A GPU as a row.
#[must_use]
pub fn gpu_row(gpu: &Gpu) -> Row {
    let state = gpu.state.map_or(String::new(), |state| format!(", {state}"));
    let remark = format!("{}{state}", gpu.model_name());
    row("GPU", &gpu.name, gpu.verdict, gpu.memory_mib.map(mib), remark, gpu.stated)
}

/// A figure of a device that does not count was often not needed, and then there is none to show.
fn row(
    kind: &'static str,
    name: &str,
    verdict: Verdict,
    figure: Option<String>,
    remark: String,
    stated: bool,
) -> Row {
    let missing = if verdict.is_counted() { UNKNOWN } else { "" };
    let figure = figure.unwrap_or_else(|| missing.to_owned());
    Row { kind, name: name.to_owned(), verdict, figure, remark, stated }
}

fn mib(mib: u64) -> String {
    format!("{mib} MiB")
}

fn mbps(mbps: u64) -> String {
    format!("{mbps} Mbit/s")
}
