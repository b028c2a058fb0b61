//! NVML's word held against the PCI bus: which answer is which function's, which GPUs only NVML
//! shows, and why one that the bus shows is not told. Pure: data in, data out.

use inventory_common::{CallError, GpuState};

use crate::answers::{Answer, Answers, GPU_IS_LOST, RESET_REQUIRED, state_of_code};
use crate::probe::pci::Address;

/// An NVIDIA GPU as the bus shows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnBus {
    /// Absent where the bus gives it a name that is no address.
    pub(super) address: Option<Address>,
    /// Whether NVIDIA's driver holds it, so that NVML should know it.
    pub(super) has_driver: bool,
}

/// What NVML's word means for one GPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Finding<'a> {
    /// What NVML said of it.
    pub(super) answer: Option<&'a Answer>,
    /// Why it, or its memory, is not known.
    pub(super) state: Option<GpuState>,
    /// The call behind the state.
    pub(super) error: Option<&'a CallError>,
}

/// Every GPU, once.
#[derive(Debug)]
pub(super) struct Merged<'a> {
    /// One for each function on the bus, in the order in which they were given.
    pub(super) on_bus: Vec<Finding<'a>>,
    /// GPUs that only NVML shows, in its order.
    pub(super) beside: Vec<Finding<'a>>,
}

/// Finds the answer to each function by its address.
///
/// An answer without an address is a GPU whose handle failed, or one that is on no bus. It goes to
/// the next function that NVIDIA's driver holds and nobody answered for: both lists have the order
/// of addresses, and a GPU that is there must not be counted twice.
pub(super) fn merge<'a>(functions: &[OnBus], answers: Option<&'a Answers>) -> Merged<'a> {
    let gpus = answers.map_or(&[][..], |answers| &answers.gpus);
    let placed = |answer: &&Answer| address(answer).is_some();
    let of_function = |function: &OnBus| {
        let is_its = |answer: &&Answer| address(answer) == function.address;
        gpus.iter().filter(placed).find(is_its)
    };
    let mut found: Vec<Option<&Answer>> = functions.iter().map(of_function).collect();
    let mut unplaced = gpus.iter().filter(|answer| !placed(answer));
    for (function, answer) in functions.iter().zip(&mut found) {
        if function.has_driver && answer.is_none() {
            *answer = unplaced.next();
        }
    }
    let is_beside = |answer: &&Answer| {
        let address = address(answer);
        address.is_some() && !functions.iter().any(|function| function.address == address)
    };
    let beside = gpus.iter().filter(is_beside).chain(unplaced);
    let beside = beside.map(|answer| answered(answer, answers)).collect();
    let finding = |(function, answer): (&OnBus, Option<&'a Answer>)| match answer {
        Some(answer) => answered(answer, answers),
        None => unanswered(*function, answers),
    };
    Merged { on_bus: functions.iter().zip(found).map(finding).collect(), beside }
}

/// The PCI address that NVML gave, in either of its lengths.
pub(super) fn address(answer: &Answer) -> Option<Address> {
    Address::parse(answer.pci_address.as_deref()?.trim())
}

fn answered<'a>(answer: &'a Answer, answers: Option<&'a Answers>) -> Finding<'a> {
    let is_told = answer.memory_total_bytes.is_some_and(|bytes| bytes > 0) || answer.unified;
    let error = broken(answer).or_else(|| culprit(answer).filter(|_| !is_told));
    let failure = answers.and_then(|answers| answers.failure.as_ref()).filter(|_| !is_told);
    let (state, error) = match (error, failure) {
        (Some(error), _) => (Some(error.code.map_or(GpuState::Failed, state_of_code)), Some(error)),
        (None, Some(failure)) => (Some(failure.state), Some(&failure.error)),
        (None, None) => ((!is_told).then_some(GpuState::Failed), None),
    };
    Finding { answer: Some(answer), state, error }
}

/// The call that says that the GPU itself is gone, whatever else was asked.
fn broken(answer: &Answer) -> Option<&CallError> {
    let is_of = |code: u32| answer.errors.iter().find(move |error| error.code == Some(code));
    is_of(GPU_IS_LOST).or_else(|| is_of(RESET_REQUIRED))
}

/// Without these calls there is no memory figure. The handle comes first.
const MEMORY_CALLS: [&str; 2] = ["nvmlDeviceGetHandleByIndex", "nvmlDeviceGetMemoryInfo"];

