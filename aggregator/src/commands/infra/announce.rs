//! What AIOS will do, before it may.

use std::io::Write;

use console::Term;

use super::far::Far;
use crate::columns::{Column, columns};
use crate::commands::consent::ask;
use crate::commands::outcome::troubled;
use crate::exit::{Ended, say};
use crate::infra::consequences;
use crate::infra::settings::{Settings, unfit_name};
use crate::output;

/// The settings of the stored cluster, with which AIOS's creation can begin; otherwise says what stands
/// against it, and how it ended.
pub async fn settings(far: &Far) -> Result<Settings, Ended> {
    let stored = must_exist(far).await?;
    let settings = Settings::of(stored.rest());
    if settings.public_hostname.is_none() {
        let line = format!(
            "AIOS's cluster '{}' has no config.publicHostname, without which its infrastructure cannot be created: put it into the profile, and submit",
            far.id
        );
        say("error", &line);
        return Err(Ended::Failed);
    }
    if let Some(name) = unfit_name(&far.id) {
        let line = format!(
            "AIOS will name a Service '{name}', and Kubernetes takes no such name: creation will fail in the middle unless the cluster has an id of at most 48 lower-case letters, digits and '-', the first a letter"
        );
        say("warning", &line);
    }
    Ok(settings)
}

/// The stored cluster.
pub async fn must_exist(far: &Far) -> Result<inventory_common::cluster::RawDocument, Ended> {
    match far.stored().await {
        Ok(Some(stored)) => Ok(stored),
        Ok(None) => {
            say("error", &format!("AIOS has no cluster '{}': submit it first", far.id));
            Err(Ended::Failed)
        }
        Err(trouble) => Err(troubled(&trouble)),
    }
}

/// The widest line: what people read with ease.
const WIDTH: u16 = 100;

const COLUMNS: [Column; 2] = [Column::prose("AIOS"), Column::prose("AND THAT MEANS")];

/// Shows what AIOS will do in such a cluster.
pub fn show(settings: &Settings) {
    let rows = consequences::of(settings.uses_gateway);
    let rows = rows.map(|consequence| [consequence.does, consequence.means].map(str::to_owned));
    let width = output::width(&Term::stderr()).map_or(WIDTH, |width| width.min(WIDTH));
    let table = columns(&COLUMNS, rows, Some(width));
    let mut err = anstream::stderr().lock();
    // Whoever cannot be shown it is not asked either.
    let _nobody_reads = write!(err, "{}", table.text());
}

/// Whether it may go on. Says so where it may not.
pub fn may(yes: bool, question: &str) -> Result<(), Ended> {
    if yes || ask(question) {
        return Ok(());
    }
    say("note", "nothing was sent");
    Err(Ended::Failed)
}
