//! Takes what is learnt of host and cluster, event by event, and writes what differs.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use inventory_common::Inventory;
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::api::{DynamicObject, PartialObjectMeta};
use tokio::sync::mpsc::Receiver;

use super::api::{Cluster, Trouble, Written};
use super::backoff::Backoff;
use super::follow::Notice;
use super::health::{Health, Part};
use super::journal::Journal;
use super::metrics::Metrics;
use super::prober::{Doubt, Read};
use super::view::View;
use super::writing::{Reason, Target};
use crate::report::brief::brief;
use crate::report::cluster::says_the_same;
use crate::report::desired::{Identity, Wanted, Write, decide};
use crate::report::steady::Steady;

/// How often kubelet's figures are read where nothing has changed, and where that failed.
const KUBELET_CADENCE: Duration = Duration::from_mins(10);
const KUBELET_CADENCE_WHILE_FAILING: Duration = Duration::from_mins(1);

/// When to look again though nothing happens.
const LATER: Duration = Duration::from_hours(1);

/// So many rounds of writing bring anything about: an orphan is deleted, then made anew.
const ROUNDS: u32 = 3;

/// Something was learnt.
#[derive(Debug)]
pub enum Event {
    /// The host was read, or could not be.
    Read(Read),
    /// Of the Node.
    Node(Notice<PartialObjectMeta<Node>>),
    /// Of the `NodeInventory`.
    Object(Notice<DynamicObject>),
}

/// All that the daemon knows.
pub struct Reporter<'a> {
    identity: Identity,
    cluster: &'a Cluster,
    health: &'a Health,
    metrics: &'a Metrics,
    doubt: Doubt,
    view: View,
    steady: Steady,
    /// The latest reading, until it is judged.
    latest: Option<Arc<Inventory>>,
    /// What may be reported.
    admitted: Option<Arc<Inventory>>,
    /// What was there when all was right last.
    right: Option<Wanted>,
    kubelet_due: Instant,
    backoff: Backoff,
    journal: Journal,
}

impl<'a> Reporter<'a> {
    /// A reporter that knows nothing yet.
    pub fn new(
        identity: Identity,
        cluster: &'a Cluster,
        health: &'a Health,
        metrics: &'a Metrics,
        doubt: Doubt,
    ) -> Self {
        Self {
            journal: Journal::of(identity.name.clone()),
            identity,
            cluster,
            health,
            metrics,
            doubt,
            view: View::default(),
            steady: Steady::default(),
            latest: None,
            admitted: None,
            right: None,
            kubelet_due: Instant::now(),
            backoff: Backoff::default(),
        }
    }

    /// Takes every event and does what follows, for ever.
    pub async fn run(mut self, mut inbox: Receiver<Event>) {
        loop {
            match tokio::time::timeout_at(self.wake().into(), inbox.recv()).await {
                Ok(Some(event)) => self.take(event),
                Ok(None) => return,
                Err(_elapsed) => {}
            }
            while let Ok(event) = inbox.try_recv() {
                self.take(event);
            }
            self.admit();
            self.work().await;
        }
    }

