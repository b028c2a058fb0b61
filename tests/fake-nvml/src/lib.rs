//! A stand-in for `libnvidia-ml.so.1`, for tests.
//!
//! It is loaded as the real library is, speaks the part of NVML that an agent
//! calls to learn what GPUs a host has, and takes its behaviour from the JSON
//! file which the environment variable `FAKE_NVML` names: see `config` and
//! `gpu` for what there is, and `fault` for everything that can go wrong with them.
//!
//! The file is read by the first `nvmlInit_v2` and forgotten by the last
//! `nvmlShutdown`, so that a test may rewrite it between two readings.
//!
//! Each file of `api` is a table of exported functions; `call` is what all
//! of them go through.
#![expect(unsafe_code, reason = "it speaks C, and each block says why it is sound")]

mod api;
mod call;
mod code;
mod config;
mod fault;
mod gpu;
mod handle;
mod layout;
mod session;
mod value;
