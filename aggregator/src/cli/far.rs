//! What of this machine's cluster goes to AIOS, and how.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::FalseyValueParser;
use clap::{ArgAction, Args};

use super::ContextArgs;
use crate::aios::Options;
use crate::kubernetes::service_account::Account;

/// How AIOS's services are reached. Proxies are taken from the environment (`HTTPS_PROXY`,
/// `HTTP_PROXY`, `NO_PROXY`).
#[derive(Clone, Debug, Args)]
pub struct ReachArgs {
    /// Trust these authorities (PEM) for https, besides the system's
    #[arg(long, value_name = "FILE", env = "INVENTORY_CA_FILE", help_heading = "AIOS")]
    pub ca_file: Option<PathBuf>,

    /// Send the headers of this file along: first a line `origin: https://HOST:PORT`, which alone they
    /// are sent to, then lines such as `Authorization: Bearer TOKEN`
    #[arg(long, value_name = "FILE", env = "INVENTORY_HEADERS_FILE", help_heading = "AIOS")]
    pub headers_file: Option<PathBuf>,

    /// Wait so long for an answer; AIOS needs 30 to say that its database is down
    #[arg(long, value_name = "SECONDS", default_value_t = Options::TIMEOUT.as_secs(), env = "INVENTORY_REQUEST_TIMEOUT", help_heading = "AIOS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub request_timeout: u64,

    /// When AIOS cannot be reached or a part of it is down, try again for so long; 0 is never. What may
    /// have been begun already is not sent again
    #[arg(long, value_name = "SECONDS", default_value_t = 30, env = "INVENTORY_RETRY_FOR", help_heading = "AIOS", value_parser = clap::value_parser!(u64).range(0..=86_400))]
    pub retry_for: u64,
}

impl ReachArgs {
    /// How to reach AIOS.
    pub fn options(&self) -> Options {
        Options {
            ca_file: self.ca_file.clone(),
            headers_file: self.headers_file.clone(),
            timeout: Duration::from_secs(self.request_timeout),
            environment_proxies: true,
        }
    }

    /// For how long to try again.
    pub fn retry_for(&self) -> Duration {
        Duration::from_secs(self.retry_for)
    }
}

/// What AIOS is handed: one context of a kubeconfig, with the files that it names in it.
#[derive(Clone, Debug, Args)]
pub struct HandOverArgs {
    #[command(flatten)]
    pub context: ContextArgs,

    #[command(flatten)]
    pub terms: TermsArgs,
}

/// On what terms AIOS is handed a kubeconfig.
#[derive(Clone, Debug, Args)]
pub struct TermsArgs {
    /// Where AIOS reaches the API server, if that is another address than the kubeconfig's
    #[arg(long, value_name = "URL", env = "INVENTORY_SERVER", help_heading = "Cluster")]
    pub server: Option<String>,

    /// Hand over an account of AIOS's own with a token that ends, instead of your credential: makes the
    /// ServiceAccount, which must be nobody else's, and binds it to cluster-admin, since AIOS makes others
    /// cluster-admin and nobody can give what he does not have
    #[arg(
        long,
        value_name = "NAMESPACE/NAME",
        env = "INVENTORY_SERVICE_ACCOUNT",
        help_heading = "Cluster",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = Account::USUAL
    )]
    pub service_account: Option<Account>,

    /// For how long the token of --service-account is asked; the API server may give less
    #[arg(long, value_name = "HOURS", default_value_t = 24, env = "INVENTORY_TOKEN_HOURS", help_heading = "Cluster", value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub token_hours: u32,

    /// Send the kubeconfig to a plain http address too, although it can be read on its way
    #[arg(long, env = "INVENTORY_ALLOW_HTTP", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub allow_http: bool,

    /// Do not ask
    #[arg(long, short = 'y', env = "INVENTORY_YES", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub yes: bool,
}
