//! Text from outside that is shown, and what people state in a word or a line.
#![no_main]

use std::collections::BTreeMap;
use std::io;

use fuzz::telling::{is_plain, is_printed, is_told};
use inventory_aggregator::aios::{Base, ClusterId, Headers, TaskId};
use inventory_aggregator::cluster::labels::{changes, of_pattern, of_text};
use inventory_aggregator::kubernetes::kubeconfig::{Credential, portable};
use inventory_aggregator::report::Said;
use inventory_common::telling::{plain, usage_error};
use kube::config::Kubeconfig;
use libfuzzer_sys::fuzz_target;

/// Options of the agent that take a word.
const STATED: [&str; 7] =
    ["--link-speed", "--gpu-memory", "--count", "--not-counted", "--node-id", "--format", "--gpu"];

fn stated(text: &str) {
    for option in STATED {
        let arguments = ["inventory-agent", "--dump", option, text];
        if let Err(error) = inventory_agent::command().try_get_matches_from(arguments) {
            is_plain(&usage_error(&error.render().to_string()));
        }
    }
}

fn labels(text: &str) {
    let labels = BTreeMap::from([("a".to_owned(), None), ("b".to_owned(), Some("b-1".to_owned()))]);
    for wanted in [of_pattern(&labels, text).ok(), of_text(text).ok()].into_iter().flatten() {
        match changes(&labels, &wanted, true) {
            Ok(changes) => changes.iter().for_each(|change| is_plain(&change.to_string())),
            Err(refused) => refused.iter().for_each(|refused| is_told(refused)),
        }
    }
}

fn kubeconfig(text: &str) {
    let Ok(config) = Kubeconfig::from_yaml(text) else { return };
    let read = |_: &std::path::Path| Err(io::Error::from(io::ErrorKind::NotFound));
    match portable(&config, None, Credential::OfUser, None, &read) {
        Ok(portable) => is_printed(portable.value()),
        Err(error) => is_told(&error),
    }
}

fuzz_target!(|text: &str| {
    is_plain(&plain(text));
    is_plain(Said::new(text).as_str());
    is_printed(&text.into());
    stated(text);
    labels(text);
    kubeconfig(text);
    let _address = text.parse::<Base>().map_err(|error| is_told(&error));
    let _id = text.parse::<ClusterId>().map_err(|error| is_told(&error));
    let _task = text.parse::<TaskId>().map_err(|error| is_told(&error));
    let _headers = Headers::parse(text).map_err(|error| is_told(&error));
});
