//! What the onboarding page asks of a cluster before it is onboarded, each thing as a check.

mod settings;

pub use settings::uses_gateway;
