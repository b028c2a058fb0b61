//! AIOS's answers, which may say again what they were sent, and its addresses. `{S}` stands for what is secret.
#![no_main]

use arbitrary::Arbitrary;
use fuzz::telling::is_told;
use inventory_aggregator::aios::fuzzing::{Answered, JUDGES, trouble};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

const SECRET: &str = "abcdef.0123456789abcdef";

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    judge: u8,
    status: u8,
    changes: bool,
    location: &'a str,
    content_type: &'a str,
    body: &'a str,
}

const STATUSES: [u16; 12] = [200, 201, 204, 301, 307, 400, 401, 404, 413, 422, 500, 503];

fuzz_target!(|input: Input| {
    let Input { judge, status, changes, location, content_type, body } = input;
    let status = STATUSES[usize::from(status) % STATUSES.len()];
    let location = &location.replace("{S}", SECRET);
    let body = body.replace("{S}", SECRET).into_bytes();
    let sent = json!({ "config": { "joinCommand": format!("kubeadm join --token {SECRET}") } });
    let answered = Answered { status, location, content_type, body };
    let judge = JUDGES[usize::from(judge) % JUDGES.len()];
    if let Some(trouble) = trouble(judge, answered, changes, &sent) {
        is_told(&trouble);
        let line = trouble.to_string();
        assert!(!line.contains(SECRET), "{line}");
        assert!(line.len() < 4096 && !line.contains('\n'), "{line}");
    }
});
