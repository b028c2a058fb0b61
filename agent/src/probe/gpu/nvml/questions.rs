//! How a question is put: it is told first, and what refuses it is kept.

use inventory_common::CallError;

use super::refusal::Refusal;
use crate::answers::GPU_IS_LOST;
use crate::probe::gpu::told::Teller;

/// Questions about one GPU, or about the system.
pub(super) struct Questions<'a, 'w> {
    teller: &'a mut Teller<'w>,
    index: Option<u32>,
    errors: &'a mut Vec<CallError>,
    /// What the next questions are about, where that is but a part of the GPU.
    pub(super) part: Option<String>,
}

impl<'a, 'w> Questions<'a, 'w> {
    pub(super) fn new(
        teller: &'a mut Teller<'w>,
        index: Option<u32>,
        errors: &'a mut Vec<CallError>,
    ) -> Self {
        Self { teller, index, errors, part: None }
    }

    /// The answer to `call`; absent where one of `answers` refuses it, which is NVML's way to say
    /// that there is no such thing, and where anything else does, which is kept.
    ///
    /// A GPU that is lost is asked nothing more: there is nobody to answer.
    pub(super) fn one<T, E: Into<Refusal>>(
        &mut self,
        call: &'static str,
        answers: &[u32],
        question: impl FnOnce() -> Result<T, E>,
    ) -> Option<T> {
        if self.errors.iter().any(|error| error.code == Some(GPU_IS_LOST)) {
            return None;
        }
        match self.put(call, question) {
            Ok(answer) => Some(answer),
            Err(refusal) => {
                if !answers.iter().any(|code| refusal.is(*code)) {
                    self.keep(call, refusal);
                }
                None
            }
        }
    }

    /// The answer to `call`, or what refuses it, for whoever judges that.
    pub(super) fn put<T, E: Into<Refusal>>(
        &mut self,
        call: &'static str,
        question: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, Refusal> {
        self.teller.calling(call, self.index);
        question().map_err(Into::into)
    }

    pub(super) fn keep(&mut self, call: &'static str, refusal: Refusal) {
        let refusal = match &self.part {
            Some(part) => refusal.because(part),
            None => refusal,
        };
        self.errors.push(refusal.of(call, self.index));
    }
}
