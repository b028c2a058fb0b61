//! Leader election by a Lease, so that one aggregator at a time writes to AIOS.
//!
//! [`contender`] decides; this file asks and writes.

pub mod contender;
mod standing;

use std::convert::Infallible;
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;
use k8s_openapi::jiff::Timestamp;
use kube::api::{Api, PostParams};
use kube::{Client, Error};
use tokio::sync::watch;

use crate::kubernetes::trouble;
use contender::{Contender, Step, released};
pub use standing::Standing;

/// The Lease of those that write to AIOS, in the aggregator's namespace. The chart gives the right to
/// this one alone.
pub const LEASE: &str = "inventory-aggregator";

/// From one try to the next.
const RETRY_PERIOD: Duration = Duration::from_secs(2);

/// How long an answer may take: a holder has a second try within its deadline.
const ANSWER: Duration = Duration::from_secs(5);

/// How often a Lease is given back that changes at the same time.
const RELEASES: usize = 3;

/// One contender for a Lease, as the rest of the process sees it.
#[derive(Debug)]
pub struct Leader {
    leases: Api<Lease>,
    namespace: String,
    name: String,
    identity: String,
    standing: watch::Sender<Standing>,
}

/// What the holder of this identity is called, such as the pod's name.
#[must_use]
pub fn called(identity: &str) -> &str {
    identity.rsplit_once('_').map_or(identity, |(called, _unique)| called)
}

/// The Lease cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot use the Lease '{lease}': {why}")]
pub struct Trouble {
    lease: String,
    why: String,
}

