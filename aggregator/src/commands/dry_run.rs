//! `submit --dry-run`: what would be sent and changed.

use std::path::Path;
use std::time::Duration;

use console::Term;
use inventory_common::cluster::{RawDocument, size};

use super::outcome::{counted, troubled};
use super::subject::Subject;
use super::table::as_table;
use crate::aios::{Trouble, patiently};
use crate::cluster::difference::{Cut, Target, Wanted, differences, next};
use crate::exit::{Ended, say};
use crate::input::STANDARD;
use crate::output;
use crate::submission::{Failure, Services};

/// Says what would be sent and changed.
pub async fn announce(
    services: &Services,
    subject: &Subject,
    retry_for: Duration,
) -> anyhow::Result<Ended> {
    let (id, nodes) = (&subject.id, counted(subject.wanted.nodes.len()));
    let Some(gateway) = &services.gateway else {
        let line = format!(
            "cluster '{id}' would be created with {nodes}, unless AIOS has it: to look, give --gateway"
        );
        say("note", &line);
        return Ok(Ended::Done);
    };
    let read = patiently(retry_for, Trouble::is_worth_repeating, || gateway.read(id));
    let Some(stored) = (match read.await {
        Ok(stored) => stored,
        Err(trouble) => return Ok(troubled(&trouble)),
    }) else {
        say("note", &format!("AIOS has no cluster '{id}': it would be created with {nodes}"));
        return Ok(Ended::Done);
    };
    let found = differences(&stored, &subject.wanted);
    output::write(Path::new(STANDARD), &as_table(&found, output::width(&Term::stdout())))?;
    if subject.wanted.is_foreign_to(&stored) {
        say("warning", &Failure::Taken(id.to_string()).to_string());
    }
    let line = match first_update(&stored, &subject.wanted)? {
        None => format!("AIOS says of '{id}' what is true already: nothing would be sent"),
        Some(true) => format!("AIOS's cluster '{id}' would be updated"),
        Some(false) => format!("AIOS's cluster '{id}' would be updated, in several pieces"),
    };
    say("note", &line);
    Ok(Ended::Done)
}

/// Whether one update is enough; absent where none is needed.
fn first_update(stored: &RawDocument, wanted: &Wanted) -> anyhow::Result<Option<bool>> {
    let target = Target::new(stored, &Cut::new(), wanted);
    Ok(next(stored, &target, size::MAX_UPDATE)?.map(|update| update.is_last))
}
