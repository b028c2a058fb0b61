//! Leader election at a real API server. How long anything takes is not asserted, only who holds the
//! Lease when somebody else does.

use std::sync::Arc;
use std::time::{Duration, Instant};

use inventory_aggregator::controller::leader::{LEASE, Leader, NotHeld, Standing};
use k8s_openapi::api::coordination::v1::Lease;
use kube::Client;
use kube::api::{Api, Patch, PatchParams};
use serde_json::json;
use test_kubernetes::{account, wait};
use tokio::task::JoinHandle;

use crate::environment::{Cluster, Environment, cases};

cases![
    one_holds_the_lease_and_when_it_dies_the_other_takes_over,
    what_is_given_back_is_taken_by_the_other,
    a_lease_that_is_lost_is_given_up,
    a_holder_whose_api_server_is_away_stops_and_takes_it_up_again,
    work_is_done_while_holding_the_lease_and_not_while_another_does,
    the_rights_of_the_chart_are_enough_and_no_more,
];

/// How long anything may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// The namespace of those Leases that are about no rights.
const NAMESPACE: &str = "default";

/// A contender that runs until it is killed.
struct Running {
    leader: Arc<Leader>,
    task: JoinHandle<()>,
}

impl Running {
    fn start(client: &Client, lease: &str, called: &str) -> Self {
        let leader = Arc::new(Leader::new(client.clone(), NAMESPACE, lease, called));
        let runs = Arc::clone(&leader);
        let task = tokio::spawn(async move {
            runs.run().await;
        });
        Self { leader, task }
    }

    fn holds(&self) -> bool {
        self.leader.holds(Instant::now())
    }

    /// How it stands, once that looks so.
    async fn sees(&self, what: &str, looks_so: impl Fn(&Standing) -> bool) -> Standing {
        let standing = self.leader.standing();
        let look = async || Some(standing.borrow().clone()).filter(&looks_so);
        wait::until(what, PATIENCE, look).await.0
    }

    async fn wait_until_it_holds(&self) {
        let what = format!("{} holds the Lease", self.leader.identity());
        wait::until(&what, PATIENCE, async || self.holds().then_some(())).await;
    }

