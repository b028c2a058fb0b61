//! How the controller runs.

use clap::Args;

use super::{AiosArgs, ClusterArgs};

/// Keep AIOS's copy of the cluster true, as its ClusterOnboarding says: the controller
///
/// Submits once every node is there and known, where spec.submit says so, and from then on
/// compares what AIOS stores with what is true, and puts it right. Of several replicas one writes.
#[derive(Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub cluster: ClusterArgs,

    #[command(flatten)]
    pub aios: AiosArgs,

    /// What this replica is called in the Lease, such as the pod's name
    #[arg(long, value_name = "NAME", default_value = "aggregator", env = "INVENTORY_IDENTITY")]
    pub identity: String,

    /// Where /metrics, /healthz and /readyz are served; without a host everywhere
    #[arg(long, value_name = "[HOST]:PORT", default_value = ":8090", env = "INVENTORY_LISTEN")]
    pub listen: String,

    /// Where the cluster's page and /cluster.json are served, to who asks for localhost or for this host
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8091",
        env = "INVENTORY_CLUSTER_LISTEN"
    )]
    pub cluster_listen: String,

    /// From one look at AIOS's copy to the next while nothing changes
    #[arg(long, value_name = "SECONDS", default_value_t = 300.0, env = "INVENTORY_COMPARE_EVERY", value_parser = seconds)]
    pub compare_every: f64,

    /// How long changes are gathered before AIOS's copy is looked at
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0, env = "INVENTORY_SETTLE", value_parser = seconds)]
    pub settle: f64,

    /// How long a Node must be gone before AIOS's copy loses it
    #[arg(long, value_name = "SECONDS", default_value_t = 600.0, env = "INVENTORY_REMOVE_AFTER", value_parser = seconds)]
    pub remove_after: f64,
}

/// The most seconds that make sense: a day.
const MOST: f64 = 86_400.0;

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    if (0.1..=MOST).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!("expected 0.1 to {MOST} seconds"))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        run: RunArgs,
    }

    #[test]
    fn unless_told_it_looks_every_five_minutes_and_removes_after_ten() {
        let Typed { run } = Typed::try_parse_from(["run"]).unwrap();
        assert_eq!((run.compare_every, run.settle, run.remove_after), (300.0, 5.0, 600.0));
    }
}
