//! The way to AIOS, as long as the addresses stay.

use std::sync::Arc;

use inventory_common::cluster::Profile;
use inventory_common::telling::one_line;

use crate::aios::Form;
use crate::cli::AiosArgs;
use crate::submission::Aios;

/// The way to AIOS.
pub struct Way {
    args: AiosArgs,
    /// The addresses in the profile, and what came of them.
    known: Option<([Option<String>; 2], Arc<Aios>)>,
}

impl Way {
    /// The way by these flags; what they do not say the profile does.
    pub fn new(args: AiosArgs) -> Self {
        Self { args, known: None }
    }

    /// AIOS, or in one line why it cannot be reached.
    pub fn to(&mut self, profile: &Profile) -> Result<Arc<Aios>, String> {
        let addresses = [profile.parser.clone(), profile.gateway.clone()];
        if let Some((known, aios)) = &self.known
            && *known == addresses
        {
            return Ok(Arc::clone(aios));
        }
        let args = &self.args;
        let by_flag = [&args.parser, &args.gateway];
        let texts = [0, 1].map(|n| by_flag[n].as_deref().or(addresses[n].as_deref()));
        let aios = Aios::connect(&args.options(), args.retry_for(), Form::Envelope, texts);
        let aios = Arc::new(aios.map_err(|error| one_line(error.as_ref()))?);
        self.known = Some((addresses, Arc::clone(&aios)));
        Ok(aios)
    }
}
