//! `infra`: what AIOS runs in the cluster.

mod aftermath;
mod announce;
mod answers;
mod course;
pub mod create;
mod far;
mod mend;
mod remove;
mod show;
mod status;

pub use far::address;
pub use show::lines;

use crate::cli::{InfraArgs, InfraCommand};
use crate::exit::Ended;

/// Creates, removes or looks.
pub fn infra(args: InfraArgs) -> anyhow::Result<Ended> {
    match args.command {
        InfraCommand::Create(args) => super::block_on(create::create(*args, |_| Ok(()))),
        InfraCommand::Remove(args) => super::block_on(remove::remove(*args)),
        InfraCommand::Status(args) => super::block_on(status::status(*args)),
    }
}
