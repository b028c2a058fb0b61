//! `preflight`: whether the cluster has what onboarding it needs.

use std::path::Path;
use std::time::Duration;

use kube::Client;

use super::interrupt::unless_interrupted;
use super::settings::settings;
use super::show::show;
use crate::cli::{PreflightArgs, ReachedArgs};
use crate::exit::{Ended, say};
use crate::input::STANDARD;
use crate::kubernetes::connect::connect;
use crate::output;
use crate::preflight::{Image, Outcome, Pods, Wanted, Within, look};
use crate::reach::reach_all;

/// Shows what the cluster has and lacks.
pub fn preflight(args: PreflightArgs) -> anyhow::Result<Ended> {
    super::block_on(run(args))
}

async fn run(args: PreflightArgs) -> anyhow::Result<Ended> {
    let cluster = &args.cluster;
    let client = connect(cluster.context.names()).await?;
    let pods = Pods::new(&cluster.namespace);
    let work = async {
        let wanted = wanted(&args, &client).await?;
        anyhow::Ok(look(&client, &wanted, &pods).await)
    };
    let looked = unless_interrupted(work).await;
    // However it ended.
    for line in pods.clear(&client).await {
        say("warning", &line);
    }
    let Some(checks) = looked?.transpose()? else { return Ok(Ended::Interrupted) };
    let ended = show(args.show, &checks)?;
    if args.external_nodes {
        say(
            "note",
            "whoever lets nodes join over the internet should have them come through a VPN, such as WireGuard or Tailscale, which is set up outside of AIOS",
        );
    }
    Ok(ended)
}

async fn wanted(args: &PreflightArgs, client: &Client) -> anyhow::Result<Wanted> {
    let limit = Duration::from_secs_f64(args.connect_timeout);
    let namespace = args.cluster.namespace.clone();
    let image = args.image.as_deref().map(Image::named);
    let within = args.from_nodes.then_some(Within { namespace, image, limit });
    let settings = settings(args.profile.as_deref(), client).await?;
    Ok(Wanted {
        gateway_namespace: args.gateway_namespace.clone(),
        external_nodes: args.external_nodes,
        within,
        limit,
        skipped: args.skip.iter().copied().collect(),
        ..Wanted::new(&args.cluster.namespace, settings)
    })
}

/// Connects, and prints what came of it.
pub fn reach(args: ReachedArgs) -> anyhow::Result<Ended> {
    let limit = Duration::from_secs_f64(args.connect_timeout);
    let reached = super::block_on(async { Ok(reach_all(args.targets, limit).await) })?;
    let line = Outcome::from(reached).line()? + "\n";
    output::write(Path::new(STANDARD), &line)?;
    Ok(Ended::Done)
}
