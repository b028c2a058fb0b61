//! NodeInventories as anybody may have written them: one that makes no sense must not keep the
//! others from being read.

use inventory_common::resource::{NodeInventory, NodeInventoryStatus};
use inventory_common::telling::plain;
use kube::Client;
use kube::api::{Api, ApiResource, DynamicObject};

use crate::cluster::report::NodeReport;

/// Inventories, whatever they say.
#[must_use]
pub fn api(client: Client) -> Api<DynamicObject> {
    Api::all_with(client, &ApiResource::erase::<NodeInventory>(&()))
}

/// What the object reports, or in one line why it makes no sense.
pub fn report(object: DynamicObject) -> Result<NodeReport, String> {
    let DynamicObject { metadata, mut data, .. } = object;
    let status = data.get_mut("status").map(serde_json::Value::take).ok_or("it has no status")?;
    let status: NodeInventoryStatus =
        serde_path_to_error::deserialize(status).map_err(|error| {
            let (path, reason) = (error.path().to_string(), error.inner().to_string());
            plain(&format!("status.{path}: {reason}")).into_owned()
        })?;
    Ok(NodeInventory::new(metadata, status).into())
}
