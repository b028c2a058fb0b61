//! How a submission ended, in lines for people and an exit status.

use std::collections::HashSet;

use inventory_common::cluster::{RawDocument, RawEntry};
use inventory_common::telling::one_line;

use super::subject::Subject;
use crate::aios::Trouble;
use crate::cluster::difference::Gone;
use crate::exit::{Ended, say};
use crate::submission::{Failure, How, Submitted};

/// Says what was done, and what AIOS made of it.
pub fn tell(subject: &Subject, submitted: &Submitted) {
    let (id, nodes) = (&subject.id, counted(submitted.stored.ids().count()));
    let pieces = match submitted.answers.len() {
        0 | 1 => String::new(),
        pieces => format!(", in {pieces} pieces"),
    };
    let line = match submitted.how {
        How::Created => format!("AIOS has cluster '{id}' with {nodes}{pieces}"),
        How::Updated => format!("AIOS's cluster '{id}' is updated{pieces}"),
        How::Unchanged => format!("AIOS says of '{id}' what is true already: nothing was sent"),
    };
    say("note", &line);
    for difference in &submitted.rewritten {
        say("warning", &format!("AIOS stored something else than it was sent: {difference}"));
    }
    if subject.wanted.gone == Gone::None {
        note_extra(subject, &submitted.stored);
    }
}

/// So many nodes, in words.
pub fn counted(nodes: usize) -> String {
    if nodes == 1 { "1 node".to_owned() } else { format!("{nodes} nodes") }
}

/// Says which nodes AIOS has beside those of the document.
fn note_extra(subject: &Subject, stored: &RawDocument) {
    let here: HashSet<&str> = subject.wanted.nodes.iter().filter_map(RawEntry::id).collect();
    let extra: Vec<&str> = stored.ids().filter(|id| !here.contains(id)).collect();
    if let [first, rest @ ..] = extra.as_slice() {
        let others =
            if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
        say(
            "note",
            &format!(
                "AIOS has node '{first}'{others} beside these, and keeps them: --prune takes them away"
            ),
        );
    }
}

/// Says why AIOS does not have it, or not all of it.
pub fn failed(failure: &Failure) -> Ended {
    say("error", &one_line(failure));
    match failure {
        failure if failure.is_refusal() => Ended::Refused,
        failure if failure.is_aios_s() => Ended::Unreachable,
        _ => Ended::Failed,
    }
}

/// Says what went wrong with a request that changes nothing.
pub fn troubled(trouble: &Trouble) -> Ended {
    failed(&Failure::Trouble(trouble.clone()))
}
