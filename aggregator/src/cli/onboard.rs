//! The whole way to AIOS, as one guided command.

use std::path::PathBuf;

use clap::builder::{FalseyValueParser, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args};

use super::{
    AiosArgs, CheckArgs, DocumentArgs, EndpointsArgs, Format, GatewayMode, HandOverArgs,
    InfraCreateArgs, PlaceArgs, PreflightArgs, ReachArgs, SourceArgs, SubjectArgs, SubmitArgs,
    TermsArgs, WaitArgs,
};
use crate::aios::ClusterId;
use crate::endpoints::Expected;
use crate::input::STANDARD;
use crate::onboard::Step;

/// Bring the cluster to AIOS step by step, and go on where a run before stopped
///
/// Does what `preflight`, `document`, `submit`, `infra create` and `endpoints` do, one after another,
/// and shows the document before anything leaves the cluster. How far it is, the document and the
/// receipt are kept in --folder: the same command goes on from there, and asks AIOS for nothing twice.
///
/// Exit status: 0 done; else as the step at which it stopped: 1 failed, or somebody said no; 2 the
/// command line is wrong, or nobody could be asked; 3 only a part is there; 4 AIOS refused; 5 AIOS could
/// not be reached or made no sense, or it took too long; 6 not every node is there and known; 130 it was
/// interrupted.
#[derive(Debug, Args)]
pub struct OnboardArgs {
    /// What only a person can say of the cluster, as for `document`
    #[arg(long, value_name = "FILE", env = "INVENTORY_PROFILE", value_parser = file)]
    pub profile: PathBuf,

    #[command(flatten)]
    pub source: SourceArgs,

    #[command(flatten)]
    pub aios: AiosArgs,

    /// AIOS's tasks service, such as `http://10.0.0.1:30108`; without it AIOS's task cannot be followed,
    /// and only its services are waited for
    #[arg(long, value_name = "URL", env = "INVENTORY_TASKS", hide_env_values = true)]
    pub tasks: Option<String>,

    #[command(flatten)]
    pub terms: TermsArgs,

    /// Where to keep how far it is, the document and the receipt
    #[arg(long, value_name = "FOLDER", default_value = ".", env = "INVENTORY_FOLDER")]
    pub folder: PathBuf,

    /// The last step to take
    #[arg(long, value_name = "STEP", default_value = Step::Endpoints.name(), env = "INVENTORY_UNTIL", value_parser = steps())]
    pub until: Step,

    /// Take no look at the prerequisites before
    #[arg(long, env = "INVENTORY_SKIP_PREFLIGHT", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub skip_preflight: bool,

    /// Begin with the first step again
    #[arg(long, env = "INVENTORY_RESTART", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub restart: bool,

    /// Wait so long for AIOS's task, and then for its services
    #[arg(long, value_name = "SECONDS", default_value_t = 900, env = "INVENTORY_WAIT_TIMEOUT", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub wait_timeout: u64,

    /// While waiting say nothing
    #[arg(long, env = "INVENTORY_QUIET", value_parser = FalseyValueParser::new(), action = ArgAction::SetTrue)]
    pub quiet: bool,
}

/// Each step reads it anew, and the next run too.
fn file(text: &str) -> Result<PathBuf, &'static str> {
    if text == STANDARD { Err("it is read more than once: give a file") } else { Ok(text.into()) }
}

fn steps() -> impl TypedValueParser<Value = Step> {
    PossibleValuesParser::new(Step::ALL.map(Step::name)).try_map(|name| Step::named(&name))
}

/// What the steps' commands would have been told.
impl OnboardArgs {
    /// For `preflight`.
    pub fn preflight(&self) -> PreflightArgs {
        PreflightArgs {
            profile: Some(self.profile.clone()),
            gateway_namespace: PreflightArgs::GATEWAY_NAMESPACE.to_owned(),
            external_nodes: false,
            from_nodes: false,
            image: None,
            connect_timeout: Expected::LIMIT.as_secs_f64(),
            skip: Vec::new(),
            show: CheckArgs::default(),
            cluster: self.source.cluster.clone(),
        }
    }

    /// For `document`, which writes to `file`.
    pub fn document(&self, file: PathBuf) -> DocumentArgs {
        DocumentArgs {
            source: self.source.clone(),
            profile: Some(self.profile.clone()),
            init: false,
            output: file,
            format: Format::Json,
        }
    }

    /// For `submit` of the document in `file`.
    pub fn submit(&self, aios: AiosArgs, file: PathBuf, receipt: PathBuf) -> SubmitArgs {
        let source = SourceArgs { dumps: Vec::new(), ..self.source.clone() };
        SubmitArgs {
            subject: SubjectArgs { file: Some(file), profile: None, source },
            aios,
            bare: false,
            dry_run: false,
            prune: false,
            adopt: false,
            receipt: Some(receipt),
        }
    }

    /// For `infra create`.
    pub fn infra(&self, cluster_id: ClusterId, gateway: String) -> InfraCreateArgs {
        let context = self.source.cluster.context.clone();
        InfraCreateArgs {
            place: PlaceArgs { cluster_id, gateway, tasks: self.tasks.clone() },
            hand_over: HandOverArgs { context, terms: self.terms.clone() },
            wait: WaitArgs {
                wait: self.tasks.is_some(),
                timeout: self.wait_timeout,
                quiet: self.quiet,
            },
            mend_addresses: self.terms.yes,
            reach: ReachArgs {
                ca_file: self.aios.ca_file.clone(),
                headers_file: self.aios.headers_file.clone(),
                request_timeout: self.aios.timeout,
                retry_for: self.aios.retry_for,
            },
        }
    }

    /// For `endpoints`.
    pub fn endpoints(&self) -> EndpointsArgs {
        EndpointsArgs {
            profile: Some(self.profile.clone()),
            gateway_mode: GatewayMode::Auto,
            expect: Vec::new(),
            inference_server: Vec::new(),
            block: Vec::new(),
            vdag_controller: Vec::new(),
            address: None,
            connect_timeout: Expected::LIMIT.as_secs_f64(),
            watch: true,
            timeout: self.wait_timeout,
            quiet: self.quiet,
            show: CheckArgs::default(),
            cluster: self.source.cluster.clone(),
        }
    }
}