/// Why a Lease was not held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotHeld {
    /// Somebody else holds it.
    #[error("'{holder}' holds the Lease '{lease}': wait for it to end, or end it")]
    Busy {
        /// The Lease, with its namespace.
        lease: String,
        /// Who.
        holder: String,
    },
    /// It cannot be used.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl Leader {
    /// A contender for this Lease. `called` is what its holder is known by, such as the pod's name;
    /// something is added that tells this process from all others.
    #[must_use]
    pub fn new(client: Client, namespace: &str, name: &str, called: &str) -> Self {
        let unique = RandomState::new().hash_one(std::process::id());
        Self {
            leases: Api::namespaced(client, namespace),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            identity: format!("{called}_{unique:016x}"),
            standing: watch::Sender::default(),
        }
    }

    /// What it is called in the Lease.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Whether this one holds the Lease then. To be asked before every write.
    #[must_use]
    pub fn holds(&self, now: Instant) -> bool {
        self.standing.borrow().leads(now)
    }

    /// How it stands, with every change of it.
    #[must_use]
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// Takes the Lease when it can be had, and keeps it. Never ends by itself: whatever fails is
    /// tried again, and what is lost is taken again.
    pub async fn run(&self) -> Infallible {
        tokio::join!(self.contend(), self.give_up_in_time()).0
    }

    /// Does the work while holding the Lease, and gives it back. Waits for it so long at most, and
    /// not at all once something fails; a holder that died is known after the Lease's 15 s.
    pub async fn hold_while<T>(
        &self,
        wait: Duration,
        work: impl AsyncFnOnce() -> T,
    ) -> Result<T, NotHeld> {
        let mut run = std::pin::pin!(self.run());
        tokio::select! {
            never = &mut run => match never {},
            taken = self.taken(wait) => taken?,
        }
        let done = tokio::select! {
            never = &mut run => match never {},
            done = work() => done,
        };
        self.release().await;
        Ok(done)
    }

    /// Gives the Lease back, if this one holds it, so that another can take it at once. What runs
    /// must have been stopped.
    pub async fn release(&self) {
        self.standing.send_replace(Standing::default());
        for _ in 0..RELEASES {
            match self.try_release().await {
                Ok(()) => return,
                Err(Error::Api(status)) if status.code == 409 => {}
                Err(error) => {
                    let trouble = self.trouble(told(&error));
                    tracing::warn!(%trouble, "the Lease is not given back: others wait until it has run out");
                    return;
                }
            }
        }
    }

    async fn try_release(&self) -> Result<(), Error> {
        let lease = in_time(self.leases.get_opt(&self.name)).await?;
        let lease = lease.and_then(|lease| released(lease, &self.identity, &now()));
        if let Some(lease) = lease {
            in_time(self.leases.replace(&self.name, &PostParams::default(), &lease)).await?;
            tracing::info!("the Lease is given back");
        }
        Ok(())
    }

    /// Is there once the Lease is held, or cannot be had.
    async fn taken(&self, wait: Duration) -> Result<(), NotHeld> {
        let mut standing = self.standing();
        let is_settled = |seen: &Standing| seen.leads(Instant::now()) || seen.trouble.is_some();
        let settled = tokio::time::timeout(wait, standing.wait_for(is_settled)).await;
        drop(settled);
        let seen = standing.borrow().clone();
        match (seen.trouble, seen.holder) {
            _ if self.holds(Instant::now()) => Ok(()),
            (Some(trouble), _) => Err(trouble.into()),
            (None, Some(holder)) => Err(NotHeld::Busy { lease: self.lease(), holder }),
            (None, None) => {
                let why = format!("no answer within {} s", wait.as_secs());
                Err(self.trouble(why).into())
            }
        }
    }

    async fn contend(&self) -> Infallible {
        let mut contender = Contender::new(self.identity.clone());
        loop {
            let trouble = match self.attempt(&mut contender).await {
                // Somebody was quicker: the next look shows who.
                Err(Error::Api(status)) if status.code == 409 => None,
                tried => tried.err().map(|error| self.trouble(told(&error))),
            };
            self.tell(|_| Standing::of(&contender, trouble));
            tokio::time::sleep(RETRY_PERIOD).await;
        }
    }

    /// Takes or renews the Lease, or sees that somebody else holds it.
    async fn attempt(&self, contender: &mut Contender) -> Result<(), Error> {
        let params = PostParams::default();
        loop {
            let sent = Instant::now();
            let step = contender.step(sent, &now());
            if step == Step::Look {
                let lease = in_time(self.leases.get_opt(&self.name)).await?;
                contender.saw(lease, Instant::now());
                continue;
            }
            // Until it is written: this may fail, and then nobody knows.
            contender.doubt();
            let written = match step {
                Step::Create(mut lease) => {
                    lease.metadata.name = Some(self.name.clone());
                    in_time(self.leases.create(&params, &lease)).await?
                }
                Step::Replace(lease) => {
                    in_time(self.leases.replace(&self.name, &params, &lease)).await?
                }
                Step::Look | Step::Wait => return Ok(()),
            };
            contender.wrote(written, sent);
            return Ok(());
        }
    }

    /// Says that the Lease is not held any more when its time is over, whatever becomes of a try.
    async fn give_up_in_time(&self) {
        let mut standing = self.standing();
        loop {
            let until = standing.borrow_and_update().held_until();
            if let Some(until) = until {
                tokio::time::sleep_until(until.into()).await;
                self.tell(|known| known.at(Instant::now()));
            } else if standing.changed().await.is_err() {
                return;
            }
        }
    }

    fn tell(&self, how: impl FnOnce(&Standing) -> Standing) {
        self.standing.send_if_modified(|known| {
            let standing = how(known);
            standing.log(known);
            let is_news = !standing.says_as(known);
            *known = standing;
            is_news
        });
    }

    fn lease(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    fn trouble(&self, why: String) -> Trouble {
        Trouble { lease: self.lease(), why }
    }
}

fn now() -> MicroTime {
    MicroTime(Timestamp::now())
}

async fn in_time<T>(answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| Error::Service(format!("no answer within {} s", ANSWER.as_secs()).into());
    tokio::time::timeout(ANSWER, answer).await.map_err(late)?
}

/// The error in one line, with what to do about it where that is known.
fn told(error: &Error) -> String {
    match error {
        Error::Api(status) if status.code == 403 => {
            format!("{}: bind a role with get, create and update of leases", status.message)
        }
        error => trouble::told(error),
    }
}
