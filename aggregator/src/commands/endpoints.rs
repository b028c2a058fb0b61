//! `endpoints`: AIOS's services in the cluster, once or until they are up.

use std::time::Duration;

use kube::Client;
use tokio::time::{Instant, sleep};

use super::interrupt::unless_interrupted;
use super::settings::settings;
use super::show::show;
use super::watching::Watching;
use crate::check::{Check, State};
use crate::cli::{EndpointsArgs, GatewayMode};
use crate::endpoints::{ById, Expected, Way, look};
use crate::exit::{Ended, say};
use crate::infra::settings::uses_gateway;
use crate::kubernetes::connect::connect;
use crate::kubernetes::trouble::answered;
use crate::preflight::Settings;

/// From one look to the next.
const PAUSE: Duration = Duration::from_secs(2);

/// Shows how AIOS's endpoints fare.
pub fn endpoints(args: EndpointsArgs) -> anyhow::Result<Ended> {
    super::block_on(run(args))
}

async fn run(args: EndpointsArgs) -> anyhow::Result<Ended> {
    let work = async {
        let cluster = &args.cluster;
        let client = connect(cluster.context.names()).await?;
        if args.address.is_none() {
            // Neither its Services nor an address to ask at would be known: one line says that better.
            answered("get the version", client.apiserver_version()).await?;
        }
        let expected = expected(&args, &client).await?;
        anyhow::Ok(if args.watch {
            watch(&args, &client, &expected).await
        } else {
            (look(&client, &expected).await, false)
        })
    };
    match unless_interrupted(work).await?.transpose()? {
        Some((checks, is_too_late)) => {
            let ended = show(args.show, &checks)?;
            // Who waits for all of them has not got them, whether they fail or nobody knows.
            Ok(if is_too_late { Ended::Failed } else { ended })
        }
        None => Ok(Ended::Interrupted),
    }
}

async fn expected(args: &EndpointsArgs, client: &Client) -> anyhow::Result<Expected> {
    let settings = settings(args.profile.as_deref(), client).await?;
    let way = match args.gateway_mode {
        GatewayMode::On => Way::Gateway,
        GatewayMode::Off => Way::NodePorts,
        GatewayMode::Auto => way(&settings),
    };
    let cluster_id = match settings {
        Settings::Known(spec) => Some(spec.profile.id),
        Settings::Nowhere | Settings::Unknown(_) => None,
    };
    let all = |ids: &[String], by_id: fn(String) -> ById| {
        ids.iter().cloned().map(by_id).collect::<Vec<_>>()
    };
    Ok(Expected {
        named: args.expect.iter().cloned().collect(),
        by_id: [
            all(&args.inference_server, ById::InferenceServer),
            all(&args.block, ById::Block),
            all(&args.vdag_controller, ById::VdagController),
        ]
        .concat(),
        cluster_id,
        address: args.address.clone(),
        limit: args.limit(),
        ..Expected::new(way)
    })
}

/// The way that the settings say; of a cluster of which nothing is known the one that AIOS brings
/// about without an error.
fn way(settings: &Settings) -> Way {
    let unknown = |why: &str| {
        let line =
            format!("{why}, so AIOS's services are looked for by their ports (see --gateway-mode)");
        say("note", &line);
        Way::NodePorts
    };
    match settings {
        Settings::Known(spec) if uses_gateway(spec.profile.config.get("useGateway")) => {
            Way::Gateway
        }
        Settings::Known(_) => Way::NodePorts,
        Settings::Nowhere => unknown("neither a profile nor a ClusterOnboarding says useGateway"),
        Settings::Unknown(why) => unknown(why),
    }
}

/// Looks until all that are expected are up, or nobody wants to wait any longer; whether that is so.
async fn watch(args: &EndpointsArgs, client: &Client, expected: &Expected) -> (Vec<Check>, bool) {
    let begin = Instant::now();
    let mut watching = Watching::begin(args.quiet);
    loop {
        let checks = look(client, expected).await;
        watching.tell(&checks);
        if is_up(&checks) {
            return (checks, false);
        }
        if args.patience().is_some_and(|patience| begin.elapsed() + PAUSE > patience) {
            drop(watching);
            say("error", &format!("not all are up after {} s", begin.elapsed().as_secs()));
            return (checks, true);
        }
        sleep(PAUSE).await;
    }
}

/// Whether nothing is left that fails or is not known.
fn is_up(checks: &[Check]) -> bool {
    checks.iter().all(|check| matches!(check.state, State::Pass | State::Warning))
}
