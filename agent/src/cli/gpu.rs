//! Whom to ask about GPUs.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::probe::gpu::source::{Order, Source};

/// Whom to ask about GPUs, and for how long.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "GPUs")]
pub struct GpuArgs {
    /// Whom to ask about GPUs
    #[arg(long = "gpu", value_enum, value_name = "SOURCE", default_value_t, env = "INVENTORY_GPU")]
    pub sources: Sources,

    /// Ask this NVML library instead of the system's, also about a captured host
    #[arg(long = "nvml-library", value_name = "FILE", env = "INVENTORY_NVML_LIBRARY")]
    library: Option<PathBuf>,

    /// How long to wait for NVML: without the persistence daemon eight GPUs take half a minute
    #[arg(long = "gpu-timeout", value_name = "SECONDS", default_value_t = 60, env = "INVENTORY_GPU_TIMEOUT", value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,
}

/// Sources of what is known of GPUs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Sources {
    /// The host's files, and NVML where something speaks of NVIDIA
    #[default]
    Auto,
    /// The host's files, and NVML whatever speaks of it
    Nvml,
    /// The host's files only: the memory of NVIDIA's GPUs is unknown then
    Pci,
    /// Nothing: no GPU is listed, and none counts
    None,
}

impl GpuArgs {
    /// The order to ask; `on_wait` is told when that takes a while.
    #[must_use]
    pub fn order(self, on_wait: Option<fn(&str)>) -> Order {
        let Self { sources, library, timeout } = self;
        let source = match sources {
            Sources::Auto => Source::Auto,
            Sources::Nvml => Source::Nvml,
            Sources::Pci | Sources::None => Source::Files,
        };
        Order { source, library, timeout: Duration::from_secs(timeout), on_wait }
    }
}
