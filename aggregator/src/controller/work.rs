//! What the keeper does about AIOS's copy.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use inventory_common::cluster::{RawDocument, RawEntry, size};
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use inventory_common::resource::Receipt;
use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::judgement::{Judgement, Newcomer, Scene, Standing};
use super::keeper::{Keeper, Looked, UNREACHABLE};
use super::picture::{Picture, measured};
use super::removals::{Bounds, Held};
use super::status::{Verdict, different};
use crate::aios::{ClusterId, Verdict as Welcome};
use crate::cluster::difference::{Cut, Target, Wanted, differences, next, rewritten};
use crate::cluster::state::Snapshot;
use crate::submission::{self, Aios, Failure, How, Submission, fits, receipt};

/// What came of the work beside how things stand.
#[derive(Debug, Default)]
pub struct Work {
    /// The receipt of a submission.
    pub receipt: Option<Receipt>,
    /// Why no entry goes although some have no Node.
    pub held: Option<Held>,
    /// When to look again although nothing changes.
    pub next: Option<Instant>,
}

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
            self.reporter.begins(&picture.onboarding, Submitted, line).await;
        }
        match aios.submit(&submission).await {
            Ok(submitted) => {
                self.memory.agrees(&wanted);
                self.submitted(aios, &document, &submitted)
            }
            Err(failure) => Looked::failed(&failure),
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
            None => Verdict::yes("Accepted", format!("AIOS has {nodes} nodes")),
            Some(first) => Verdict::yes(
                "Rewritten",
                format!("AIOS has stored something else than it was sent: {first}"),
            ),
        };
        let in_sync = if left.is_empty() { equal(nodes) } else { different(&left) };
        let receipt = receipt(
            aios.parser.base(),
            Some(aios.gateway.base()),
            document,
            submitted,
            Timestamp::now(),
        );
        let receipt = receipt.inspect_err(|error| tracing::error!(%error, "no receipt")).ok();
        Looked { submitted: Some(verdict), in_sync, work: Work { receipt, ..Work::default() } }
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
            Err(error) => return Looked::blocked(Verdict::no("Invalid", error.to_string())),
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
        if is_in_pieces(&stored, &judgement.wanted) {
            let line = "AIOS does not take the changes at once: they are sent in pieces";
            self.reporter.begins(&picture.onboarding, InSync, line).await;
        }
        let submitted = match aios.update(&submission, stored).await {
            Ok(submitted) => submitted,
            Err(failure) => return Looked::failed(&failure).with(&judgement),
        };
        match submitted.how {
            How::Unchanged => self.memory.agrees(&judgement.wanted),
            How::Created | How::Updated => {
                tracing::info!(answers = ?submitted.answers, "AIOS's copy was put right");
                self.metrics.wrote(&submitted);
                self.memory.wrote(&judgement, Instant::now());
            }
        }
        let mut looked = Looked {
            submitted: None,
            in_sync: in_sync(&judgement, &submitted.stored),
            work: Work::default(),
        };
        if finishes {
            looked = match self.document(picture).await {
                Ok(document) => self.submitted(aios, &document, &submitted),
                Err(verdict) => Looked::blocked(verdict),
            };
        }
        looked.with(&judgement)
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
        loop {
            let judgement = self.judge_now(picture, stored, &newcomers)?;
            if judgement.unknown.is_empty() {
                return Ok(judgement);
            }
            for (name, node_id) in judgement.unknown {
                let newcomer =
                    if finishes { Newcomer::Welcome } else { self.ask(aios, id, &name).await };
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
        let view = self.shared.view();
        let snapshot = view.state.snapshot();
        let bounds = Bounds {
            after: self.timing.remove_after,
            allowed: picture.onboarding.spec.allow_removals,
        };
        let present: BTreeSet<&str> = picture.ids.iter().map(String::as_str).collect();
        let nodes = standings(&snapshot, picture);
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
    async fn ask(&self, aios: &Aios, id: &ClusterId, name: &str) -> Newcomer {
        match self.reporter.is_cordoned(name).await {
            Ok(false) => {}
            Ok(true) => return Newcomer::StaysOut("its Node is cordoned".to_owned()),
            Err(trouble) => return Newcomer::StaysOut(trouble.to_string()),
        }
        let Some(entry) = self.entry(name) else {
            return Newcomer::StaysOut("its inventory is gone".to_owned());
        };
        match aios.gateway.dry_run_add_node(id, &entry).await {
            Ok(Welcome::Denied(reason)) => {
                Newcomer::StaysOut(format!("AIOS does not want it: {reason}"))
            }
            Ok(Welcome::Allowed | Welcome::NotOffered(_)) => Newcomer::Welcome,
            Err(trouble) => {
                tracing::debug!(%trouble, "the dry run does not work");
                Newcomer::Welcome
            }
        }
    }

    fn entry(&self, name: &str) -> Option<Value> {
        let view = self.shared.view();
        let snapshot = view.state.snapshot();
        let member = snapshot.members().iter().find(|member| member.name == name)?;
        serde_json::to_value(&member.report.node).ok()
    }

    /// Looks only.
    pub(super) fn compare(&self, picture: &Picture, stored: &RawDocument) -> Looked {
        let view = self.shared.view();
        let Some(measured) = measured(&view, &picture.coverage) else {
            return Looked::blocked(Verdict::no("Invalid", "the nodes cannot be summed"));
        };
        let nodes = measured.nodes.iter().filter_map(|node| RawEntry::of(&node.node).ok());
        let tentative = picture.coverage.tentative_ids.clone();
        let wanted = Wanted { nodes: nodes.collect(), tentative, ..Wanted::default() };
        let left = differences(stored, &wanted);
        let in_sync = if left.is_empty() { equal(stored.ids().count()) } else { different(&left) };
        let submitted =
            Verdict::yes("Manual", "AIOS has it, and spec.submit is Manual: it is only compared");
        Looked { submitted: Some(submitted), in_sync, work: Work::default() }
    }

    /// Whether it may write now: while it leads, and until it is told to stop.
    fn may_write(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let (leader, stopping) = (self.leader.clone(), self.stopping.clone());
        move || leader.holds(Instant::now()) && !*stopping.borrow()
    }
}

/// The nodes that count, as they stand.
fn standings<'a>(snapshot: &'a Snapshot<'a>, picture: &'a Picture) -> Vec<Standing<'a>> {
    let Picture { coverage, roll, .. } = picture;
    let members = snapshot.members();
    let told_apart = members.iter().filter(|member| !coverage.left_out.contains(member.name));
    let known = told_apart.map(|member| {
        let is_whole = !coverage.tentative_ids.contains(member.id());
        let figures = is_whole.then_some(&member.report.node);
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

fn equal(nodes: usize) -> Verdict {
    Verdict::yes("Equal", format!("AIOS says what is true of {nodes} nodes"))
}

fn in_sync(judgement: &Judgement, stored: &RawDocument) -> Verdict {
    if let Some((id, reason)) = judgement.left_out.first_key_value() {
        return Verdict::no("LeftOut", format!("node '{id}' stays out of AIOS's copy: {reason}"));
    }
    if let Some(part) = judgement.given_way.first() {
        return Verdict::no(
            "Contested",
            format!("{part} is put back later, since somebody else changes it again and again"),
        );
    }
    if judgement.held.is_some() {
        return Verdict::no("RemovalsHeld", "too many nodes are gone at once: see RemovalsHeld");
    }
    let left = differences(stored, &judgement.wanted);
    if left.is_empty() { equal(stored.ids().count()) } else { different(&left) }
}

impl Looked {
    /// What was sent was not done, or not all of it.
    fn failed(failure: &Failure) -> Self {
        let reason = match failure {
            failure if failure.is_refusal() => "Refused",
            Failure::Trouble(_) | Failure::Unsettled { .. } | Failure::Vanished(_) => UNREACHABLE,
            Failure::Taken(_) => "IdTaken",
            Failure::NotKept { .. } => "NotKept",
            Failure::TooLarge(_) => "TooLarge",
            _ => "Stopped",
        };
        tracing::warn!(%failure, "AIOS's copy is not as it should be");
        Self {
            submitted: None,
            in_sync: Verdict::no(reason, failure.to_string()),
            work: Work::default(),
        }
    }

    fn with(mut self, judgement: &Judgement) -> Self {
        (self.work.held, self.work.next) = (judgement.held, judgement.next);
        self
    }
}
