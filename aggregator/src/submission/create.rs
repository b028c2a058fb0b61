//! A cluster that AIOS does not have: sent whole where it fits, else without its nodes, which follow.

use inventory_common::cluster::{RawDocument, size};
use serde_json::{Value, json};

use super::update::update;
use super::{Aios, Failure, How, Submission, Submitted};
use crate::aios::{Kind, Trouble, patiently};
use crate::cluster::difference::{Wanted, rewritten};

/// Creates the cluster.
pub(super) async fn create(aios: &Aios, submission: &Submission<'_>) -> Result<Submitted, Failure> {
    let whole = fits(submission.document);
    let first =
        if whole { submission.document.clone() } else { without_nodes(submission.document) };
    let mut answers = Vec::new();
    let stored = settle(aios, submission, &first, &mut answers).await?;
    let otherwise = rewritten(&stored, &first);
    if whole {
        return Ok(Submitted { how: How::Created, stored, rewritten: otherwise, answers });
    }
    // What a policy has rewritten is not fought, and what a person states was sent.
    let left = otherwise.into_iter().map(|difference| difference.path).collect();
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
        if !(submission.may_write)() {
            return Err(Failure::NotAllowed);
        }
        let sent = match aios.parser.create_cluster(&value, aios.form).await {
            Ok(_) => None,
            Err(trouble) if trouble.may_have_happened() => Some(trouble),
            Err(trouble) => return Err(trouble.into()),
        };
        look(aios, submission, sent).await
    };
    let (stored, answer) = patiently(aios.retry_for, is_harmless_again, attempt).await?;
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
    match (aios.read(submission.id).await, sent) {
        (Ok(Some(stored)), None) => Ok((stored, "created".to_owned())),
        (Ok(Some(stored)), Some(_))
            if !submission.adopts && submission.wanted.is_foreign_to(&stored) =>
        {
            Err(Failure::Taken(submission.id.to_string()))
        }
        (Ok(Some(stored)), Some(trouble)) => {
            Ok((stored, format!("created, as reading back shows, although: {trouble}")))
        }
        (Ok(None), None) => Err(Failure::Vanished(submission.id.to_string())),
        (Ok(None), Some(trouble)) if matches!(trouble.kind, Kind::Unclear(_)) => {
            Err(Failure::Refused(trouble))
        }
        (Ok(None), Some(trouble)) if matches!(trouble.kind, Kind::Lost(_)) => {
            Err(Failure::Absent(trouble))
        }
        (Ok(None), Some(trouble)) => Err(trouble.into()),
        (Err(read), Some(sent)) => Err(Failure::Unsettled { sent, read: Box::new(read) }),
        (Err(read), None) => Err(read.into()),
    }
}

/// Whether the document may be sent again. AIOS keeps one cluster of an id, and whoever sends looks
/// at what is stored before.
fn is_harmless_again(failure: &Failure) -> bool {
    matches!(failure, Failure::Trouble(trouble) | Failure::Absent(trouble) if trouble.is_worth_repeating())
}
