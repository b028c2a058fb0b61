//! The files that a page shows are taken by those that they are for.

use serde_json::Value;

use crate::pages::kind::{Format, Kind, Use};
use crate::pages::page::{Block, Page};
use crate::run;

/// The files of a page that are not taken, each with what is said of it.
pub fn refused(page: &Page) -> Vec<String> {
    let told = page.blocks.iter().filter_map(|block| {
        let Kind::File { format, used_as, .. } = Kind::of(block.info.as_deref()).ok()? else {
            return None;
        };
        let told = parse(block, format).and_then(|()| take(block, used_as)).err()?;
        Some(format!("{}:{}: {told}", page.name(), block.line))
    });
    told.collect()
}

fn parse(block: &Block, format: Format) -> Result<(), String> {
    match format {
        // What is left out is left out of every kind of value.
        Format::Json => {
            serde_json::from_str::<Value>(&block.text).map(drop).map_err(|e| e.to_string())
        }
        Format::Yaml => {
            serde_saphyr::from_multiple::<Value>(&block.text).map(drop).map_err(|e| e.to_string())
        }
    }
}

/// A profile is one that makes a document. The chart's values are tried where there is helm, with the examples
/// against the API server.
fn take(block: &Block, used_as: Use) -> Result<(), String> {
    if used_as != Use::Profile {
        return Ok(());
    }
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (name, text) in [("profile", block.text.as_str()), ("node", NODE)] {
        std::fs::write(folder.path().join(name), text).map_err(|error| error.to_string())?;
    }
    let mut command = run::command(env!("CARGO_BIN_EXE_inventory-aggregator"));
    command.current_dir(folder.path()).args(["document", "--profile", "profile", "node"]);
    let run = run::Run::of(&mut command);
    if run.exit == 0 { Ok(()) } else { Err(run.stderr) }
}

/// A node of which all is known.
const NODE: &str = r#"{"id": "node", "gpus": {"count": 0, "memory": 0, "gpus": [], "features": [], "modelNames": []},
  "vcpus": {"count": 4}, "memory": 16384, "swap": 0, "storage": {"disks": 1, "size": 1000},
  "network": {"interfaces": 1, "txBandwidth": 1000, "rxBandwidth": 1000}}"#;
