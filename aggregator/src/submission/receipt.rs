//! What is kept of a submission.

use inventory_common::cluster::RawDocument;
use inventory_common::resource::Receipt;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use serde_json::Map;

use super::Submitted;
use crate::aios::Base;
use crate::cluster::difference::without_secrets;
use crate::digest::sha256;

/// The receipt of what was submitted to the Parser, and read back through the gateway where one is
/// known. No secret is in it, nor part of its hash.
pub fn receipt(
    parser: &Base,
    gateway: Option<&Base>,
    document: &RawDocument,
    submitted: &Submitted,
    time: Timestamp,
) -> serde_json::Result<Receipt> {
    let shown = serde_json::to_vec(&document.map(without_secrets))?;
    let mut receipt = Receipt {
        time: Time(to_the_second(time)),
        parser: parser.to_string(),
        gateway: gateway.map(Base::to_string),
        sha256: sha256(&shown),
        answers: Vec::new(),
        answers_left_out: 0,
        newer: Map::new(),
    };
    submitted.answers.iter().for_each(|answer| receipt.answered(answer));
    Ok(receipt)
}

/// The time as Kubernetes keeps it: what is read again must be what was written, or it is written for ever.
fn to_the_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
