//! `nvmlReturn_t`: what every NVML function returns, with the names of nvml.h
//! and the words of `nvmlErrorString`.

use std::ffi::{CStr, c_char, c_uint};

use serde::{Deserialize, Deserializer, de::Error};

/// One `nvmlReturn_t`. A C enum, so any number can be in it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Code(c_uint);

impl Code {
    pub const SUCCESS: Self = Self(0);
    pub const UNINITIALIZED: Self = Self(1);
    pub const INVALID_ARGUMENT: Self = Self(2);
    pub const NOT_SUPPORTED: Self = Self(3);
    pub const NO_PERMISSION: Self = Self(4);
    pub const NOT_FOUND: Self = Self(6);
    pub const INSUFFICIENT_SIZE: Self = Self(7);
    pub const DRIVER_NOT_LOADED: Self = Self(9);
    pub const ARGUMENT_VERSION_MISMATCH: Self = Self(25);
    pub const UNKNOWN: Self = Self(999);
}

/// Number, name in nvml.h less `NVML_`, words.
const CODES: &[(c_uint, &str, &CStr)] = &[
    (0, "SUCCESS", c"Success"),
    (1, "ERROR_UNINITIALIZED", c"Uninitialized"),
    (2, "ERROR_INVALID_ARGUMENT", c"Invalid Argument"),
    (3, "ERROR_NOT_SUPPORTED", c"Not Supported"),
    (4, "ERROR_NO_PERMISSION", c"Insufficient Permissions"),
    (5, "ERROR_ALREADY_INITIALIZED", c"Already Initialized"),
    (6, "ERROR_NOT_FOUND", c"Not Found"),
    (7, "ERROR_INSUFFICIENT_SIZE", c"Insufficient Size"),
    (8, "ERROR_INSUFFICIENT_POWER", c"Insufficient External Power"),
    (9, "ERROR_DRIVER_NOT_LOADED", c"Driver Not Loaded"),
    (10, "ERROR_TIMEOUT", c"Timeout"),
    (11, "ERROR_IRQ_ISSUE", c"Interrupt Request Issue"),
    (12, "ERROR_LIBRARY_NOT_FOUND", c"Shared Library Not Found"),
    (13, "ERROR_FUNCTION_NOT_FOUND", c"Function Not Found"),
    (14, "ERROR_CORRUPTED_INFOROM", c"Corrupted infoROM"),
    (15, "ERROR_GPU_IS_LOST", c"GPU is lost"),
    (16, "ERROR_RESET_REQUIRED", c"GPU requires reset"),
    (17, "ERROR_OPERATING_SYSTEM", c"Blocked by the system"),
    (18, "ERROR_LIB_RM_VERSION_MISMATCH", c"Driver/library version mismatch"),
    (19, "ERROR_IN_USE", c"In use by another client"),
    (20, "ERROR_MEMORY", c"Insufficient Memory"),
    (21, "ERROR_NO_DATA", c"No data"),
    (22, "ERROR_VGPU_ECC_NOT_SUPPORTED", c"vGPU with ECC not supported"),
    (23, "ERROR_INSUFFICIENT_RESOURCES", c"Insufficient Resources"),
    (24, "ERROR_FREQ_NOT_SUPPORTED", c"Frequency not supported"),
    (25, "ERROR_ARGUMENT_VERSION_MISMATCH", c"Argument version mismatch"),
    (26, "ERROR_DEPRECATED", c"Deprecated"),
    (27, "ERROR_NOT_READY", c"Not ready"),
    (28, "ERROR_GPU_NOT_FOUND", c"GPU not found"),
    (29, "ERROR_INVALID_STATE", c"Invalid state"),
    (30, "ERROR_RESET_TYPE_NOT_SUPPORTED", c"Reset type not supported"),
    (999, "ERROR_UNKNOWN", c"Unknown Error"),
];

/// In the file: the name of nvml.h, with or without `NVML_`, or any number.
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "an NVML error by name or number")]
        enum Form {
            Number(c_uint),
            Name(String),
        }
        let name = match Form::deserialize(from)? {
            Form::Number(number) => return Ok(Self(number)),
            Form::Name(name) => name,
        };
        let short = name.strip_prefix("NVML_").unwrap_or(&name);
        CODES
            .iter()
            .find(|row| row.1 == short)
            .map(|row| Self(row.0))
            .ok_or_else(|| D::Error::custom(format!("no NVML error {name}")))
    }
}

/// The words for a return code, in memory that nobody frees. The one call that
/// needs no initialisation; nothing can be made to go wrong with it.
#[unsafe(no_mangle)]
pub extern "C" fn nvmlErrorString(code: Code) -> *const c_char {
    CODES.iter().find(|row| row.0 == code.0).map_or(c"Unknown Error", |row| row.2).as_ptr()
}