    /// It does nothing any more, and tells nobody.
    async fn kill(&mut self) {
        self.task.abort();
        assert!((&mut self.task).await.unwrap_err().is_cancelled());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn lease(client: &Client, name: &str) -> Lease {
    Api::namespaced(client.clone(), NAMESPACE).get(name).await.unwrap()
}

async fn transitions(client: &Client, name: &str) -> Option<i32> {
    lease(client, name).await.spec.unwrap().lease_transitions
}

async fn one_holds_the_lease_and_when_it_dies_the_other_takes_over(environment: Arc<Environment>) {
    let admin = &environment.cluster().await.admin;
    let mut first = Running::start(admin, "dies", "a-pod");
    first.wait_until_it_holds().await;
    let second = Running::start(admin, "dies", "a-pod");
    let seen = second.sees("another holds it", |seen| seen.holder.is_some()).await;
    assert_eq!(seen.holder.as_deref(), Some(first.leader.identity()));
    assert!(first.holds() && !second.holds());
    assert_eq!(transitions(admin, "dies").await, Some(0));
    first.kill().await;
    second.wait_until_it_holds().await;
    // It was told nothing, and knows all the same that its time is over.
    assert!(!first.holds());
    assert_eq!(transitions(admin, "dies").await, Some(1));
    let spec = lease(admin, "dies").await.spec.unwrap();
    assert_eq!(spec.holder_identity.as_deref(), Some(second.leader.identity()));
}

async fn what_is_given_back_is_taken_by_the_other(environment: Arc<Environment>) {
    let admin = &environment.cluster().await.admin;
    let mut first = Running::start(admin, "given-back", "first");
    first.wait_until_it_holds().await;
    let second = Running::start(admin, "given-back", "second");
    second.sees("another holds it", |seen| seen.holder.is_some()).await;
    first.kill().await;
    first.leader.release().await;
    assert!(!first.holds());
    assert_eq!(lease(admin, "given-back").await.spec.unwrap().holder_identity, None);
    second.wait_until_it_holds().await;
    // Whoever does not hold it gives nothing back.
    first.leader.release().await;
    let spec = lease(admin, "given-back").await.spec.unwrap();
    assert_eq!(spec.holder_identity.as_deref(), Some(second.leader.identity()));
}

async fn a_lease_that_is_lost_is_given_up(environment: Arc<Environment>) {
    let admin = &environment.cluster().await.admin;
    let holder = Running::start(admin, "lost", "holder");
    holder.wait_until_it_holds().await;
    let api: Api<Lease> = Api::namespaced(admin.clone(), NAMESPACE);
    let theft = json!({ "spec": { "holderIdentity": "thief", "leaseDurationSeconds": 3600 } });
    let params = PatchParams::default();
    api.patch("lost", &params, &Patch::Merge(&theft)).await.unwrap();
    holder.sees("it is lost", |seen| seen.holder.as_deref() == Some("thief")).await;
    assert!(!holder.holds());
    // An object that is gone is nobody's.
    api.delete("lost", &kube::api::DeleteParams::default()).await.unwrap();
    holder.wait_until_it_holds().await;
}

async fn a_holder_whose_api_server_is_away_stops_and_takes_it_up_again(_: Arc<Environment>) {
    let mut cluster = Cluster::start().await;
    let holder = Running::start(&cluster.admin, "away", "holder");
    holder.wait_until_it_holds().await;
    let mut changes = holder.leader.standing();
    changes.mark_unchanged();
    cluster.plane.stop_api_server();
    let seen = holder.sees("it gives up", |seen| !seen.leads(Instant::now())).await;
    // Whoever waits for it hears of it.
    assert!(changes.has_changed().unwrap());
    assert!(!holder.holds());
    let trouble = seen.trouble.unwrap().to_string();
    assert!(trouble.starts_with("cannot use the Lease 'default/away': "), "{trouble}");
    assert_eq!(trouble.lines().count(), 1, "{trouble}");
    cluster.plane.start_api_server().await;
    holder.wait_until_it_holds().await;
    // Nobody else had it meanwhile.
    assert_eq!(transitions(&cluster.admin, "away").await, Some(0));
    assert_eq!(holder.leader.standing().borrow().trouble, None);
}

async fn work_is_done_while_holding_the_lease_and_not_while_another_does(
    environment: Arc<Environment>,
) {
    let admin = &environment.cluster().await.admin;
    let leader = Leader::new(admin.clone(), NAMESPACE, "work", "command");
    let other = Leader::new(admin.clone(), NAMESPACE, "work", "other");
    let work = async || {
        assert!(leader.holds(Instant::now()));
        let refused = other.hold_while(Duration::from_secs(3), async || ()).await;
        let NotHeld::Busy { lease, holder } = refused.unwrap_err() else { panic!("no trouble") };
        assert_eq!((lease.as_str(), holder.as_str()), ("default/work", leader.identity()));
        // It is kept for longer than it would last by itself.
        tokio::time::sleep(Duration::from_secs(16)).await;
        assert!(leader.holds(Instant::now()));
        7
    };
    assert_eq!(leader.hold_while(PATIENCE, work).await, Ok(7));
    assert!(!leader.holds(Instant::now()));
    assert_eq!(lease(admin, "work").await.spec.unwrap().holder_identity, None);
    assert_eq!(other.hold_while(PATIENCE, async || ()).await, Ok(()));
}

async fn the_rights_of_the_chart_are_enough_and_no_more(environment: Arc<Environment>) {
    let Cluster { plane, chart, .. } = environment.cluster().await;
    let account = chart.account("aggregator");
    let client = account::client_of(plane, &chart.namespace, &account).await;
    let leader = |name| Leader::new(client.clone(), &chart.namespace, name, "aggregator");
    let own = leader(LEASE);
    let held = async || assert!(own.holds(Instant::now()));
    // Made by the first, and taken by the second.
    for _ in 0..2 {
        assert_eq!(own.hold_while(PATIENCE, held).await, Ok(()));
    }
    let trouble = leader("another").hold_while(PATIENCE, async || ()).await.unwrap_err();
    let told = trouble.to_string();
    assert!(told.starts_with("cannot use the Lease 'aios-inventory/another': "), "{told}");
    assert!(told.ends_with("bind a role with get, create and update of leases"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}
