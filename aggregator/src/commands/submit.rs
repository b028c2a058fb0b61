//! `submit`: tells AIOS of the cluster, and makes sure that it is stored.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use inventory_common::cluster::{RawDocument, RawEntry, size};
use inventory_common::telling::one_line;
use k8s_openapi::jiff::Timestamp;

use super::diff::as_table;
use super::subject::{Subject, subject};
use crate::aios::{Form, Gateway, Trouble, patiently};
use crate::cli::SubmitArgs;
use crate::cluster::difference::{Cut, Gone, Target, Wanted, differences, next};
use crate::exit::{Ended, say};
use crate::input::STANDARD;
use crate::output;
use crate::submission::{
    Aios, Failure, How, Services, Submission, Submitted, create_unread, receipt,
};

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
    let services = subject.services(&args.aios)?;
    if args.dry_run {
        return announce(&services, &subject, args.aios.retry_for()).await;
    }
    match tell_aios(&services, &subject, &args).await {
        Err(failure) => Ok(failed(&failure)),
        Ok(submitted) => {
            tell(&subject, &submitted);
            if services.gateway.is_none() {
                say(
                    "note",
                    "so the Parser says, and it was not read back: give --gateway for that",
                );
            }
            if submitted.how != How::Unchanged {
                keep(&services, &subject, &submitted, args.receipt)?;
            }
            Ok(Ended::Done)
        }
    }
}

async fn tell_aios(
    services: &Services,
    subject: &Subject,
    args: &SubmitArgs,
) -> Result<Submitted, Failure> {
    let form = if args.bare { Form::Bare } else { Form::Envelope };
    let (parser, retry_for) = (services.parser.clone(), args.aios.retry_for());
    let Some(gateway) = services.gateway.clone() else {
        return create_unread(&parser, form, retry_for, &subject.document).await;
    };
    let submission = Submission {
        id: &subject.id,
        document: &subject.document,
        wanted: &subject.wanted,
        adopts: args.adopt,
        may_write: &|| true,
    };
    Aios { parser, gateway, form, retry_for }.submit(&submission).await
}

/// Says what was done, and what AIOS made of it.
fn tell(subject: &Subject, submitted: &Submitted) {
    let (id, nodes) = (&subject.id, submitted.stored.ids().count());
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
fn note_extra(subject: &Subject, stored: &RawDocument) {
    let here: HashSet<&str> = subject.wanted.nodes.iter().filter_map(RawEntry::id).collect();
    let extra: Vec<&str> = stored.ids().filter(|id| !here.contains(id)).collect();
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
async fn announce(
    services: &Services,
    subject: &Subject,
    retry_for: Duration,
) -> anyhow::Result<Ended> {
    let (id, nodes) = (&subject.id, subject.wanted.nodes.len());
    let Some(gateway) = &services.gateway else {
        let line = format!(
            "cluster '{id}' would be created with {nodes} nodes, unless AIOS has it: to look, give --gateway"
        );
        say("note", &line);
        return Ok(Ended::Done);
    };
    let read = patiently(retry_for, Trouble::is_worth_repeating, || gateway.read(id));
    let Some(stored) = (match read.await {
        Ok(stored) => stored,
        Err(trouble) => return Ok(troubled(&trouble)),
    }) else {
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
fn first_update(stored: &RawDocument, wanted: &Wanted) -> anyhow::Result<Option<bool>> {
    let target = Target::new(stored, &Cut::new(), wanted);
    Ok(next(stored, &target, size::MAX_UPDATE)?.map(|update| update.is_last))
}

/// Writes the receipt.
fn keep(
    services: &Services,
    subject: &Subject,
    submitted: &Submitted,
    file: Option<PathBuf>,
) -> anyhow::Result<()> {
    let Services { parser, gateway } = services;
    let gateway = gateway.as_ref().map(Gateway::base);
    let receipt = receipt(parser.base(), gateway, &subject.document, submitted, Timestamp::now())?;
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
