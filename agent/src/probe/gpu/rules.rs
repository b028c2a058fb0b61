//! The rules by which a GPU is not counted, in their order.

use inventory_common::Rule;

use super::function::{AMD, GpuFunction, NVIDIA, Standing};
use super::merge::Finding;
use super::{amd, nvidia};

/// What the rules look at: a function of the bus and NVML's word on it.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) function: &'a GpuFunction<'a>,
    pub(super) finding: Finding<'a>,
}

/// What a rule looks at.
type Applies = fn(Subject) -> bool;

const RULES: &[(Rule, Applies)] = &[
    (Rule::Vf, |gpu| gpu.function.is_virtual()),
    (Rule::Passthrough, |gpu| gpu.function.is_handed_through()),
    (Rule::Display, |gpu| gpu.model().is_some_and(|model| is_display(&model))),
    (Rule::Integrated, |gpu| gpu.function.is_of(AMD) && amd::is_integrated(&gpu.function.device)),
    (Rule::UnknownType, |gpu| gpu.function.standing == Standing::Unknown),
    (Rule::Unsupported, |gpu| gpu.function.standing == Standing::Unsupported),
];

/// The first rule by which the GPU is not counted.
pub(super) fn first(subject: Subject) -> Option<Rule> {
    RULES.iter().find(|(_, applies)| applies(subject)).map(|(rule, _)| *rule)
}

impl Subject<'_> {
    /// The model, by NVML's word and then by the driver's files.
    pub(super) fn model(self) -> Option<String> {
        let by_nvml = self.finding.answer.and_then(nvidia::answered_model);
        by_nvml.or_else(|| match self.function.vendor {
            Some(NVIDIA) => nvidia::model(self.function),
            Some(AMD) => amd::model(&self.function.device),
            _ => None,
        })
    }
}

/// The GPU of a DGX Station that drives its screen and runs nothing else.
pub(super) fn is_display(model: &str) -> bool {
    model.contains("DGX Display")
}
