//! `nvmlDevice_t`, and where a call happens: at a GPU or at a part of one.

use std::fmt;

/// What a call is about, as faults and the log name it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The library as a whole: an empty name.
    System,
    /// `3`: the GPU with that NVML index.
    Gpu(usize),
    /// `3.1`: a MIG device of GPU 3, or one of its `NvLinks`.
    Part(usize, usize),
}

impl Place {
    /// The part of this GPU with that number.
    pub fn part(self, part: u32) -> Self {
        match self {
            Self::System => Self::System,
            Self::Gpu(gpu) | Self::Part(gpu, _) => Self::Part(gpu, part as usize),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => Ok(()),
            Self::Gpu(gpu) => write!(f, "{gpu}"),
            Self::Part(gpu, part) => write!(f, "{gpu}.{part}"),
        }
    }
}

/// `nvmlDevice_t`: a pointer that the caller never follows, here the numbers of
/// a GPU and of a MIG device in it, each plus one; zero is the null pointer.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Handle(usize);

impl Handle {
    const PART_BITS: u32 = 16;
    const PART_MASK: usize = (1 << Self::PART_BITS) - 1;

    pub fn of(place: Place) -> Self {
        Self(match place {
            Place::System => 0,
            Place::Gpu(gpu) => (gpu + 1) << Self::PART_BITS,
            Place::Part(gpu, part) => (gpu + 1) << Self::PART_BITS | (part + 1),
        })
    }

    pub fn place(self) -> Place {
        let (gpu, part) = (self.0 >> Self::PART_BITS, self.0 & Self::PART_MASK);
        match (gpu.checked_sub(1), part.checked_sub(1)) {
            (None, _) => Place::System,
            (Some(gpu), None) => Place::Gpu(gpu),
            (Some(gpu), Some(part)) => Place::Part(gpu, part),
        }
    }
}
