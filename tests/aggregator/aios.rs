//! Speaking to AIOS: what each answer means, and what may have happened where there was none.

mod answers;
mod faults;
mod headers;
mod log;
mod scene;
mod tls;
mod wire;
