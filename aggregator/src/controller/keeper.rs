//! Looks at AIOS's copy again and again, and does what is to be done about it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use inventory_common::resource::{ClusterOnboarding, OnboardingReason, Receipt};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use tokio::sync::watch;
use tokio::time::sleep;

use super::census::Census;
use super::course::{Course, Known, Stored, choose};
use super::judgement::Memory;
use super::leader::{Leader, Standing};
use super::looked::{AFTER_TROUBLE, Looked, UNREACHABLE, before};
use super::metrics::{Found, Metrics};
use super::picture::Picture;
use super::reporter::Reporter;
use super::shared::Shared;
use super::status::{Findings, Verdict, status};
use super::way::Way;
use crate::aios::ClusterId;

/// When something is done.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// From one look at AIOS's copy to the next while nothing changes.
    pub compare_every: Duration,
    /// How long changes are gathered before they are looked at.
    pub settle: Duration,
    /// How long a Node must be gone before its entry goes.
    pub remove_after: Duration,
}

/// Keeps AIOS's copy true, while it is the leader.
pub struct Keeper {
    pub shared: Arc<Shared>,
    pub leader: Arc<Leader>,
    pub way: Way,
    pub reporter: Reporter,
    pub timing: Timing,
    pub metrics: Metrics,
    pub stopping: watch::Receiver<bool>,
    pub memory: Memory,
    /// The last receipt, and the UID of the onboarding that it is of: the watch shows later that it
    /// was written, and it may not have been.
    pub receipt: Option<(Option<String>, Receipt)>,
}

impl Keeper {
    /// Keeps it true until it is told to stop. What it has begun by then it ends.
    pub async fn run(mut self) {
        let mut standing = self.leader.standing();
        let mut wait = Duration::ZERO;
        while self.rest(wait, &mut standing).await {
            wait = self.turn().await;
        }
    }

    /// Does what is its part now, and answers how long to wait until the next time.
    pub(super) async fn turn(&mut self) -> Duration {
        let transitions = self.shared.view().take_transitions();
        if !self.leader.holds(Instant::now()) {
            // Another one looks and tells, and what it does meanwhile is not known here.
            self.memory = Memory::default();
            self.shared.looked(None);
            return self.timing.compare_every;
        }
        self.reporter.tell(transitions).await;
        if !self.shared.view().is_whole() {
            return self.timing.compare_every;
        }
        // It is large, and rare.
        Box::pin(self.look()).await
    }

    /// Waits so long, or until something changes and has settled. Answers whether to go on.
    async fn rest(&mut self, wait: Duration, standing: &mut watch::Receiver<Standing>) -> bool {
        let settled = async {
            self.shared.changed().await;
            sleep(self.timing.settle).await;
        };
        tokio::select! {
            () = sleep(wait) => {}
            () = settled => {}
            _ = standing.changed() => {}
            _ = self.stopping.changed() => {}
        }
        !*self.stopping.borrow()
    }

    /// Looks once, and answers how long to wait until the next time.
    pub(super) async fn look(&mut self) -> Duration {
        let (onboarding, sight) = {
            let view = self.shared.view();
            (view.cluster().cloned(), view.sight())
        };
        let Some(picture) = onboarding.map(|onboarding| Picture::of(onboarding, sight)) else {
            self.metrics.found(None);
            self.shared.looked(None);
            return self.timing.compare_every;
        };
        self.memory.saw(&picture.ids);
        let looked = self.act(&picture).await;
        let next = looked.work.next.map(|next| next.saturating_duration_since(Instant::now()));
        let is_troubled = looked.in_sync.reason == UNREACHABLE.as_str();
        self.metrics.looked(looked.in_sync.status);
        let asked = self.way.addresses();
        self.shared.looked(Some(looked.told(Timestamp::now(), asked)));
        self.report(picture, looked).await;
        let pause = if is_troubled { AFTER_TROUBLE } else { self.timing.compare_every };
        pause.min(next.unwrap_or(pause)).min(self.timing.compare_every)
    }

    async fn act(&mut self, picture: &Picture) -> Looked {
        let id = &picture.onboarding.spec.profile.id;
        let id: Result<ClusterId, _> = id.parse();
        let (aios, id) = match (self.way.to(&picture.onboarding.spec.profile), id) {
            (Ok(aios), Ok(id)) => (aios, id),
            (Err(line), _) => {
                return Looked::blocked(Verdict::no(OnboardingReason::NoAddress, line));
            }
            (_, Err(error)) => {
                return Looked::blocked(Verdict::no(OnboardingReason::Invalid, error.to_string()));
            }
        };
        let stored = match aios.read(&id).await {
            Ok(stored) => stored,
            Err(trouble) => return Looked::unreachable(&trouble),
        };
        let known = Known {
            submit: picture.onboarding.spec.submit,
            stored: match &stored {
                None => Stored::Absent,
                Some(stored) if picture.is_foreign_to(stored) => Stored::Foreign,
                Some(_) => Stored::Ours,
            },
            was_submitted: self.receipt(&picture.onboarding).is_some(),
            is_covered: picture.coverage.is_complete(),
        };
        match (choose(known), stored) {
            (Course::Wait(wait), _) => Looked::waiting(wait, picture),
            (Course::Create, _) | (_, None) => self.create(picture, &aios, &id).await,
            (Course::Finish, Some(stored)) => self.keep(picture, &aios, &id, stored, true).await,
            (Course::Keep, Some(stored)) => self.keep(picture, &aios, &id, stored, false).await,
            (Course::Compare, Some(stored)) => self.compare(picture, &stored),
        }
    }

    /// The receipt of the last submission, as far as it is known.
    fn receipt(&self, onboarding: &ClusterOnboarding) -> Option<Receipt> {
        let written = onboarding.status.as_ref().and_then(|status| status.receipt.as_ref());
        let ours = self.receipt.as_ref().filter(|(uid, _)| *uid == onboarding.metadata.uid);
        let ours = ours.map(|(_, receipt)| receipt);
        written.into_iter().chain(ours).max_by_key(|receipt| receipt.time.0).cloned()
    }

    async fn report(&mut self, picture: Picture, looked: Looked) {
        let census = Census::of(&picture);
        let Picture { onboarding, coverage, totals, .. } = picture;
        let Looked { submitted, in_sync, work, .. } = looked;
        if let Some(receipt) = work.receipt {
            self.receipt = Some((onboarding.metadata.uid.clone(), receipt));
        }
        // The status is the leader's.
        if !self.leader.holds(Instant::now()) {
            return;
        }
        let contested: Vec<String> = self.memory.contested().map(ToString::to_string).collect();
        let findings = Findings {
            generation: onboarding.metadata.generation,
            totals,
            coverage,
            submitted: submitted.unwrap_or_else(|| before(&onboarding)),
            in_sync,
            contested,
            held: work.held,
            receipt: self.receipt(&onboarding),
        };
        let status = status(findings, onboarding.status.as_ref(), &Time(Timestamp::now()));
        self.metrics.found(Some(Found {
            census,
            differences: work.differences,
            status: status.clone(),
        }));
        self.reporter.report(&onboarding, &status).await;
    }
}
