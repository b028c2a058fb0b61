//! Why a call gave no answer: NVML's number for it with NVML's own words, which people know from
//! nvidia-smi and look for.

use inventory_common::CallError;
use nvml_wrapper::error::NvmlError;

/// `NVML_ERROR_INVALID_ARGUMENT`.
pub(super) const INVALID_ARGUMENT: u32 = 2;
/// `NVML_ERROR_NOT_SUPPORTED`.
pub(super) const NOT_SUPPORTED: u32 = 3;
/// `NVML_ERROR_NOT_FOUND`.
pub(super) const NOT_FOUND: u32 = 6;
/// `NVML_ERROR_FUNCTION_NOT_FOUND`: also what we say where the library lacks a function.
pub(super) const FUNCTION_NOT_FOUND: u32 = 13;

/// The words of `nvmlErrorString`, by number.
const WORDS: [&str; 31] = [
    "Success",
    "Uninitialized",
    "Invalid Argument",
    "Not Supported",
    "Insufficient Permissions",
    "Already Initialized",
    "Not Found",
    "Insufficient Size",
    "Insufficient External Power",
    "Driver Not Loaded",
    "Timeout",
    "Interrupt Request Issue",
    "Shared Library Not Found",
    "Function Not Found",
    "Corrupted infoROM",
    "GPU is lost",
    "GPU requires reset",
    "Blocked by the system",
    "Driver/library version mismatch",
    "In use by another client",
    "Insufficient Memory",
    "No data",
    "vGPU with ECC not supported",
    "Insufficient Resources",
    "Frequency not supported",
    "Argument version mismatch",
    "Deprecated",
    "Not ready",
    "GPU not found",
    "Invalid state",
    "Reset type not supported",
];

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// NVML's number; absent where what is wrong is the answer itself.
    code: Option<u32>,
    message: String,
}

impl Refusal {
    /// NVML said that all was well, and gave something that cannot be.
    pub(super) fn own(message: String) -> Self {
        Self { code: None, message }
    }

    pub(super) fn code(&self) -> Option<u32> {
        self.code
    }

    pub(super) fn is(&self, code: u32) -> bool {
        self.code == Some(code)
    }

    /// The same, with what it is about before it.
    pub(super) fn because(self, reason: &str) -> Self {
        Self { message: format!("{reason}: {}", self.message), ..self }
    }

    pub(super) fn of(self, call: &str, index: Option<u32>) -> CallError {
        CallError { call: call.to_owned(), index, code: self.code, message: self.message }
    }

    fn of_code(code: u32) -> Self {
        let known = usize::try_from(code).ok().and_then(|code| WORDS.get(code));
        let words = known.copied().unwrap_or("Unknown Error");
        Self { code: Some(code), message: format!("{words}, NVML error {code}") }
    }
}

impl From<NvmlError> for Refusal {
    fn from(error: NvmlError) -> Self {
        match error {
            NvmlError::FailedToLoadSymbol(words) => {
                Self { code: Some(FUNCTION_NOT_FOUND), message: words }
            }
            // The wrapper says so of errors that it does not know, which end with the list, and of
            // answers that cannot be. Zero and one never are.
            NvmlError::UnexpectedVariant(number) => {
                let is_error = (23..WORDS.len()).contains(&usize::try_from(number).unwrap_or(0));
                if is_error { Self::of_code(number) } else { Self::own(format!("says {number}")) }
            }
            NvmlError::Utf8Error(_)
            | NvmlError::NulError(_)
            | NvmlError::LibloadingError(_)
            | NvmlError::StringTooLong { .. }
            | NvmlError::IncorrectBits(_) => Self::own(error.to_string()),
            error => Self::of_code(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_keep_their_number_and_have_the_words_of_nvml() {
        for (error, code, words) in [
            (NvmlError::GpuLost, Some(15), "GPU is lost, NVML error 15"),
            (
                NvmlError::LibRmVersionMismatch,
                Some(18),
                "Driver/library version mismatch, NVML error 18",
            ),
            (NvmlError::Unknown, Some(999), "Unknown Error, NVML error 999"),
            (NvmlError::UnexpectedVariant(28), Some(28), "GPU not found, NVML error 28"),
            (NvmlError::UnexpectedVariant(15), None, "says 15"),
            (NvmlError::UnexpectedVariant(u32::MAX), None, "says 4294967295"),
            (NvmlError::FailedToLoadSymbol("no x".into()), Some(13), "no x"),
        ] {
            let refusal = Refusal::from(error);
            assert_eq!((refusal.code(), refusal.message.as_str()), (code, words));
        }
    }
}
