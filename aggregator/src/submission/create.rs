//! A cluster that AIOS does not have: sent whole where it fits, else without its nodes, which follow.

use inventory_common::cluster::{RawDocument, size};
use serde_json::{Value, json};

use super::update::update;
use super::{Aios, Failure, How, Permit, Submission, Submitted};
use crate::aios::{Kind, Refusal, Trouble, patiently};
use crate::cluster::difference::{Wanted, rewritten};

/// Creates the cluster.
pub(super) async fn create(aios: &Aios, submission: &Submission<'_>) -> Result<Submitted, Failure> {
    let (document, mut answers) = (submission.document, Vec::new());
    if fits(document) {
        match settle(aios, submission, document, &mut answers).await {
            Ok(stored) => {
                let rewritten = rewritten(&stored, document);
                return Ok(Submitted { how: How::Created, stored, rewritten, answers });
            }
            // A policy may make a document larger.
            Err(failure) if failure.refusal() == Some(Refusal::TooLarge) => {}
            Err(failure) => return Err(failure),
        }
    }
    in_pieces(aios, submission, answers).await
}

/// Creates the cluster without its nodes, and then adds them.
async fn in_pieces(
    aios: &Aios,
    submission: &Submission<'_>,
    mut answers: Vec<String>,
) -> Result<Submitted, Failure> {
    let first = without_nodes(submission.document);
    let stored = settle(aios, submission, &first, &mut answers).await?;
    // What a policy has rewritten is not fought, and what a person states was sent.
    let otherwise = rewritten(&stored, &first).into_iter();
    let left = otherwise.map(|difference| difference.path).collect();
    let wanted = Wanted { stated: None, left, ..submission.wanted.clone() };
    let nodes = Submission { wanted: &wanted, ..*submission };
    let stored = update(aios, &nodes, stored, &mut answers).await?;
    let rewritten = rewritten(&stored, submission.document);
    Ok(Submitted { how: How::Created, stored, rewritten, answers })
}

/// Whether AIOS takes the document at once. What cannot be written fits nowhere.
#[must_use]
pub fn fits(document: &RawDocument) -> bool {
    bytes_that_fit(document).is_some()
}

/// How large the document is for AIOS; absent where that is too much.
fn bytes_that_fit(document: &RawDocument) -> Option<u64> {
    let mut sent = document.rest().clone();
    if let Value::Object(sent) = &mut sent {
        sent.remove("status");
    }
    let fits = |bytes: &u64| *bytes <= size::MAX_DOCUMENT;
    let begin = size::of(&sent).ok().filter(fits)?;
    document.entries().iter().enumerate().try_fold(begin, |bytes, (index, entry)| {
        let separator = if index == 0 { 0 } else { size::SEPARATOR };
        Some(bytes + separator + size::of(&entry.value()).ok()?).filter(fits)
    })
}

/// The document with its true sums, which a policy judges, and with no nodes yet.
fn without_nodes(document: &RawDocument) -> RawDocument {
    let mut rest = document.rest().clone();
    if let Value::Object(rest) = &mut rest {
        rest.insert("nodes".to_owned(), json!({ "count": 0, "nodeData": [] }));
    }
    rest.into()
}

/// Sends the document until it is known to be there or to be refused.
async fn settle(
    aios: &Aios,
    submission: &Submission<'_>,
    document: &RawDocument,
    answers: &mut Vec<String>,
) -> Result<RawDocument, Failure> {
    let value = Value::from(document);
    let attempt = async || {
        if (submission.may_write)() != Permit::All {
            return Err(Failure::NotAllowed);
        }
        let created = aios.parser.create_cluster(&value, aios.form);
        let sent = match submission.while_permitted(created).await? {
            Ok(_) => None,
            Err(trouble) if trouble.may_have_happened() => Some(trouble),
            Err(trouble) => return Err(trouble.into()),
        };
        look(aios, submission, sent).await
    };
    let settled = match patiently(aios.retry_for, is_harmless_again, attempt).await {
        // Or its database was down, and is not any more, since it could be asked.
        Err(Failure::Refused { .. }) => patiently(aios.retry_for, is_harmless_again, attempt).await,
        settled => settled,
    };
    let (stored, answer) = settled?;
    answers.push(answer);
    Ok(stored)
}

/// Reads the cluster back: an answer may be lost, or mean several things, and what is stored may
/// differ from what is answered.
async fn look(
    aios: &Aios,
    submission: &Submission<'_>,
    sent: Option<Trouble>,
) -> Result<(RawDocument, String), Failure> {
    let id = submission.id;
    match (aios.read(id).await, sent) {
        (Ok(Some(stored)), None) => Ok((stored, "created".to_owned())),
        (Ok(Some(stored)), Some(trouble)) => {
            submission.may_be_ours(&stored)?;
            Ok((stored, format!("created, as reading back shows, although: {trouble}")))
        }
        (Ok(None), None) => Err(Failure::Vanished(id.to_string())),
        (Ok(None), Some(sent)) => Err(not_there(sent)),
        (Err(read), Some(sent)) => Err(Failure::Unsettled { sent, read: read.into() }),
        (Err(read), None) => Err(Failure::Unconfirmed(read)),
    }
}

/// What it means that the cluster is not there after this.
fn not_there(sent: Trouble) -> Failure {
    let Trouble { call, kind } = sent;
    match kind {
        Kind::Unclear(said) => Failure::Refused { call, said },
        Kind::Lost(loss) => Failure::Absent { call, loss },
        kind => Trouble { call, kind }.into(),
    }
}

/// Whether the document may be sent again. AIOS keeps one cluster of an id, and whoever sends looks
/// at what is stored before.
fn is_harmless_again(failure: &Failure) -> bool {
    match failure {
        Failure::Trouble(trouble) => trouble.is_worth_repeating(),
        Failure::Absent { .. } => true,
        _ => false,
    }
}