/// The last call that kept the memory from being told; versions of one call are tried in turn.
fn culprit(answer: &Answer) -> Option<&CallError> {
    let is_needed =
        |error: &&CallError| MEMORY_CALLS.iter().any(|call| error.call.starts_with(call));
    answer.errors.iter().rfind(is_needed)
}

fn unanswered(function: OnBus, answers: Option<&Answers>) -> Finding<'_> {
    let failure = answers.and_then(|answers| answers.failure.as_ref());
    let (state, error) = match (function.has_driver, answers, failure) {
        (false, ..) => (GpuState::NoDriver, None),
        (true, None, _) => (GpuState::NotAsked, None),
        (true, Some(_), None) => (GpuState::NotListed, None),
        (true, Some(_), Some(failure)) => (failure.state, Some(&failure.error)),
    };
    Finding { answer: None, state: Some(state), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Failure;

    fn function(address: &str) -> OnBus {
        OnBus { address: Address::parse(address), has_driver: true }
    }

    fn answer(index: u32, address: &str) -> Answer {
        let pci_address = Some(address.to_owned()).filter(|text| !text.is_empty());
        Answer { index, pci_address, memory_total_bytes: Some(1 << 30), ..Answer::default() }
    }

    fn error(call: &str, code: Option<u32>) -> CallError {
        CallError { call: call.to_owned(), index: None, code, message: "refused".to_owned() }
    }

    fn failed(index: u32, call: &str, code: u32) -> Answer {
        Answer { index, errors: vec![error(call, Some(code))], ..Answer::default() }
    }

    fn all(gpus: Vec<Answer>) -> Answers {
        Answers { gpus, ..Answers::default() }
    }

    fn ended(state: GpuState, gpus: Vec<Answer>) -> Answers {
        let failure = Some(Failure { state, error: error("nvmlInit_v2", None) });
        Answers { failure, ..all(gpus) }
    }

    /// The index and state that each finding has.
    fn shown(findings: &[Finding]) -> Vec<(Option<u32>, Option<GpuState>)> {
        let shown = |finding: &Finding| (finding.answer.map(|answer| answer.index), finding.state);
        findings.iter().map(shown).collect()
    }

    #[test]
    fn answers_meet_functions_by_address_and_not_by_order() {
        let functions =
            [function("0000:17:00.0"), function("0000:65:00.0"), function("0002:65:00.0")];
        let answers = all(vec![
            answer(0, "00000002:65:00.0"),
            answer(1, "00000000:65:00.0"),
            answer(2, "0000:17:00.0"),
        ]);
        let merged = merge(&functions, Some(&answers));
        assert_eq!(shown(&merged.on_bus), [(Some(2), None), (Some(1), None), (Some(0), None)]);
        assert!(merged.beside.is_empty());
    }

    #[test]
    fn a_function_without_an_answer_has_a_state_that_says_why() {
        let held = function("0000:17:00.0");
        let loose = OnBus { has_driver: false, ..held };
        let state = |function, answers: Option<&Answers>| {
            merge(&[function], answers).on_bus.first().and_then(|finding| finding.state)
        };
        let mismatch = ended(GpuState::VersionMismatch, Vec::new());
        assert_eq!(state(loose, None), Some(GpuState::NoDriver));
        assert_eq!(state(loose, Some(&mismatch)), Some(GpuState::NoDriver));
        assert_eq!(state(held, None), Some(GpuState::NotAsked));
        assert_eq!(state(held, Some(&all(Vec::new()))), Some(GpuState::NotListed));
        for whole in [
            GpuState::LibraryMissing,
            GpuState::NoDeviceNodes,
            GpuState::VersionMismatch,
            GpuState::Forbidden,
            GpuState::Timeout,
        ] {
            let answers = ended(whole, Vec::new());
            let merged = merge(&[held], Some(&answers));
            assert_eq!(shown(&merged.on_bus), [(None, Some(whole))]);
            assert_eq!(merged.on_bus[0].error.unwrap().call, "nvmlInit_v2");
        }
    }

    #[test]
    fn one_lost_gpu_hides_no_other() {
        let functions = ["0000:17:00.0", "0000:65:00.0", "0000:ca:00.0"].map(function);
        let lost = failed(1, "nvmlDeviceGetHandleByIndex_v2", 15);
        let answers = all(vec![answer(0, "00000000:17:00.0"), lost, answer(2, "00000000:CA:00.0")]);
        let merged = merge(&functions, Some(&answers));
        assert_eq!(
            shown(&merged.on_bus),
            [(Some(0), None), (Some(1), Some(GpuState::GpuLost)), (Some(2), None)]
        );
        assert!(merged.beside.is_empty());
    }

    #[test]
    fn an_answer_without_address_passes_over_functions_that_nvml_cannot_know() {
        let passed_through = OnBus { has_driver: false, ..function("0000:17:00.0") };
        let functions = [passed_through, function("0000:65:00.0")];
        let answers = all(vec![failed(0, "nvmlDeviceGetHandleByIndex_v2", 16)]);
        assert_eq!(
            shown(&merge(&functions, Some(&answers)).on_bus),
            [(None, Some(GpuState::NoDriver)), (Some(0), Some(GpuState::ResetRequired))]
        );
    }

    #[test]
    fn what_the_bus_does_not_show_stands_beside_it() {
        let answers =
            all(vec![answer(0, "00000000:01:00.0"), answer(1, "00000000:17:00.0"), answer(2, "")]);
        let merged = merge(&[function("0000:17:00.0")], Some(&answers));
        assert_eq!(shown(&merged.on_bus), [(Some(1), None)]);
        assert_eq!(shown(&merged.beside), [(Some(0), None), (Some(2), None)]);
    }

    #[test]
    fn two_answers_for_one_function_are_one_gpu() {
        let answers = all(vec![answer(0, "00000000:17:00.0"), answer(1, "00000000:17:00.0")]);
        let merged = merge(&[function("0000:17:00.0")], Some(&answers));
        assert_eq!(shown(&merged.on_bus), [(Some(0), None)]);
        assert!(merged.beside.is_empty());
    }

    #[test]
    fn a_hang_in_the_middle_leaves_what_was_told_before() {
        let functions = ["0000:17:00.0", "0000:65:00.0", "0000:ca:00.0"].map(function);
        let half = Answer { memory_total_bytes: None, ..answer(1, "00000000:65:00.0") };
        let answers = ended(GpuState::Timeout, vec![answer(0, "00000000:17:00.0"), half]);
        let merged = merge(&functions, Some(&answers));
        let timeout = Some(GpuState::Timeout);
        assert_eq!(shown(&merged.on_bus), [(Some(0), None), (Some(1), timeout), (None, timeout)]);
    }

    #[test]
    fn the_state_of_a_gpu_without_memory_is_that_of_its_last_memory_call() {
        let state = |answer: Answer| merge(&[], Some(&all(vec![answer]))).beside[0].state;
        assert_eq!(state(failed(0, "nvmlDeviceGetMemoryInfo", 4)), Some(GpuState::Forbidden));
        assert_eq!(state(failed(0, "nvmlDeviceGetMemoryInfo", 999)), Some(GpuState::Failed));
        let by_handle = failed(0, "nvmlDeviceGetHandleByIndex_v2", 4);
        assert_eq!(state(by_handle), Some(GpuState::Forbidden));
        assert_eq!(state(failed(0, "nvmlDeviceGetNvLinkState", 4)), Some(GpuState::Failed));
        assert_eq!(state(Answer::default()), Some(GpuState::Failed));
        let none = Answer { memory_total_bytes: Some(0), ..Answer::default() };
        assert_eq!(state(none), Some(GpuState::Failed), "no GPU has no memory");
        let mut twice = failed(0, "nvmlDeviceGetMemoryInfo_v2", 13);
        twice.errors.push(error("nvmlDeviceGetMemoryInfo", Some(4)));
        assert_eq!(state(twice), Some(GpuState::Forbidden));
        let mut lost_after = failed(0, "nvmlDeviceGetMemoryInfo", 999);
        lost_after.errors.push(error("nvmlDeviceGetName", Some(15)));
        assert_eq!(state(lost_after), Some(GpuState::GpuLost));
    }

    #[test]
    fn trouble_beside_a_known_memory_is_no_state_but_a_lost_gpu_is() {
        let known = |call: &str, code| {
            let memory_total_bytes = Some(1 << 30);
            let answers = all(vec![Answer { memory_total_bytes, ..failed(0, call, code) }]);
            merge(&[], Some(&answers)).beside[0].state
        };
        assert_eq!(known("nvmlDeviceGetMemoryInfo_v2", 13), None);
        assert_eq!(known("nvmlDeviceGetNvLinkState", 15), Some(GpuState::GpuLost));
        let unified = Answer { unified: true, ..Answer::default() };
        assert_eq!(merge(&[], Some(&all(vec![unified]))).beside[0].state, None);
    }
}
