//! The controller: keeps AIOS's copy of the cluster true.
//!
//! ```text
//! watches ──▶ View ──▶ Picture ──course, judgement──▶ what is written to AIOS
//!              │                 └──────status──────▶ the ClusterOnboarding, Events
//!              └──live──▶ a page that follows
//! ```

mod census;
mod course;
mod creation;
mod follow;
mod journal;
mod judgement;
mod keeper;
mod kept;
pub mod leader;
mod listener;
mod live;
mod looked;
mod metrics;
mod news;
mod picture;
mod put_backs;
mod removals;
mod reporter;
mod seen;
mod shared;
mod status;
mod told;
mod transition;
mod view;
mod watches;
mod way;
mod work;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use inventory_common::metrics::About;
use kube::Client;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::cli::RunArgs;
use crate::kubernetes::connect::connect;
use judgement::Memory;
use keeper::{Keeper, Timing};
use leader::{LEASE, Leader};
use live::Source;
use metrics::Metrics;
use reporter::Reporter;
use shared::Shared;
use way::Way;

/// What there is to say of each metric.
#[must_use]
pub fn metrics() -> Vec<About> {
    metrics::METRICS.iter().map(|metric| metric.about(&[])).collect()
}

/// Runs until it is told to end. What it has begun to write it ends, and gives the Lease back.
pub async fn run(args: RunArgs) -> anyhow::Result<()> {
    let end = ended()?;
    let client = connect(args.cluster.context.names()).await?;
    let health = listen("--listen", &args.listen).await?;
    let page = listen("--cluster-listen", &args.cluster_listen).await?;
    tracing::info!(address = %health.local_addr()?, cluster = %page.local_addr()?, "listening");

    let (shared, metrics) = (Arc::<Shared>::default(), Metrics::default());
    let namespace = args.cluster.namespace.clone();
    let leader = Arc::new(Leader::new(client.clone(), &namespace, LEASE, &args.identity));
    let (stop, stopping) = watch::channel(false);
    let registry = metrics.registry(&shared, &leader);
    let serve = listener::serve(health, Arc::clone(&shared), Arc::clone(&leader), registry);
    let source = Source::new(client.clone(), Arc::clone(&shared), Arc::clone(&leader));
    let serve_page = live::serve(page, source, &args.cluster_listen);
    let watches = watches::follow(&client, &namespace, &shared);
    let keeper = keeper(&args, &client, &shared, &leader, metrics, stopping);
    tokio::select! {
        () = keeper.run() => {}
        never = leader.run() => match never {},
        () = watches => {}
        result = serve => result?,
        result = serve_page => result?,
        () = stop_at(end, &stop) => {}
    }
    leader.release().await;
    tracing::info!("ended");
    Ok(())
}

fn keeper(
    args: &RunArgs,
    client: &Client,
    shared: &Arc<Shared>,
    leader: &Arc<Leader>,
    metrics: Metrics,
    stopping: watch::Receiver<bool>,
) -> Keeper {
    let timing = Timing {
        compare_every: Duration::from_secs_f64(args.compare_every),
        settle: Duration::from_secs_f64(args.settle),
        remove_after: Duration::from_secs_f64(args.remove_after),
    };
    let (client, namespace) = (client.clone(), args.cluster.namespace.clone());
    Keeper {
        shared: Arc::clone(shared),
        leader: Arc::clone(leader),
        way: Way::new(args.aios.clone(), metrics.requests().clone()),
        reporter: Reporter::new(client, namespace, leader.identity().to_owned()),
        timing,
        metrics,
        stopping,
        memory: Memory::default(),
        receipt: None,
    }
}

async fn listen(flag: &str, address: &str) -> anyhow::Result<TcpListener> {
    let listener = listener::bind(address).await;
    listener.with_context(|| format!("cannot listen on '{address}' ({flag})"))
}

/// Says that it is to stop once somebody wants that, and leaves the end to who has begun something.
async fn stop_at(end: impl Future<Output = ()>, stop: &watch::Sender<bool>) {
    end.await;
    tracing::info!("told to end");
    // Whoever listens no more has stopped.
    stop.send(true).unwrap_or_default();
    std::future::pending::<()>().await;
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
