//! `--dump`: one reading of the host, printed.

use anyhow::Context;
use inventory_common::telling::{pretty, visible_yaml};
use inventory_common::{Inventory, Stated};

use crate::cli::{DumpArgs, Format, HostArgs, Sources, StatedArgs};
use crate::host::Attendant;
use crate::identity::{self, Hints};
use crate::probe::gpu::child::Asker;
use crate::probe::gpu::source::answers;
use crate::probe::pci::Function;
use crate::probe::{Depth, survey_with};
use crate::show::explain::{self, Reasons};
use crate::show::{notes, say_to_person, table, write_all};

/// What a dump ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All was read.
    Whole,
    /// Something is missing, and standard error says what.
    Partial,
}

/// Reads the host and prints its inventory.
pub fn dump(
    args: DumpArgs,
    host: HostArgs,
    stated: StatedArgs,
    hints: Hints,
) -> anyhow::Result<Ended> {
    let DumpArgs { dump: _, format, detail, explain, node_id, color } = args;
    anstream::ColorChoice::from(color).write_global();
    let without_gpus = host.gpu.sources == Sources::None;
    let stated = Stated { without_gpus, ..Stated::from(stated) };
    let order = host.gpu.order(Some(say_to_person));
    let hints = Hints { node_id, ..hints };
    let needs_facts = detail || explain || format == Format::Table;
    let depth = if needs_facts { Depth::Detail } else { Depth::Figures };
    let (identity, survey) = Attendant::default().read(&host.root, || {
        let (hints, stated, order) = (hints.clone(), stated.clone(), order.clone());
        move |root| {
            let identity = identity::identify(&root, &hints);
            let ask =
                |functions: &[Function]| answers(&root, functions, &order, &mut Asker::default());
            let survey = survey_with(&root, identity.name.clone(), &stated, depth, ask);
            (identity, survey)
        }
    })?;
    let reasons = Reasons { disks: survey.disks, ports: survey.ports, gpus: survey.gpus };
    let inventory = survey.readings.into_inventory(identity.id, &stated);

    let printed = match format {
        Format::Json if detail => pretty(&inventory)?,
        Format::Json => pretty(&inventory.node_data)?,
        Format::Yaml if detail => visible_yaml(serde_saphyr::to_string(&inventory)?, &inventory)?,
        Format::Yaml => {
            let node_data = &inventory.node_data;
            visible_yaml(serde_saphyr::to_string(node_data)?, node_data)?
        }
        Format::Table => table::render(&inventory, detail),
    };
    write_all(&mut anstream::stdout().lock(), printed.as_bytes())
        .context("cannot write the inventory")?;
    let mut said = String::new();
    if explain {
        said += &explain::render(&inventory, &reasons);
    }
    said += &notes::render(&inventory, identity.warning.as_deref(), &stated);
    // The inventory is printed; that nobody could be told more changes nothing about it.
    let _nobody_listens = write_all(&mut anstream::stderr().lock(), said.as_bytes());
    Ok(ended(&inventory))
}

fn ended(inventory: &Inventory) -> Ended {
    if inventory.probes.iter().all(|probe| probe.outcome.is_whole()) {
        Ended::Whole
    } else {
        Ended::Partial
    }
}
