//! Whether something answers at an address, by connecting to it.

mod http;
mod tcp;

pub use http::{Answer, NoHttp, get};
pub use tcp::{Reach, Target, connect, reach_all};
