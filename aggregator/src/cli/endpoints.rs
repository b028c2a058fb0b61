//! Which of AIOS's endpoints are looked for, and from where.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{FalseyValueParser, PossibleValuesParser};
use clap::{ArgAction, Args, ValueEnum};

use super::{CheckArgs, ClusterArgs};
use crate::endpoints::{AIOS, Expected};

/// Look at each of AIOS's services in the cluster: whether it is there, has somebody behind it, and
/// answers
///
/// Where the profile says useGateway false, each has a port of its own on every node; where it says
/// true, or nothing, the gateway answers for each under a path. Add-ons are told where they are there.
///
/// Exit status: 0 all are up; 1 one that is expected is not, or with --watch not all are in time; 2 the command line is wrong; 3 nothing
/// fails, and something was not tried or wants a look; 130 it was interrupted.
#[derive(Debug, Args)]
pub struct EndpointsArgs {
    /// What is said of the cluster, as for `document`; otherwise the cluster's ClusterOnboarding
    #[arg(long, value_name = "FILE", env = "INVENTORY_PROFILE")]
    pub profile: Option<PathBuf>,

    /// Whether the gateway is what AIOS's services are reached through; auto is as useGateway says
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, env = "INVENTORY_GATEWAY_MODE")]
    pub gateway_mode: GatewayMode,

    /// Expect this one too, such as an add-on's
    #[arg(long, value_name = "NAME", env = "INVENTORY_EXPECT", value_delimiter = ',', value_parser = names())]
    pub expect: Vec<String>,

    /// Expect this ad hoc inference server at the gateway, as /tasks/ID
    #[arg(long, value_name = "ID", env = "INVENTORY_INFERENCE_SERVER", value_delimiter = ',', value_parser = id)]
    pub inference_server: Vec<String>,

    /// Expect this block at the gateway, as /block/ID
    #[arg(long, value_name = "ID", env = "INVENTORY_BLOCK", value_delimiter = ',', value_parser = id)]
    pub block: Vec<String>,

    /// Expect this vDAG's controller at the gateway, as /ID
    #[arg(long, value_name = "ID", env = "INVENTORY_VDAG_CONTROLLER", value_delimiter = ',', value_parser = id)]
    pub vdag_controller: Vec<String>,

    /// Ask at this host, instead of at the addresses of Nodes that are ready
    #[arg(long, value_name = "HOST", env = "INVENTORY_ADDRESS")]
    pub address: Option<String>,

    /// How long a connection, and then an answer, may take
    #[arg(long, value_name = "SECONDS", default_value_t = Expected::LIMIT.as_secs_f64(), env = "INVENTORY_CONNECT_TIMEOUT", value_parser = connect_seconds)]
    pub connect_timeout: f64,

    /// Look again and again until all that are expected are up
    #[arg(long, env = "INVENTORY_WATCH", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub watch: bool,

    /// Watch no longer than this; 0 is for ever
    #[arg(long, value_name = "SECONDS", default_value_t = 600, env = "INVENTORY_WATCH_TIMEOUT", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub timeout: u64,

    /// While watching say nothing
    #[arg(long, env = "INVENTORY_QUIET", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub quiet: bool,

    #[command(flatten)]
    pub show: CheckArgs,

    #[command(flatten)]
    pub cluster: ClusterArgs,
}

/// When the gateway is what AIOS's services are reached through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GatewayMode {
    /// As useGateway says; by ports where nothing is known of the cluster
    #[default]
    Auto,
    /// It is
    On,
    /// It is not
    Off,
}

fn names() -> PossibleValuesParser {
    AIOS.map(|endpoint| endpoint.name).into()
}

/// An id that can stand in a path as it is.
fn id(text: &str) -> Result<String, &'static str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
    if text.is_empty() || !text.chars().all(is_plain) || text.starts_with('.') {
        return Err("expected letters, digits, '.', '_', '~' and '-'");
    }
    Ok(text.to_owned())
}

/// The most seconds that one connection may be waited for.
const MOST: f64 = 120.0;

/// How long a connection may take.
pub fn connect_seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "expected a number of seconds".to_owned())?;
    if (0.1..=MOST).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(format!("expected 0.1 to {MOST} seconds"))
    }
}

impl EndpointsArgs {
    /// How long a connection may take.
    pub fn limit(&self) -> Duration {
        Duration::from_secs_f64(self.connect_timeout)
    }

    /// How long is watched; absent where that is for ever.
    pub fn patience(&self) -> Option<Duration> {
        (self.timeout > 0).then(|| Duration::from_secs(self.timeout))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Typed {
        #[command(flatten)]
        endpoints: EndpointsArgs,
    }

    fn typed(args: &[&str]) -> Result<EndpointsArgs, String> {
        let all = std::iter::once(&"x").chain(args);
        Typed::try_parse_from(all).map(|it| it.endpoints).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_expected_has_a_name_that_is_known() {
        let args = typed(&["--expect", "policy-executor,inference-rest"]).unwrap();
        assert_eq!(args.expect, ["policy-executor", "inference-rest"]);
        let error = typed(&["--expect", "policy"]).unwrap_err();
        assert!(error.contains("assets-registry"), "{error}");
    }

    #[test]
    fn an_id_is_no_way_to_another_path() {
        assert_eq!(typed(&["--block", "b-1"]).unwrap().block, ["b-1"]);
        for id in ["", "..", "../x", "a/b", "a b", "a?b", "a%2fb"] {
            assert!(typed(&["--block", id]).is_err(), "{id}");
        }
    }

    #[test]
    fn times_that_nobody_means_are_refused() {
        for arg in ["--connect-timeout=0", "--connect-timeout=500", "--timeout=-1"] {
            assert!(typed(&[arg]).is_err(), "{arg}");
        }
        assert_eq!(typed(&["--timeout=0"]).unwrap().patience(), None);
    }
}
