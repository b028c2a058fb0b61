//! `submit`: tells AIOS of the cluster, and makes sure that it is stored.

use std::path::PathBuf;

use inventory_common::telling::pretty;
use k8s_openapi::jiff::Timestamp;

use super::dry_run::announce;
use super::outcome::{failed, tell};
use super::subject::{Subject, subject};
use super::turn::in_turn;
use crate::aios::{Form, Gateway};
use crate::cli::SubmitArgs;
use crate::cluster::difference::Gone;
use crate::exit::{Ended, say};
use crate::output;
use crate::submission::{
    Aios, Failure, How, Permit, Services, Submission, Submitted, create_unread, receipt,
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
    let submitted = in_turn(&args.subject, async |may_write| {
        tell_aios(&services, &subject, &args, may_write).await
    });
    match submitted.await {
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
    may_write: &(dyn Fn() -> Permit + Sync),
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
        may_write,
    };
    Aios { parser, gateway, form, retry_for }.submit(&submission).await
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
    output::write(&file, &pretty(&receipt)?)
}
