//! What the keeper does about AIOS's copy.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use inventory_common::NodeData;
use inventory_common::cluster::{FIGURES, MAX_NUMBER, RawDocument, RawEntry, size};
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use inventory_common::resource::{ConditionStatus, OnboardingConditionType, OnboardingReason};
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::judgement::{Judgement, Newcomer, Scene, Standing};
use super::keeper::Keeper;
use super::looked::{Looked, Work};
use super::picture::Picture;
use super::removals::Bounds;
use super::status::{Verdict, different};
use super::told::{accepted, equal, in_sync};
use crate::aios::{ClusterId, Verdict as Welcome};
use crate::cluster::difference::{
    Cut, Difference, Gone, Target, Wanted, differences, next, rewritten,
};
use crate::cluster::state::Snapshot;
use crate::report::Differences;
use crate::submission::{self, Aios, How, Permit, Submission, fits, receipt};

impl Keeper {
    /// Creates the cluster.
    pub(super) async fn create(
        &mut self,
        picture: &Picture,
        aios: &Aios,
        id: &ClusterId,
    ) -> Looked {
        let document = match self.document(picture).await {
            Ok(document) => document,
            Err(verdict) => return Looked::blocked(verdict),
        };
        // What a person states is AIOS's to keep, should it be there by now.
        let wanted = Wanted { stated: None, ..Wanted::document(&document) };
        let may_write = self.may_write();
        let submission = Submission {
            id,
            document: &document,
            wanted: &wanted,
            adopts: false,
            may_write: &may_write,
        };
        if !fits(&document) {
            let line = "AIOS does not take the cluster at once: it is sent in pieces";
            self.begins(picture, Submitted, line).await;
        }
        match aios.submit(&submission).await {
            Ok(submitted) => {
                self.memory.agrees(&wanted);
                self.submitted(aios, &document, &submitted)
            }
            Err(failure) => Looked::failed(&failure).not_submitted(),
        }
    }

    /// Says that this is under way, which may take a while.
    async fn begins(&mut self, picture: &Picture, kind: OnboardingConditionType, line: &str) {
        if self.leader.holds(Instant::now()) {
            self.reporter.begins(&picture.onboarding, kind, line).await;
        }
    }

    /// A submission was finished.
    fn submitted(
        &self,
        aios: &Aios,
        document: &RawDocument,
        submitted: &submission::Submitted,
    ) -> Looked {
        self.metrics.wrote(submitted);
        let nodes = submitted.stored.ids().count();
        let left = rewritten(&submitted.stored, document);
        let verdict = match left.first() {
            None => Verdict::yes(OnboardingReason::Accepted, format!("AIOS has {nodes} nodes")),
            Some(first) => Verdict::yes(
                OnboardingReason::Rewritten,
                format!("AIOS has stored something else than it was sent: {first}"),
            ),
        };
        let in_sync = if left.is_empty() { equal(nodes, nodes) } else { different(&left) };
        let differences = Differences::of(&left);
        let receipt = receipt(
            aios.parser.base(),
            Some(aios.gateway.base()),
            document,
            submitted,
            Timestamp::now(),
        );
        let receipt = receipt.inspect_err(|error| tracing::error!(cluster = %aios.parser.base(), trouble = %error, "no receipt")).ok();
        let work = Work { receipt, differences: Some(left.len()), ..Work::default() };
        Looked { work, differences, ..Looked::new(Some(verdict), in_sync) }
    }

    /// Judges each node alone, and writes what differs. A creation that was begun is finished: no
    /// node is asked about, and there is a receipt at its end.
    pub(super) async fn keep(
        &mut self,
        picture: &Picture,
        aios: &Aios,
        id: &ClusterId,
        stored: RawDocument,
        finishes: bool,
    ) -> Looked {
        let judgement = match self.judge(picture, aios, id, &stored, finishes).await {
            Ok(judgement) => judgement,
            Err(error) => {
                return Looked::blocked(Verdict::no(OnboardingReason::Invalid, error.to_string()));
            }
        };
        let may_write = self.may_write();
        let submission = Submission {
            id,
            // It is there already.
            document: &RawDocument::from(Value::Null),
            wanted: &judgement.wanted,
            adopts: true,
            may_write: &may_write,
        };
        // Most looks find nothing, and need not be planned twice.
        if !judgement.differences.is_empty() && is_in_pieces(&stored, &judgement.wanted) {
            let line = "AIOS does not take the changes at once: they are sent in pieces";
            self.begins(picture, InSync, line).await;
        }
        let submitted = match aios.update(&submission, stored).await {
            Ok(submitted) => submitted,
            Err(failure) if finishes => return Looked::failed(&failure).not_submitted(),
            Err(failure) => {
                // What was read before: nobody knows what has come through.
                let differences = Differences::of(&judgement.differences);
                return Looked { differences, ..Looked::failed(&failure) }.with(&judgement);
            }
        };
        match submitted.how {
            How::Unchanged => self.memory.agrees(&judgement.wanted),
            How::Created | How::Updated => {
                log_written(id, &judgement, submitted.answers.len());
                self.metrics.wrote(&submitted);
                self.memory.wrote(&judgement, Instant::now());
            }
        }
        let in_sync = in_sync(&judgement, &submitted.stored);
        // Also what is left as it is, for whatever reason.
        let left = match in_sync.status {
            ConditionStatus::True => None,
            _ => self.held_against(picture, &submitted.stored),
        };
        let differences = Differences::of(&left.map_or_else(Vec::new, |left| left.differences));
        if !finishes {
            let submitted = Some(accepted(&picture.onboarding));
            return Looked { differences, ..Looked::new(submitted, in_sync) }.with(&judgement);
        }
        match self.document(picture).await {
            Ok(document) => {
                let looked = self.submitted(aios, &document, &submitted);
                Looked { in_sync, differences, ..looked }
            }
            Err(verdict) => Looked::blocked(verdict),
        }
        .with(&judgement)
    }

