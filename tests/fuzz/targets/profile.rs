//! Profiles as people write them.
#![no_main]

use fuzz::telling::{is_plain, is_told};
use inventory_aggregator::cluster::profile::parse;
use inventory_common::cluster::{Document, Measured, flaws};
use inventory_common::telling::one_line;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let spec = match parse(text) {
        Ok(read) => read.spec,
        Err(error) => return is_told(&error),
    };
    let json = serde_json::to_string(&spec).expect("what was read can be written");
    let again = parse(&json).map(|read| read.spec);
    assert_eq!(again.as_ref().ok(), Some(&spec), "{json} {again:?}");
    let measured = Measured::of(Vec::new()).expect("there is nothing to add up");
    let document = Document::new(spec.profile, measured);
    let flaws = flaws(&document);
    flaws.iter().for_each(|flaw| is_plain(&one_line(flaw)));
    if flaws.is_empty() {
        let text = serde_json::to_string(&document).expect("a document can be written");
        assert_eq!(serde_json::from_str::<Document>(&text).ok(), Some(document));
    }
});
