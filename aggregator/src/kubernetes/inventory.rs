//! `NodeInventory` objects as anybody may have written them: one that makes no sense must not keep the
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
    typed(object).map(NodeReport::from)
}

/// The object itself, or in one line why it makes no sense.
pub fn typed(object: DynamicObject) -> Result<NodeInventory, String> {
    let DynamicObject { metadata, mut data, .. } = object;
    let status = data.get_mut("status").map(serde_json::Value::take).ok_or("it has no status")?;
    let status: NodeInventoryStatus =
        serde_path_to_error::deserialize(status).map_err(|error| told(&error))?;
    Ok(NodeInventory::new(metadata, status))
}

fn told(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let path = format!("status.{}", error.path());
    plain(&format!("{}: {}", path.trim_end_matches('.'), error.inner())).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(data: serde_json::Value) -> String {
        let object = json!({ "metadata": { "name": "n" } });
        let mut object: DynamicObject = serde_json::from_value(object).unwrap();
        object.data = data;
        report(object).unwrap_err()
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_place() {
        assert_eq!(error(json!({})), "it has no status");
        assert_eq!(error(json!({ "status": {} })), "status: missing field `nodeData`");
        let conditions = json!({ "status": { "conditions": 7 } });
        assert!(error(conditions).starts_with("status.conditions: invalid type: integer `7`"));
    }
}
