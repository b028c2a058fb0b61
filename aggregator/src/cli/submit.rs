//! What is submitted, and how.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

use super::{AiosArgs, SubjectArgs};

/// Submit the cluster's document to AIOS, or update what AIOS has of it
///
/// The onboarding page posts the bare document; AIOS's Parser takes it in an envelope only, which
/// is how it is sent here (see --bare). What AIOS has already is updated value by value, and
/// sending the same again writes nothing. A cluster that is larger than AIOS takes at once goes in
/// pieces, and a run that broke is resumed by running it again. All this needs the gateway: without
/// one a cluster can only be created, and what the Parser answers is all that is known of it.
///
/// Exit status: 0 AIOS has it; 1 failed; 2 the command line is wrong; 4 AIOS refused it; 5 AIOS
/// could not be reached or made no sense; 6 not every node is there and known.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct SubmitArgs {
    #[command(flatten)]
    pub subject: SubjectArgs,

    #[command(flatten)]
    pub aios: AiosArgs,

    /// Send the document as the onboarding page has it, without an envelope
    #[arg(long, env = "INVENTORY_BARE", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub bare: bool,

    /// Only say what would be sent and changed
    #[arg(long, env = "INVENTORY_DRY_RUN", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub dry_run: bool,

    /// Take nodes away that AIOS has and that are not in the document
    #[arg(long, env = "INVENTORY_PRUNE", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub prune: bool,

    /// Update AIOS's cluster of this id although it shares no node with this one
    #[arg(long, env = "INVENTORY_ADOPT", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub adopt: bool,

    /// Where to keep when what was sent and how AIOS answered; `-` is standard output
    /// [default: CLUSTER-ID.receipt.json]
    #[arg(long, value_name = "FILE", env = "INVENTORY_RECEIPT")]
    pub receipt: Option<PathBuf>,
}
