//! Inventories as people hand them over, summed into a document.
#![no_main]

use fuzz::telling::{is_printed, is_told};
use inventory_aggregator::cluster::dump::{Held, parse_whole};
use inventory_aggregator::cluster::state::ClusterState;
use inventory_common::cluster::{Document, Measured, Profile, RawDocument, flaws};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fn come_back(held: &Held) {
    let value = match held {
        Held::Inventory(inventory) => serde_json::to_value(inventory),
        Held::Plain(node) => serde_json::to_value(node),
    };
    let text = value.expect("what was read can be written").to_string();
    let again = parse_whole("again", &text).map(|mut held| held.pop());
    assert_eq!(again.ok().flatten().as_ref().map(|(_, held)| held), Some(held));
}

/// A document without a flaw comes back from its text, and from the form in which it is compared.
fn comes_back(document: Document) {
    let value = serde_json::to_value(&document).expect("a document can be written");
    is_printed(&value);
    if flaws(&document).is_empty() {
        assert_eq!(
            serde_json::from_str::<Document>(&value.to_string()).ok().as_ref(),
            Some(&document)
        );
        let raw = RawDocument::try_from(document).expect("it was written before");
        assert_eq!(serde_json::to_value(&raw).ok(), Some(value));
    }
}

fuzz_target!(|text: &str| {
    let held = match parse_whole("file", text) {
        Ok(held) => held,
        Err(error) => return is_told(&error),
    };
    let mut state = ClusterState::default();
    for (name, held) in held {
        come_back(&held);
        state.apply(&name, held.into());
    }
    let profile: Profile =
        serde_json::from_value(json!({ "id": "c", "regionId": "r" })).expect("it is one");
    match state.snapshot().measured() {
        Ok(Measured { nodes, totals }) => {
            comes_back(Document::new(profile, Measured { nodes, totals }))
        }
        Err(overflow) => is_told(&overflow),
    }
});