    /// Judges, and finds out about the nodes that AIOS's copy lacks.
    async fn judge(
        &mut self,
        picture: &Picture,
        aios: &Aios,
        id: &ClusterId,
        stored: &RawDocument,
        finishes: bool,
    ) -> serde_json::Result<Judgement> {
        let mut newcomers = BTreeMap::new();
        let (welcomes, mut can_ask) = (finishes && is_unfinished(stored), true);
        loop {
            let judgement = self.judge_now(picture, stored, &newcomers)?;
            if judgement.unknown.is_empty() {
                return Ok(judgement);
            }
            for (name, node_id) in judgement.unknown {
                let newcomer = if welcomes {
                    Newcomer::Welcome
                } else {
                    self.ask(aios, id, &name, &mut can_ask).await
                };
                newcomers.insert(node_id, newcomer);
            }
        }
    }

    fn judge_now(
        &mut self,
        picture: &Picture,
        stored: &RawDocument,
        newcomers: &BTreeMap<String, Newcomer>,
    ) -> serde_json::Result<Judgement> {
        // An inventory may have changed while AIOS was asked: it and how far it is known go together.
        let picture = picture.anew(self.shared.sight());
        let snapshot = picture.state.snapshot();
        let bounds = Bounds {
            after: self.timing.remove_after,
            allowed: picture.onboarding.spec.allow_removals,
        };
        let present: BTreeSet<&str> = picture.ids.iter().map(String::as_str).collect();
        let nodes = standings(&snapshot, &picture);
        let now = Instant::now();
        self.memory.judge(&Scene {
            stored,
            nodes: &nodes,
            present: &present,
            newcomers,
            bounds,
            now,
        })
    }

    /// Whether a node that AIOS's copy lacks is to be added: AIOS may have drained it, and the
    /// network may not want it.
    async fn ask(&self, aios: &Aios, id: &ClusterId, name: &str, can_ask: &mut bool) -> Newcomer {
        if self.may_write()() != Permit::All {
            return Newcomer::StaysOut("nothing more is written from here".to_owned());
        }
        match self.reporter.is_cordoned(name).await {
            Ok(false) => {}
            Ok(true) => return Newcomer::StaysOut("its Node is cordoned".to_owned()),
            Err(trouble) => return Newcomer::StaysOut(trouble.to_string()),
        }
        let Some(entry) = self.entry(name) else {
            return Newcomer::StaysOut("its inventory is gone".to_owned());
        };
        if !*can_ask {
            return Newcomer::Welcome;
        }
        match aios.gateway.dry_run_add_node(id, &entry).await {
            Ok(Welcome::Denied(reason)) => {
                return Newcomer::StaysOut(format!("AIOS does not want it: {reason}"));
            }
            Ok(Welcome::Allowed) => {}
            // It will not work for the next one either.
            Ok(Welcome::NotOffered(_)) => *can_ask = false,
            Err(trouble) => {
                tracing::debug!(node = name, %trouble, "the dry run does not work");
                *can_ask = false;
            }
        }
        Newcomer::Welcome
    }

    fn entry(&self, name: &str) -> Option<Value> {
        serde_json::to_value(&self.shared.view().state.get(name)?.node).ok()
    }

    /// Looks only.
    pub(super) fn compare(&self, picture: &Picture, stored: &RawDocument) -> Looked {
        let Some(Compared { known, differences: left }) = self.held_against(picture, stored) else {
            return Looked::blocked(Verdict::no(
                OnboardingReason::Invalid,
                "the nodes cannot be summed",
            ));
        };
        let in_sync =
            if left.is_empty() { equal(known, stored.ids().count()) } else { different(&left) };
        let submitted = Verdict::yes(
            OnboardingReason::Manual,
            "AIOS has it, and spec.submit is Manual: it is only compared",
        );
        let work = Work { differences: Some(left.len()), ..Work::default() };
        let differences = Differences::of(&left);
        Looked { work, differences, ..Looked::new(Some(submitted), in_sync) }
    }

