//! Whether AIOS's services answer from here.

use std::io::Write;

use console::Term;
use inventory_common::cluster::RawDocument;
use kube::Client;

use super::far::Far;
use crate::check::{Check, State, as_table};
use crate::endpoints::{Expected, Way, look};
use crate::exit::say;
use crate::infra::settings::Settings;
use crate::output;

/// Looks at AIOS's endpoints, and tells how they are.
pub async fn tell(far: &Far, client: &Client, stored: &RawDocument, quiet: bool) {
    let uses_gateway = Settings::of(stored.rest()).uses_gateway;
    let way = if uses_gateway { Way::Gateway } else { Way::NodePorts };
    let cluster_id = Some(far.id.to_string());
    let checks = look(client, &Expected { cluster_id, ..Expected::new(way) }).await;
    let (silent, all) = (checks.iter().filter(|check| is_bad(check)).count(), checks.len());
    if silent == 0 {
        if !quiet {
            say("note", &format!("all {all} endpoints of AIOS are up"));
        }
        return;
    }
    if !quiet {
        let mut err = anstream::stderr().lock();
        let _nobody_reads = write!(err, "{}", as_table(&checks, output::width(&Term::stderr())));
    }
    let line = format!(
        "{silent} of {all} endpoints of AIOS are not up as seen from here ('endpoints --watch' waits for them)"
    );
    say("warning", &line);
}

fn is_bad(check: &Check) -> bool {
    matches!(check.state, State::Failure | State::NotTried)
}
