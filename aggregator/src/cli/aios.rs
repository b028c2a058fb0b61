//! Where AIOS is, and how to reach it.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::aios::Options;

/// Where AIOS is, and how to reach it. Proxies are taken from the environment (`HTTPS_PROXY`,
/// `HTTP_PROXY`, `NO_PROXY`).
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "AIOS")]
pub struct AiosArgs {
    // Kept as text: what clap says of a value that is wrong repeats it, with the password in it.
    /// AIOS's Parser, such as `http://10.0.0.1:30501`; otherwise the profile's
    #[arg(long, value_name = "URL", env = "INVENTORY_PARSER", hide_env_values = true)]
    pub parser: Option<String>,

    /// AIOS's cluster controller gateway, such as `http://10.0.0.1:30600`; otherwise the profile's
    #[arg(long, value_name = "URL", env = "INVENTORY_GATEWAY", hide_env_values = true)]
    pub gateway: Option<String>,

    /// Trust these authorities (PEM) for https, besides the system's
    #[arg(long, value_name = "FILE", env = "INVENTORY_CA_FILE")]
    pub ca_file: Option<PathBuf>,

    /// Send the headers of this file along: first a line `origin: https://HOST:PORT`, which alone they
    /// are sent to, then lines such as `Authorization: Bearer TOKEN`
    #[arg(long, value_name = "FILE", env = "INVENTORY_HEADERS_FILE")]
    pub headers_file: Option<PathBuf>,

    /// Wait so long for an answer; AIOS needs 30 to say that its database is down
    #[arg(long, value_name = "SECONDS", default_value_t = Options::TIMEOUT.as_secs(), env = "INVENTORY_TIMEOUT", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub timeout: u64,

    /// When AIOS cannot be reached or a part of it is down, try again for so long; 0 is never
    #[arg(long, value_name = "SECONDS", default_value_t = 30, env = "INVENTORY_RETRY_FOR", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub retry_for: u64,
}

impl AiosArgs {
    /// How to reach AIOS.
    pub fn options(&self) -> Options {
        Options {
            ca_file: self.ca_file.clone(),
            headers_file: self.headers_file.clone(),
            timeout: Duration::from_secs(self.timeout),
            environment_proxies: true,
        }
    }

    /// For how long to try again.
    pub fn retry_for(&self) -> Duration {
        Duration::from_secs(self.retry_for)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        aios: AiosArgs,
    }

    fn parsed(args: &[&str]) -> Result<AiosArgs, String> {
        let all = std::iter::once(&"x").chain(args);
        Cli::try_parse_from(all).map(|cli| cli.aios).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_needs_to_be_said() {
        let args = parsed(&[]).unwrap();
        assert_eq!(args.options(), Options::default());
        assert!(args.parser.is_none() && args.gateway.is_none());
        assert_eq!(args.retry_for(), Duration::from_secs(30));
    }

    #[test]
    fn what_is_said_is_how_aios_is_reached() {
        let args = parsed(&[
            "--ca-file=ca.pem",
            "--headers-file=h",
            "--timeout=90",
            "--retry-for=0",
            "--parser=http://a",
            "--gateway=http://b",
        ])
        .unwrap();
        let expected = Options {
            ca_file: Some("ca.pem".into()),
            headers_file: Some("h".into()),
            timeout: Duration::from_secs(90),
            environment_proxies: true,
        };
        assert_eq!((args.options(), args.retry_for()), (expected, Duration::ZERO));
        assert_eq!(
            (args.parser.unwrap(), args.gateway.unwrap()),
            ("http://a".into(), "http://b".into())
        );
    }

    #[test]
    fn times_that_nobody_means_are_refused() {
        for arg in
            ["--timeout=0", "--timeout=4000", "--timeout=x", "--retry-for=-1", "--retry-for=90000"]
        {
            let error = parsed(&[arg]).unwrap_err();
            assert!(error.contains(arg.split_once('=').unwrap().0), "{error}");
        }
    }
}
