//! What a dump tells of its host beside figures.

use inventory_common::Inventory;

use crate::report::Detail;
use crate::report::said::Said;

/// A fact of a host, and where it stands.
type Fact = (&'static str, fn(&Inventory) -> Option<&String>);

/// What is shown, in this order.
const FACTS: [Fact; 6] = [
    ("Machine", |inventory| inventory.host.product.as_ref()),
    ("Operating system", |inventory| inventory.host.operating_system.as_ref()),
    ("Kernel", |inventory| inventory.host.kernel.as_ref()),
    ("Architecture", |inventory| inventory.host.architecture.as_ref()),
    ("GPU driver", |inventory| first(inventory, |gpu| gpu.driver_version.as_ref())),
    ("CUDA, at most", |inventory| first(inventory, |gpu| gpu.cuda_version.as_ref())),
];

/// What is known of the host; empty where the source does not tell.
#[must_use]
pub fn facts(detail: &Detail) -> Vec<(&'static str, Said)> {
    let Detail::Inventory(inventory) = detail else { return Vec::new() };
    FACTS.iter().filter_map(|(name, of)| Some((*name, Said::from(of(inventory)?)))).collect()
}

/// What the first GPU that has it says.
fn first(
    inventory: &Inventory,
    of: impl Fn(&inventory_common::Gpu) -> Option<&String>,
) -> Option<&String> {
    inventory.devices.gpus.iter().find_map(of)
}
