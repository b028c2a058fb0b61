//! Reads the host again and again, in a thread of its own: reading files waits, and a child that
//! asks NVML ends with the thread that started it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use inventory_common::{GpuState, Inventory, ProbeName, Stated};

use super::nvml::Nvml;
use crate::host::{Attendant, OpenError};
use crate::probe::gpu::source::Order;
use crate::probe::pci::Function;
use crate::probe::{Depth, survey_with};

/// What is read, and how often.
#[derive(Debug)]
pub struct Plan {
    /// The host's root.
    pub root: PathBuf,
    /// How NVML is asked.
    pub order: Order,
    /// What a person stated.
    pub stated: Stated,
    /// From the start of one reading to that of the next.
    pub interval: Duration,
    /// The Node's name.
    pub name: String,
}

/// One reading of the host.
#[derive(Debug)]
pub struct Reading {
    /// What was found. Its id is the Node's name until the cluster has a say.
    pub inventory: Arc<Inventory>,
    /// How long each probe took.
    pub durations: Vec<(ProbeName, Duration)>,
    /// How NVML was lost for this process, while the host's driver looks healthy.
    pub lost_touch: Option<GpuState>,
}

/// A reading, or why there is none.
pub type Read = Result<Box<Reading>, String>;

/// Raised by whoever doubts the last reading: the next one asks NVML anew.
pub type Doubt = Arc<AtomicBool>;

/// The thread's state.
pub struct Prober {
    plan: Plan,
    attendant: Attendant,
    /// Absent while it is asked, and where who asked it was left behind.
    nvml: Option<Nvml>,
    doubt: Doubt,
}

impl Prober {
    /// Starts to read, and tells every reading until `tell` answers that nobody listens any more.
    pub fn start(
        plan: Plan,
        tell: impl Fn(Read) -> bool + Send + 'static,
    ) -> std::io::Result<Doubt> {
        let doubt = Doubt::default();
        let attendant = Attendant::default();
        let prober = Self { plan, attendant, nvml: None, doubt: Arc::clone(&doubt) };
        std::thread::Builder::new().name("prober".to_owned()).spawn(move || prober.run(tell))?;
        Ok(doubt)
    }

    fn run(mut self, tell: impl Fn(Read) -> bool) {
        loop {
            let started = Instant::now();
            let read = self.read().map(Box::new).map_err(|error| error.to_string());
            if !tell(read) {
                return;
            }
            std::thread::sleep(self.plan.interval.saturating_sub(started.elapsed()));
        }
    }

    /// Opens the root anew each time: what is mounted there may have changed.
    fn read(&mut self) -> Result<Reading, OpenError> {
        let Self { plan, attendant, nvml, doubt } = self;
        let doubt = doubt.swap(false, Ordering::Relaxed);
        let (asked, survey) = attendant.read(&plan.root, || {
            let mut nvml = nvml.take().unwrap_or_else(|| Nvml::new(plan.order.clone()));
            let (name, stated) = (Some(plan.name.clone()), plan.stated.clone());
            move |root| {
                let ask = |functions: &[Function]| nvml.answers(&root, functions, doubt);
                let mut survey = survey_with(&root, name, &stated, Depth::Figures, ask);
                nvml.mark(&mut survey);
                (nvml, survey)
            }
        })?;
        let lost_touch = nvml.insert(asked).lost_touch();
        let durations = survey.durations;
        let inventory = survey.readings.into_inventory(plan.name.clone(), &plan.stated);
        Ok(Reading { inventory: Arc::new(inventory), durations, lost_touch })
    }
}
