//! The daemon: reads the node again and again, and keeps what the cluster shows of it true.

mod api;
mod backoff;
mod follow;
mod health;
mod journal;
mod listener;
mod metrics;
mod nvml;
mod own_process;
mod prober;
mod reporter;
mod throttled;
mod view;
mod writing;

use std::future::Future;
use std::sync::Arc;

use anyhow::Context;
use inventory_common::Stated;
use inventory_common::metrics::About;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::cli::{DaemonArgs, HostArgs, Sources, StatedArgs};
use crate::host::Attendant;
use crate::identity::{self, Hints};
use crate::report::desired::Identity;
use follow::follow;
use prober::{Plan, Prober};
use reporter::Reporter;

pub use api::Cluster;
pub use health::Health;
pub use metrics::Metrics;
pub use prober::{Doubt, Reading};
pub use reporter::Event;

/// How many events may wait for the reporter: it takes them one by one, and none is dropped.
const WAITING_EVENTS: usize = 16;

/// What there is to say of each metric.
#[must_use]
pub fn metrics() -> Vec<About> {
    metrics::METRICS.iter().map(|metric| metric.about(&metrics::LABELS)).collect()
}

/// Runs until it is told to end, and never ends by itself: whatever fails is tried again.
pub(crate) fn run(
    args: DaemonArgs,
    host: HostArgs,
    stated: StatedArgs,
    hints: &Hints,
) -> anyhow::Result<()> {
    args.logs.start();
    let name = node_name(&args, &host, hints)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(report(args, host, stated, name))
}

/// The Node's name, without which nothing can be reported.
fn node_name(args: &DaemonArgs, host: &HostArgs, hints: &Hints) -> anyhow::Result<String> {
    if let Some(name) = &args.node_name {
        return Ok(name.clone());
    }
    let identity = Attendant::default().read(&host.root, || {
        let hints = hints.clone();
        move |root| identity::identify(&root, &hints)
    })?;
    identity.name.context("the Node's name is not known: give --node-name, or in a pod set NODE_NAME from spec.nodeName")
}

async fn report(
    args: DaemonArgs,
    host: HostArgs,
    stated: StatedArgs,
    name: String,
) -> anyhow::Result<()> {
    let end = ended()?;
    let DaemonArgs { kubeconfig, context, listen, interval, .. } = args;
    let cluster = Cluster::connect(kubeconfig.as_deref(), context, &name).await?;
    let listener = listener::bind(&listen).await;
    let listener = listener.with_context(|| format!("cannot listen on '{listen}' (--listen)"))?;
    tracing::info!(node = name, address = %listener.local_addr()?, "listening");

    let health = Arc::new(Health::new(args.restart_on_driver_change));
    let metrics = Metrics::new(interval);
    let registry = metrics.registry(&name, Arc::clone(&health));
    let serve = listener::serve(listener, Arc::clone(&health), registry);
    let (events, inbox) = channel();
    let stated = Stated { without_gpus: host.gpu.sources == Sources::None, ..stated.into() };
    let plan =
        Plan { root: host.root, order: host.gpu.order(None), stated, interval, name: name.clone() };
    let identity = Identity { name: name.clone(), overwrite_node_id: args.overwrite_node_id };
    let readings = events.clone();
    let hear = move |read| readings.blocking_send(Event::Read(read)).is_ok();
    let doubt = Prober::start(plan, hear)?;
    tokio::select! {
        () = end => {}
        () = keep(identity, &cluster, &health, &metrics, doubt, (events, inbox)) => {}
        result = serve => result?,
    }
    tracing::info!(node = name, "ended");
    Ok(())
}

/// Where to tell what was learnt, and where it is heard.
#[must_use]
pub fn channel() -> (Sender<Event>, Receiver<Event>) {
    mpsc::channel(WAITING_EVENTS)
}

/// Keeps what the cluster shows of a node true, for ever, as its readings come by this channel.
pub async fn keep(
    identity: Identity,
    cluster: &Cluster,
    health: &Health,
    metrics: &Metrics,
    doubt: Doubt,
    (events, inbox): (Sender<Event>, Receiver<Event>),
) {
    // Nobody listens only when all ends.
    let tell = async |event| events.send(event).await.unwrap_or_default();
    let reporter = Reporter::new(identity, cluster, health, metrics, doubt);
    tokio::select! {
        () = follow(&cluster.nodes, &cluster.name, async |notice| tell(Event::Node(notice)).await) => {}
        () = follow(&cluster.objects, &cluster.name, async |notice| tell(Event::Object(notice)).await) => {}
        () = reporter.run(inbox) => {}
    }
}

/// Is there once somebody tells this process to end.
fn ended() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
