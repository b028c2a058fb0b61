//! `capture`: the files that an inventory is read from, saved so that `--root` reads them
//! elsewhere, with or without what identifies the machine.

mod ask;
mod collect;
mod output;
mod pack;
mod pattern;
mod scrub;
mod stand_in;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::Context;

use crate::cli::CaptureArgs;
use crate::dump::Ended;
use crate::host::manifest::Manifest;
use crate::host::{Attendant, HostRoot, Notes, Recorder, Tree};
use crate::identity::Hints;
use crate::probe::gpu::child::Asker;
use crate::probe::gpu::source::{self, Order};
use crate::probe::{facts, pci};
use crate::show::{say, say_to_person};
use output::Readers;

/// Captures the host and says in one line what was written.
pub fn capture(args: CaptureArgs, hints: &Hints) -> anyhow::Result<Ended> {
    let CaptureArgs { file, host, keep_serials } = args;
    output::check(&file)?;
    let order = host.gpu.order(Some(say_to_person));
    let (tree, manifest) = Attendant::default().read(&host.root, || {
        let (hints, order) = (hints.clone(), order.clone());
        move |root| read(root, &hints, &order)
    })?;
    let (tree, manifest) =
        if keep_serials { (tree, manifest) } else { scrub::scrub(&tree, &manifest) };
    let packed = pack::pack(&tree, &manifest, &output::top_folder(&file))
        .context("cannot pack the capture")?;
    let readers = if keep_serials { Readers::Nobody } else { Readers::All };
    let place = output::write(&file, &packed.bytes, readers)?;
    let serials = if keep_serials { "kept" } else { "replaced by stand-ins" };
    let (files, errors) = (packed.files, manifest.errors.len());
    say(&format!(
        "wrote {place}: {files} files, {errors} read errors; serial numbers, MAC addresses, UUIDs and the host's name {serials}",
    ));
    Ok(Ended::Whole)
}

/// All of the host that an inventory could need, as a tree that gives the same answers.
fn read(root: HostRoot, hints: &Hints, order: &Order) -> (Tree, Manifest) {
    let notes = Notes::default();
    let root = root.wrapped(|files| Box::new(Recorder::new(files, notes.clone())));
    // NVML's start can bring memory online, so the files come after it.
    let nvml = source::answers(&root, &pci::probe(&root).found, order, &mut Asker::default());
    let identity = ask::everything(&root, hints);
    let asked = notes.take();
    let mut collected = collect::collect(&root, &asked);
    if identity.name.is_none() {
        // In a pod that was not told its node's name the hostname is the pod's.
        let _nameless = collected.tree.remove(Path::new(facts::HOSTNAME));
    }
    let told = if root.is_live() { &hints.node_name } else { &root.manifest().node_name };
    let manifest = Manifest {
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        node_name: told.clone(),
        architecture: root.architecture(),
        nvml,
        errors: collected.errors,
    };
    (collected.tree, manifest)
}
