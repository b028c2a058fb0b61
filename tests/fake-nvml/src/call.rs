//! The way that every exported function goes: log, fault, answer.

use std::{
    ffi::{c_char, c_uint},
    mem::MaybeUninit,
    ops::Deref,
    slice,
};

use crate::{code::Code, config::Config, fault::Twist, handle::Place, session};

/// Where an answer goes: C's pointer, which may be null, to memory that need
/// not be initialised.
pub type Out<'a, T> = Option<&'a mut MaybeUninit<T>>;

/// A call under way, which knows what the GPUs are and whether to lie.
pub struct Call<'a> {
    config: &'a Config,
    twist: Twist,
}

impl Deref for Call<'_> {
    type Target = Config;

    fn deref(&self) -> &Config {
        self.config
    }
}

/// Lets `give` answer a call, unless a fault or the lack of an initialisation does.
pub fn answer(name: &str, place: Place, give: impl FnOnce(&Call) -> Result<(), Code>) -> Code {
    let given = || {
        let driver = session::current().ok_or(Code::UNINITIALIZED)?;
        let twist = driver.enter(name, place)?;
        give(&Call { config: &driver.config, twist })
    };
    given().err().unwrap_or(Code::SUCCESS)
}

/// Gives a value to the caller.
pub fn put<T>(out: Out<T>, value: T) -> Result<(), Code> {
    out.ok_or(Code::INVALID_ARGUMENT)?.write(value);
    Ok(())
}

impl Call<'_> {
    /// This number, or the one that the fault wants instead, where that fits.
    pub fn number<T: TryFrom<u64>>(&self, honest: T) -> T {
        match self.twist {
            Twist::Value(value) => T::try_from(value).unwrap_or(honest),
            Twist::None | Twist::Unterminated => honest,
        }
    }

    /// Text in an array of a struct, cut to leave room for its NUL.
    pub fn array<const N: usize>(&self, text: &str) -> [u8; N] {
        let mut array = [b'A'; N];
        if self.twist != Twist::Unterminated {
            array.fill(0);
            for (to, from) in array.iter_mut().take(N - 1).zip(text.bytes()) {
                *to = from;
            }
        }
        array
    }

    /// Text in a buffer of the caller's; with its NUL it has to fit.
    ///
    /// # Safety
    ///
    /// `buffer` is null or has room for `length` bytes.
    pub unsafe fn text(
        &self,
        buffer: *mut c_char,
        length: c_uint,
        text: &[u8],
    ) -> Result<(), Code> {
        if buffer.is_null() {
            return Err(Code::INVALID_ARGUMENT);
        }
        let bytes = buffer.cast::<MaybeUninit<u8>>();
        // SAFETY: not null, so the caller has `length` bytes there, initialised or not.
        let bytes = unsafe { slice::from_raw_parts_mut(bytes, length as usize) };
        if self.twist == Twist::Unterminated {
            bytes.fill(MaybeUninit::new(b'A'));
            return Ok(());
        }
        let room = bytes.get_mut(..=text.len()).ok_or(Code::INSUFFICIENT_SIZE)?;
        for (to, from) in room.iter_mut().zip(text.iter().chain(&[0])) {
            to.write(*from);
        }
        Ok(())
    }
}

/// Exports functions of NVML: name and arguments as in nvml.h, `at` the place
/// that the call is about, and how it is answered.
macro_rules! nvml {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) at $place:expr,
       |$call:pat_param| $give:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Safety
        ///
        /// Each pointer is null or leads to room for what the call writes there.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($arg: $kind),*) -> $crate::code::Code {
            $crate::call::answer(stringify!($name), $place, |$call| $give)
        }
    )*};
}

/// The same for the functions whose last two arguments are a buffer for text
/// and its length.
macro_rules! nvml_text {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty)?) at $place:expr,
       |$call:ident| $text:expr;)*) => {$(
        $crate::call::nvml! {
            $(#[$doc])*
            $name($($arg: $kind,)? buffer: *mut std::ffi::c_char, length: std::ffi::c_uint) at $place,
            |$call| {
                let text = $text;
                // SAFETY: the caller's promise: null, or room for `length` bytes.
                unsafe { $call.text(buffer, length, &text) }
            };
        }
    )*};
}

pub(crate) use {nvml, nvml_text};