    /// Holds AIOS's copy against what is true now; absent where that cannot be summed.
    fn held_against(&self, picture: &Picture, stored: &RawDocument) -> Option<Compared> {
        let picture = picture.anew(self.shared.sight());
        let measured = picture.measured()?;
        let nodes = measured.nodes.iter().filter_map(|node| RawEntry::of(&node.node).ok());
        let tentative = picture.coverage.tentative_ids;
        let gone = stored.ids().filter(|id| !picture.ids.contains(*id)).map(str::to_owned);
        let gone = Gone::These(gone.collect());
        let wanted = Wanted { nodes: nodes.collect(), tentative, gone, ..Wanted::default() };
        let known = wanted.nodes.len().saturating_sub(wanted.tentative.len());
        Some(Compared { known, differences: differences(stored, &wanted) })
    }

    /// Whether it may write now: while it leads, and until it is told to stop.
    fn may_write(&self) -> impl Fn() -> Permit + Send + Sync + 'static {
        let (leader, stopping) = (self.leader.clone(), self.stopping.clone());
        move || match (leader.holds(Instant::now()), *stopping.borrow()) {
            (true, false) => Permit::All,
            (true, true) => Permit::Rest,
            (false, _) => Permit::Nothing,
        }
    }
}

/// Tells of what was put right: what it was first, and how much more.
fn log_written(id: &ClusterId, judgement: &Judgement, requests: usize) {
    let differences = judgement.differences.len();
    let first = judgement.differences.first();
    let node = first.and_then(|first| first.node.as_deref());
    let first = first.map(ToString::to_string);
    tracing::info!(cluster = %id, node, differences, first, requests, "AIOS's copy was put right");
}

/// AIOS's copy, held against what is true.
struct Compared {
    /// Of how many nodes all is known.
    known: usize,
    /// What it says otherwise.
    differences: Vec<Difference>,
}

/// The nodes that count, as they stand.
fn standings<'a>(snapshot: &'a Snapshot<'a>, picture: &'a Picture) -> Vec<Standing<'a>> {
    let Picture { coverage, roll, .. } = picture;
    let members = snapshot.members();
    let told_apart = members.iter().filter(|member| !coverage.left_out.contains(member.name));
    let known = told_apart.map(|member| {
        let node = &member.report.node;
        let is_whole = !coverage.tentative_ids.contains(member.id()) && is_storable(node);
        let figures = is_whole.then_some(node);
        Standing { name: member.name, id: member.id(), figures }
    });
    let reported: BTreeSet<&str> = members.iter().map(|member| member.name).collect();
    let silent = roll.expected.iter().filter(|(name, _)| !reported.contains(&***name));
    let silent = silent.map(|(name, node)| {
        let id = node.node_id.as_deref().unwrap_or(name);
        Standing { name, id, figures: None }
    });
    known.chain(silent).collect()
}

/// Whether one update is not enough.
fn is_in_pieces(stored: &RawDocument, wanted: &Wanted) -> bool {
    let target = Target::new(stored, &Cut::new(), wanted);
    let first = next(stored, &target, size::MAX_UPDATE);
    first.is_ok_and(|first| first.is_some_and(|first| !first.is_last))
}

/// Whether AIOS can store the node's figures as they are.
fn is_storable(node: &NodeData) -> bool {
    FIGURES.iter().all(|figure| (figure.of)(node) <= MAX_NUMBER)
}

/// Whether a creation in pieces is not at its end: the number of nodes comes last.
fn is_unfinished(stored: &RawDocument) -> bool {
    let entries = stored.ids().count() as u64;
    let count = stored.rest().pointer("/nodes/count").and_then(Value::as_u64);
    entries == 0 || count != Some(entries)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::report::tests::node;

    #[test]
    fn a_creation_in_pieces_is_at_its_end_once_the_number_of_nodes_is_right() {
        let stored = |count: u64, ids: &[&str]| {
            let entries: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
            RawDocument::from(json!({ "nodes": { "count": count, "nodeData": entries } }))
        };
        assert!(is_unfinished(&stored(0, &[])) && is_unfinished(&stored(0, &["a"])));
        assert!(is_unfinished(&json!({}).into()) && !is_unfinished(&stored(2, &["a", "b"])));
    }

    #[test]
    fn a_number_that_aios_would_round_is_not_sent() {
        let mut node = node();
        assert!(is_storable(&node));
        node.swap_mib = MAX_NUMBER + 1;
        assert!(!is_storable(&node));
    }
}
