//! `addon`: the registries by which AIOS finds add-ons.

mod body;
mod infra;
mod list;
mod reachable;
mod register;
mod remove;

use crate::aios::{AddonKind, Addons, Base, Transport};
use crate::cli::{AddonArgs, AddonCommand, RegistryArgs};
use crate::commands::infra::address;
use crate::exit::Ended;

/// Registers, lists or takes away.
pub fn addon(args: AddonArgs) -> anyhow::Result<Ended> {
    match args.command {
        AddonCommand::Register(args) => super::block_on(register::register(*args)),
        AddonCommand::List(args) => super::block_on(list::list(*args)),
        AddonCommand::Remove(args) => super::block_on(remove::remove(*args)),
        AddonCommand::CreateInfra(args) => super::block_on(infra::infra(*args, true)),
        AddonCommand::RemoveInfra(args) => super::block_on(infra::infra(*args, false)),
    }
}

/// The registry of a kind, and where it is.
fn registry(
    args: &RegistryArgs,
    kind: &'static AddonKind,
) -> anyhow::Result<(Addons, Base, Transport)> {
    let base = address("registry", &args.registry)?;
    let transport = Transport::new(&args.reach.options(), &[&base])?;
    Ok((Addons::new(&transport, &base, kind), base, transport))
}
