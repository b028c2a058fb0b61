//! Values as anybody may write them, mostly with the words of a cluster's document.

use arbitrary::{Arbitrary, Result, Unstructured};
use serde_json::{Map, Value};

const WORDS: [&str; 24] = [
    "id",
    "nodes",
    "nodeData",
    "count",
    "gpus",
    "memory",
    "swap",
    "storage",
    "disks",
    "size",
    "network",
    "vcpus",
    "txBandwidth",
    "rxBandwidth",
    "interfaces",
    "config",
    "tags",
    "clusterMetadata",
    "regionId",
    "reputation",
    "modelNames",
    "joinCommand",
    "a",
    "b",
];

/// The depth at which everything ends.
const DEPTH: u32 = 5;

/// Any value.
pub fn value(u: &mut Unstructured, depth: u32) -> Result<Value> {
    Ok(match u.int_in_range(0..=if depth < DEPTH { 9 } else { 6 })? {
        0 => Value::Null,
        1 => bool::arbitrary(u)?.into(),
        2 => u8::arbitrary(u)?.into(),
        3 => u64::arbitrary(u)?.into(),
        4 => i64::arbitrary(u)?.into(),
        5 => f64::arbitrary(u)?.into(),
        6 => word(u)?.into(),
        7 => list(u, depth)?,
        _ => object(u, depth)?.into(),
    })
}

/// Any object.
pub fn object(u: &mut Unstructured, depth: u32) -> Result<Map<String, Value>> {
    let mut object = Map::new();
    for _ in 0..u.int_in_range(0..=4)? {
        object.insert(word(u)?, value(u, depth + 1)?);
    }
    Ok(object)
}

fn list(u: &mut Unstructured, depth: u32) -> Result<Value> {
    let length = u.int_in_range(0..=4)?;
    (0..length).map(|_| value(u, depth + 1)).collect()
}

/// A word of a document, and at times any text.
pub fn word(u: &mut Unstructured) -> Result<String> {
    match WORDS.get(usize::from(u.int_in_range(0..=WORDS.len() as u8)?)) {
        Some(word) => Ok((*word).to_owned()),
        None => String::arbitrary(u),
    }
}
