//! When NVML is asked, and what of its answers is kept. A client that holds NVML open blocks driver
//! upgrades, and each start of it can wake the GPUs.

use std::time::{Duration, Instant};

use inventory_common::{Cause, Fault, Gpu, GpuState, Outcome, ProbeName};

use crate::answers::{Answers, Failure};
use crate::host::HostRoot;
use crate::probe::Survey;
use crate::probe::gpu::child::Asker;
use crate::probe::gpu::signs::Signs;
use crate::probe::gpu::source::{self, Order};
use crate::probe::pci::Function;

/// How often NVML is asked where nothing cheap has changed.
const CADENCE: Duration = Duration::from_mins(10);

/// How often it is asked while it fails at once: that wakes no GPU.
const CADENCE_WHILE_FAILING: Duration = Duration::from_mins(1);

/// Asks NVML when there is a reason to.
#[derive(Debug)]
pub struct Nvml {
    order: Order,
    asker: Asker,
    last: Option<Asked>,
    /// What it said last that was whole, and of which signs.
    whole: Option<(Signs, Answers)>,
}

/// One asking.
#[derive(Debug)]
struct Asked {
    when: Instant,
    signs: Signs,
    /// Absent where there was no reason to ask.
    answers: Option<Answers>,
}

impl Nvml {
    /// Nothing was asked yet.
    #[must_use]
    pub fn new(order: Order) -> Self {
        Self { order, asker: Asker::default(), last: None, whole: None }
    }

    /// NVML's answers about a host with these functions: anew where they are due or in doubt.
    ///
    /// Where NVML as a whole fails, what it said last of the same GPUs stands: their memory is what
    /// it was. [`Nvml::mark`] says so in the survey.
    pub fn answers(
        &mut self,
        root: &HostRoot,
        functions: &[Function],
        doubt: bool,
    ) -> Option<Answers> {
        let signs = Signs::of(root, functions);
        if doubt || self.is_due(&signs) {
            let answers = source::answers(root, functions, &self.order, &mut self.asker);
            if let Some(answers) = answers.as_ref().filter(|answers| answers.failure.is_none()) {
                self.whole = Some((signs.clone(), answers.clone()));
            }
            self.last = Some(Asked { when: Instant::now(), signs, answers });
        }
        self.kept().or_else(|| self.last.as_ref()?.answers.clone())
    }

    fn is_due(&self, signs: &Signs) -> bool {
        let Some(last) = &self.last else { return true };
        let cadence = match self.failure() {
            Some(failure) if failure.state != GpuState::Timeout => CADENCE_WHILE_FAILING,
            _ => CADENCE,
        };
        last.signs != *signs || last.when.elapsed() >= cadence
    }

    /// What was said before NVML failed, where it was said of the same GPUs.
    fn kept(&self) -> Option<Answers> {
        self.failure()?;
        let ((former, answers), last) = (self.whole.as_ref()?, self.last.as_ref()?);
        (former.functions == last.signs.functions).then(|| answers.clone())
    }

    /// Why NVML as a whole did not answer when it was asked last.
    fn failure(&self) -> Option<&Failure> {
        self.last.as_ref()?.answers.as_ref()?.failure.as_ref()
    }

    /// The state in which NVML left this process, while the host's driver looks healthy; absent
    /// where NVML answers.
    #[must_use]
    pub fn lost_touch(&self) -> Option<GpuState> {
        let is_healthy = self.last.as_ref()?.signs.has_driver();
        let state = self.failure()?.state;
        let is_ours = matches!(
            state,
            GpuState::VersionMismatch | GpuState::LibraryMissing | GpuState::NoDeviceNodes
        );
        (is_healthy && is_ours).then_some(state)
    }

    /// Says of GPUs whose figures were kept that they are not of today.
    pub fn mark(&self, survey: &mut Survey) {
        let Some(failure) = self.failure() else { return };
        if survey.nvml.as_ref().is_none_or(|shown| shown.failure.is_some()) {
            return;
        }
        let readings = &mut survey.readings;
        let is_kept = |gpu: &&mut Gpu| gpu.verdict.is_counted() && gpu.index.is_some();
        for gpu in readings.devices.gpus.iter_mut().filter(is_kept) {
            gpu.state = gpu.state.or(Some(failure.state));
        }
        for probe in readings.probes.iter_mut().filter(|probe| probe.name == ProbeName::Gpu) {
            probe.outcome = Outcome::Partial;
            probe.faults.push(Fault {
                device: None,
                path: failure.error.call.clone(),
                cause: Cause::Transient,
                message: format!("{}; what was known before is kept", failure.error.message),
            });
        }
    }
}
