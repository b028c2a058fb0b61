//! JSON Schemas of what is printed, generated from the types.

use crate::cluster::Document;
use crate::{Inventory, NodeData};

/// The schemas by the name of their file in `common/schemas`.
#[must_use]
pub fn all() -> [(&'static str, schemars::Schema); 3] {
    [
        ("node-data.schema.json", schemars::schema_for!(NodeData)),
        ("inventory.schema.json", schemars::schema_for!(Inventory)),
        ("cluster.schema.json", schemars::schema_for!(Document)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schemas_are_those_of_the_types() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
        for (name, schema) in all() {
            let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            let committed: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            assert_eq!(
                committed,
                serde_json::to_value(&schema).unwrap(),
                "{name} is stale: cargo run -p inventory-common --example schemas"
            );
        }
    }
}
