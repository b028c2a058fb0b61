//! A cluster that is created where no gateway is known: nothing can be read back, and the Parser's
//! own answer is all the proof that there is.

use std::time::Duration;

use inventory_common::cluster::RawDocument;
use serde_json::Value;

use super::create::fits;
use super::{Failure, How, Submitted};
use crate::aios::{Form, Parser, Refusal, Trouble, patiently};
use crate::cluster::difference::rewritten;

/// Creates the cluster. Sent again is only what has surely not happened.
pub async fn create_unread(
    parser: &Parser,
    form: Form,
    retry_for: Duration,
    document: &RawDocument,
) -> Result<Submitted, Failure> {
    if !fits(document) {
        return Err(Failure::NoGatewayForPieces);
    }
    let value = Value::from(document);
    let attempt = || parser.create_cluster(&value, form);
    match patiently(retry_for, is_harmless_again, attempt).await {
        Ok(stored) => {
            let stored = RawDocument::from(stored);
            let rewritten = rewritten(&stored, document);
            let answers = vec!["created".to_owned()];
            Ok(Submitted { how: How::Created, stored, rewritten, answers })
        }
        Err(trouble) if trouble.may_have_happened() => Err(Failure::Unread(trouble)),
        // A policy may make a document larger.
        Err(trouble) if trouble.refusal() == Some(Refusal::TooLarge) => {
            Err(Failure::NoGatewayForPieces)
        }
        Err(trouble) => Err(trouble.into()),
    }
}

fn is_harmless_again(trouble: &Trouble) -> bool {
    trouble.is_worth_repeating() && !trouble.may_have_happened()
}