    /// When there is something to do though nothing happens.
    fn wake(&self) -> Instant {
        let now = Instant::now();
        let rivals = [Target::Node, Target::Object];
        let rivals =
            rivals.into_iter().filter_map(|target| Some(now + self.view.pause(target, now)?));
        self.backoff.until().into_iter().chain(rivals).min().unwrap_or(now + LATER)
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Read(read) => self.read(read),
            Event::Node(notice) => {
                self.count_loss(&notice);
                let former = self.view.node_uid();
                let trouble = self.view.node(notice, &self.identity.name);
                if self.view.node_uid() != former {
                    self.kubelet_due = Instant::now();
                }
                self.tell(Part::Node, trouble);
            }
            Event::Object(notice) => {
                self.count_loss(&notice);
                let trouble = self.view.object(notice);
                self.tell(Part::Object, trouble);
            }
        }
    }

    fn read(&mut self, read: Read) {
        let trouble = match read {
            Ok(reading) => {
                self.metrics.read(&reading);
                self.health.lost_touch(reading.lost_touch, Instant::now());
                self.latest = Some(reading.inventory);
                None
            }
            Err(trouble) => Some(trouble),
        };
        self.tell(Part::Host, trouble);
    }

    /// Judges the latest reading, once it is known what was reported before.
    fn admit(&mut self) {
        if !self.view.has_heard_of_object() {
            return;
        }
        let Some(inventory) = self.latest.take() else { return };
        if let Some(status) = self.view.reported() {
            self.steady.remember(status);
        }
        if !self.steady.admits(&brief(&inventory)) {
            self.journal.waits();
            self.doubt.store(true, Ordering::Relaxed);
            return;
        }
        if self.admitted.as_ref() != Some(&inventory) {
            self.journal.read(self.admitted.as_deref(), &inventory);
            self.kubelet_due = Instant::now();
        }
        self.admitted = Some(inventory);
    }

    /// Writes until all is right, or something is in the way.
    async fn work(&mut self) {
        for _ in 0..ROUNDS {
            if self.admitted.is_none() || self.backoff.is_on(Instant::now()) {
                return;
            }
            self.ask_kubelet().await;
            let now = (Instant::now(), &now());
            let Some(inventory) = &self.admitted else { return };
            let Some((wanted, writes)) = decide(&self.identity, inventory, &self.view.shown, now)
            else {
                return;
            };
            self.metrics.judged(&wanted.status.conditions);
            if writes.is_empty() {
                if self.view.has_seen_object() {
                    self.right = Some(wanted);
                    self.backoff.reset();
                    self.tell(Part::Report, None);
                }
                return;
            }
            if !self.write_all(&wanted, writes).await {
                return;
            }
        }
    }

    /// Whether all was written, so that it is worth to look again.
    async fn write_all(&mut self, wanted: &Wanted, writes: Vec<Write>) -> bool {
        for write in writes {
            let (target, reason) = (Target::of(&write), self.reason(&write, wanted));
            if self.view.pause(target, Instant::now()).is_some() {
                let trouble = format!("somebody keeps changing the {target}, and is waited for");
                self.tell(Part::Report, Some(trouble));
                return false;
            }
            match self.cluster.write(&write).await {
                Ok(written) => self.wrote(written, target, reason),
                Err(trouble) => {
                    self.failed(&trouble, target);
                    return false;
                }
            }
        }
        true
    }

    fn wrote(&mut self, written: Written, target: Target, reason: Reason) {
        self.journal.wrote(target, reason);
        self.metrics.wrote(target, reason);
        let now = Instant::now();
        if reason == Reason::Mended {
            self.view.mended(target, now);
        }
        self.view.wrote(written, now);
    }

    fn failed(&mut self, trouble: &Trouble, target: Target) {
        self.metrics.failed(trouble.kind());
        self.backoff.failed(trouble, Instant::now());
        self.tell(Part::Report, Some(format!("cannot write the {target}: {}", trouble.told())));
    }

    /// What made a write necessary: what is wanted has changed, or else what is there.
    fn reason(&self, write: &Write, wanted: &Wanted) -> Reason {
        let Some(right) = &self.right else { return Reason::First };
        let is_wanted_still = match write {
            Write::Node(_) => {
                (&right.node_id, &right.gpu_info) == (&wanted.node_id, &wanted.gpu_info)
            }
            Write::Object(_) => says_the_same(&right.status, &wanted.status),
            Write::Orphan(_) => false,
        };
        if is_wanted_still { Reason::Mended } else { Reason::Changed }
    }

    /// Reads kubelet's figures where they are due. Without them all else goes on.
    async fn ask_kubelet(&mut self) {
        let now = Instant::now();
        if now < self.kubelet_due || self.view.shown.node.present().is_none() {
            return;
        }
        let cadence = match self.cluster.kubelet().await {
            Ok(kubelet) => {
                self.journal.kubelet(None);
                self.view.shown.kubelet = Some(kubelet);
                KUBELET_CADENCE
            }
            Err(trouble) => {
                self.metrics.failed(trouble.kind());
                self.journal.kubelet(Some(&trouble.told()));
                KUBELET_CADENCE_WHILE_FAILING
            }
        };
        self.kubelet_due = now + cadence;
    }

    fn count_loss<K>(&self, notice: &Notice<K>) {
        if let Notice::Lost(trouble) = notice {
            self.metrics.failed(trouble.kind());
        }
    }

    /// Tells of a part's state, and of a change of it in the log too.
    fn tell(&self, part: Part, trouble: Option<String>) {
        if self.health.set(part, trouble.clone()) {
            self.journal.part(part, trouble);
        }
    }
}

/// Now, to the second, as Kubernetes writes times.
fn now() -> Time {
    let second = Timestamp::from_second(Timestamp::now().as_second());
    Time(second.unwrap_or_default())
}
