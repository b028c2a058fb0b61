//! The lines in which the child process tells what NVML says, a JSON value each.
//!
//! They come one by one, so that a call which never returns is known by its name, and takes nothing
//! with it of what was told before.

use std::borrow::Cow;
use std::io::Write;

use inventory_common::CallError;
use serde::{Deserialize, Serialize};

use crate::answers::{Answer, Answers, Failure};
use crate::show::plain;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Line {
    /// This call begins, about the GPU with this index.
    Calling(Cow<'static, str>, Option<u32>),
    /// `nvmlSystemGetDriverVersion`.
    Driver(String),
    /// `nvmlSystemGetCudaDriverVersion_v2`, as `12.8`.
    Cuda(String),
    /// What is known so far of the GPU with this index.
    Gpu(Answer),
    /// A call failed that is not about one GPU.
    Refused(CallError),
    /// NVML as a whole does not answer.
    Failed(Failure),
    /// All was told.
    End,
}

/// Where the lines go.
pub(super) struct Teller<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Teller<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out }
    }

    pub(super) fn say(&mut self, line: &Line) {
        let mut text = serde_json::to_vec(line).unwrap_or_default();
        text.push(b'\n');
        // Whoever listens is this process's parent, and ends it when it has heard enough.
        let _deaf = self.out.write_all(&text);
    }

    pub(super) fn calling(&mut self, call: &'static str, index: Option<u32>) {
        self.say(&Line::Calling(Cow::Borrowed(call), index));
    }
}

/// What was told, put together again.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) answers: Answers,
    /// The call that began last, and the index of its GPU.
    pub(super) calling: Option<(String, Option<u32>)>,
    /// Whether all was told.
    pub(super) is_whole: bool,
    /// The first line that is none of ours.
    pub(super) nonsense: Option<String>,
}

/// The most characters of a line that is none of ours to be shown.
const SHOWN_CHARS: usize = 60;

impl Told {
    /// What is behind the last line's end was cut off, and is left out.
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut told = Self::default();
        for line in
            bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"))
        {
            match serde_json::from_slice(line) {
                Ok(line) => told.hear(line),
                Err(_) => told.wonder(line),
            }
        }
        told
    }

    fn hear(&mut self, line: Line) {
        let answers = &mut self.answers;
        match line {
            Line::Calling(call, index) => self.calling = Some((call.into_owned(), index)),
            Line::Driver(version) => answers.driver_version = Some(version),
            Line::Cuda(version) => answers.cuda_version = Some(version),
            Line::Gpu(gpu) => match answers.gpus.iter_mut().find(|old| old.index == gpu.index) {
                Some(old) => *old = gpu,
                None => answers.gpus.push(gpu),
            },
            Line::Refused(error) => answers.errors.push(error),
            Line::Failed(failure) => answers.failure = Some(failure),
            Line::End => self.is_whole = true,
        }
    }

    fn wonder(&mut self, line: &[u8]) {
        let shown = || {
            let text = String::from_utf8_lossy(line);
            let shown: String = text.trim().chars().take(SHOWN_CHARS).collect();
            plain(&shown).into_owned()
        };
        self.nonsense.get_or_insert_with(shown);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(lines: &[Line]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut teller = Teller::new(&mut bytes);
        for line in lines {
            teller.say(line);
        }
        bytes
    }

    fn gpu(index: u32, name: &str) -> Line {
        Line::Gpu(Answer { index, name: Some(name.to_owned()), ..Answer::default() })
    }

    #[test]
    fn what_was_told_later_of_a_gpu_stands_in_the_place_of_what_was_told_before() {
        let lines = [Line::Driver("580".into()), gpu(0, "A"), gpu(1, "B"), gpu(0, "C"), Line::End];
        let told = Told::parse(&written(&lines));
        let names: Vec<_> = told.answers.gpus.iter().map(|gpu| gpu.name.as_deref()).collect();
        assert_eq!(names, [Some("C"), Some("B")]);
        assert_eq!(told.answers.driver_version.as_deref(), Some("580"));
        assert!(told.is_whole && told.nonsense.is_none());
    }

    #[test]
    fn a_line_that_was_cut_off_is_left_out() {
        let bytes = written(&[Line::Calling("nvmlInit_v2".into(), None), gpu(3, "A"), Line::End]);
        for length in 0..bytes.len() {
            let told = Told::parse(&bytes[..length]);
            assert!(!told.is_whole && told.nonsense.is_none());
        }
        let told = Told::parse(&bytes[..bytes.len() - 1]);
        assert_eq!(told.calling, Some(("nvmlInit_v2".to_owned(), None)));
        assert_eq!(told.answers.gpus.len(), 1);
    }

    #[test]
    fn the_first_line_that_is_none_of_ours_is_shown_without_harm() {
        let told = Told::parse(b"\x1b[2Jhello\n{\"gpus\":[]}\n");
        assert_eq!(told.nonsense.as_deref(), Some("\\u{1b}[2Jhello"));
        let long = Told::parse(&[b"x".repeat(1000), b"\n".to_vec()].concat());
        assert_eq!(long.nonsense.map(|shown| shown.len()), Some(60));
    }
}
