//! `submit`: tells AIOS of the cluster, and makes sure that it is stored.

use std::path::{Path, PathBuf};

use inventory_common::cluster::size;
use inventory_common::telling::one_line;
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::diff::as_table;
use super::subject::{Subject, subject};
use crate::aios::{Form, Trouble};
use crate::cli::SubmitArgs;
use crate::cluster::difference::{Cut, Gone, Target, Wanted, differences, entry_ids, next};
use crate::exit::{Ended, say};
use crate::input::STANDARD;
use crate::output;
use crate::submission::{Aios, Failure, How, Submission, Submitted, receipt};

/// Submits, or with `--dry-run` says what would be.
pub fn submit(args: SubmitArgs) -> anyhow::Result<Ended> {
    super::block_on(send(args))
}

async fn send(args: SubmitArgs) -> anyhow::Result<Ended> {
    let mut subject = match subject(&args.subject).await? {
        Ok(subject) => subject,
        Err(ended) => return Ok(ended),
    };
    if args.prune {
        subject.wanted.gone = Gone::Others;
    }
    let form = if args.bare { Form::Bare } else { Form::Envelope };
    let aios = subject.aios(&args.aios, form)?;
    if args.dry_run {
        return announce(&aios, &subject).await;
    }
    let submission = Submission {
        id: &subject.id,
        document: &subject.document,
        wanted: &subject.wanted,
        adopts: args.adopt,
        may_write: &|| true,
    };
    match aios.submit(&submission).await {
        Err(failure) => Ok(failed(&failure)),
        Ok(submitted) => {
            tell(&subject, &submitted);
            if submitted.how != How::Unchanged {
                keep(&aios, &subject, &submitted, args.receipt)?;
            }
            Ok(Ended::Done)
        }
    }
}

/// Says what was done, and what AIOS made of it.
fn tell(subject: &Subject, submitted: &Submitted) {
    let (id, nodes) = (&subject.id, entry_ids(&submitted.stored).count());
    let writes = submitted.answers.len();
    let line = match submitted.how {
        How::Created => format!("AIOS has cluster '{id}' with {nodes} nodes, in {writes} pieces"),
        How::Updated => format!("AIOS's cluster '{id}' is updated, in {writes} pieces"),
        How::Unchanged => format!("AIOS says of '{id}' what is true already: nothing was sent"),
    };
    say("note", &line.replace(", in 1 pieces", ""));
    for difference in &submitted.rewritten {
        say("warning", &format!("AIOS stored something else than it was sent: {difference}"));
    }
    if subject.wanted.gone == Gone::None {
        note_extra(subject, &submitted.stored);
    }
}

/// Says which nodes AIOS has beside those of the document.
fn note_extra(subject: &Subject, stored: &Value) {
    let wanted = &subject.wanted.nodes;
    let is_here =
        |id: &&str| wanted.iter().any(|node| node.get("id").and_then(Value::as_str) == Some(id));
    let extra: Vec<&str> = entry_ids(stored).filter(|id| !is_here(id)).collect();
    if let [first, rest @ ..] = extra.as_slice() {
        let others =
            if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        say(
            "note",
            &format!(
                "AIOS has node '{first}'{others} beside these, and keeps them: --prune takes them away"
            ),
        );
    }
}

/// Says what would be sent and changed.
async fn announce(aios: &Aios, subject: &Subject) -> anyhow::Result<Ended> {
    let id = &subject.id;
    let Some(stored) = (match aios.read(id).await {
        Ok(stored) => stored,
        Err(trouble) => return Ok(troubled(&trouble)),
    }) else {
        let nodes = subject.wanted.nodes.len();
        say("note", &format!("AIOS has no cluster '{id}': it would be created with {nodes} nodes"));
        return Ok(Ended::Done);
    };
    let found = differences(&stored, &subject.wanted);
    output::write(Path::new(STANDARD), &as_table(&found))?;
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
fn first_update(stored: &Value, wanted: &Wanted) -> anyhow::Result<Option<bool>> {
    let target = Target::new(stored, &Cut::new(), wanted);
    Ok(next(stored, &target, size::MAX_UPDATE)?.map(|update| update.is_last))
}

/// Writes the receipt.
fn keep(
    aios: &Aios,
    subject: &Subject,
    submitted: &Submitted,
    file: Option<PathBuf>,
) -> anyhow::Result<()> {
    let receipt = receipt(aios, &subject.document, submitted, Timestamp::now())?;
    let file = file.unwrap_or_else(|| PathBuf::from(format!("{}.receipt.json", subject.id)));
    output::write(&file, &(serde_json::to_string_pretty(&receipt)? + "\n"))
}

/// Says why AIOS does not have it, or not all of it.
fn failed(failure: &Failure) -> Ended {
    say("error", &one_line(failure));
    match failure {
        failure if failure.is_refusal() => Ended::Refused,
        failure if failure.is_aios_s() => Ended::Unreachable,
        _ => Ended::Failed,
    }
}

/// Says what went wrong with a request that changes nothing.
pub fn troubled(trouble: &Trouble) -> Ended {
    failed(&Failure::Trouble(trouble.clone()))
}
