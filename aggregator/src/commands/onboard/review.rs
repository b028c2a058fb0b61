//! What a person looks at before anything leaves the cluster.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use inventory_common::cluster::Document;

use crate::cli::AiosArgs;
use crate::columns::{Column, columns};
use crate::commands::consent::{ask, must_be_possible};
use crate::exit::{Ended, say};
use crate::input::read;

/// Shows what the document says, and asks whether AIOS may have it.
pub fn review(file: &Path, aios: &AiosArgs, yes: bool) -> anyhow::Result<Ended> {
    let name = || format!("document '{}'", file.display());
    let document: Document = serde_json::from_str(&read(file)?).with_context(name)?;
    let mut err = anstream::stderr().lock();
    let _nobody_reads = write!(err, "{}", as_table(&document));
    drop(err);
    say("note", &format!("every figure of every node is in '{}'", file.display()));
    if let Err(ended) = must_be_possible(yes, "this would be submitted to AIOS") {
        return Ok(ended);
    }
    let to = if aios.parser.is_some() { "Submit it to AIOS?" } else { "Is it right?" };
    if yes || ask(to) {
        return Ok(Ended::Done);
    }
    say("note", "nothing was sent");
    Ok(Ended::Failed)
}

/// The cluster in figures.
fn as_table(document: &Document) -> String {
    let totals = document.totals();
    let rows = [
        ("cluster", format!("{} in {}", document.id, document.region_id)),
        ("nodes", document.nodes.count.to_string()),
        ("GPUs", format!("{}, {} MiB", totals.gpus.count, totals.gpus.memory_mib)),
        ("vCPUs", totals.vcpus.count.to_string()),
        ("memory", format!("{} MiB, swap {} MiB", totals.memory_mib, totals.swap_mib)),
        ("disks", format!("{}, {} MiB", totals.storage.disks, totals.storage.size_mib)),
        (
            "network ports",
            format!(
                "{}, {} Mbit/s out, {} Mbit/s in",
                totals.network.interfaces,
                totals.network.tx_bandwidth_mbps,
                totals.network.rx_bandwidth_mbps
            ),
        ),
    ];
    let rows = rows.map(|(name, figure)| [name.to_owned(), figure]);
    let table = columns(&[Column::text(""), Column::text("")], rows, None);
    table.rows.iter().map(|row| "  ".to_owned() + row + "\n").collect()
}
