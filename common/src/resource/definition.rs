//! The CustomResourceDefinitions, generated from the types.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionNames,
    CustomResourceDefinitionSpec, CustomResourceDefinitionVersion, CustomResourceValidation,
    JSONSchemaProps,
};
use kube::core::ObjectMeta;
use kube::core::schema::{OptionalEnum, StructuralSchemaRewriter};
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::Value;

use super::{GROUP, NodeInventory, NodeInventoryStatus, VERSION};

/// The definitions by the name of their file in `deploy/chart/crds`.
pub fn all() -> Result<Vec<(&'static str, CustomResourceDefinition)>, serde_json::Error> {
    Ok(vec![("nodeinventories.yaml", node_inventory()?)])
}

/// The definition of [`NodeInventory`].
pub fn node_inventory() -> Result<CustomResourceDefinition, serde_json::Error> {
    let mut status = schema_of::<NodeInventoryStatus>();
    // One owner writes it whole: a set of field paths per figure would outweigh the figures.
    status.insert("x-kubernetes-map-type".to_owned(), "atomic".into());
    let schema = json_schema!({
        "description": "A node's inventory, named as its Node and written by the agent that runs there.",
        "type": "object",
        "required": ["status"],
        "properties": { "status": status },
    });
    let names = Names {
        kind: NodeInventory::KIND,
        plural: NodeInventory::PLURAL,
        singular: "nodeinventory",
        short: "ninv",
    };
    let columns = [
        ("GPUs", "integer", ".status.nodeData.gpus.count", "physical GPUs"),
        ("GPU-Memory", "integer", ".status.nodeData.gpus.memory", "their memory in MiB"),
        ("vCPUs", "integer", ".status.nodeData.vcpus.count", "online logical CPUs"),
        ("Memory", "integer", ".status.nodeData.memory", "main memory in MiB"),
        ("Disks", "integer", ".status.nodeData.storage.disks", "physical disks"),
        ("NICs", "integer", ".status.nodeData.network.interfaces", "physical network ports"),
        (
            "Complete",
            "string",
            ".status.conditions[?(@.type==\"Complete\")].status",
            "whether everything could be read",
        ),
        ("Age", "date", ".metadata.creationTimestamp", "since when the object exists"),
    ];
    definition(&names, &columns, schema)
}

/// What a kind is called.
struct Names {
    kind: &'static str,
    plural: &'static str,
    singular: &'static str,
    short: &'static str,
}

/// Name, type, path and description of a column of `kubectl get`.
type Column = (&'static str, &'static str, &'static str, &'static str);

fn definition(
    names: &Names,
    columns: &[Column],
    schema: Schema,
) -> Result<CustomResourceDefinition, serde_json::Error> {
    let schema: JSONSchemaProps = serde_json::from_value(schema.to_value())?;
    let version = CustomResourceDefinitionVersion {
        name: VERSION.to_owned(),
        served: true,
        storage: true,
        schema: Some(CustomResourceValidation { open_api_v3_schema: Some(schema) }),
        additional_printer_columns: Some(columns.iter().map(column).collect()),
        ..CustomResourceDefinitionVersion::default()
    };
    Ok(CustomResourceDefinition {
        metadata: ObjectMeta {
            name: Some(format!("{}.{GROUP}", names.plural)),
            ..ObjectMeta::default()
        },
        spec: CustomResourceDefinitionSpec {
            group: GROUP.to_owned(),
            scope: "Cluster".to_owned(),
            names: CustomResourceDefinitionNames {
                kind: names.kind.to_owned(),
                plural: names.plural.to_owned(),
                singular: Some(names.singular.to_owned()),
                short_names: Some(vec![names.short.to_owned()]),
                categories: Some(vec!["aios".to_owned()]),
                ..CustomResourceDefinitionNames::default()
            },
            versions: vec![version],
            ..CustomResourceDefinitionSpec::default()
        },
        status: None,
    })
}

fn column(&(name, kind, path, description): &Column) -> CustomResourceColumnDefinition {
    CustomResourceColumnDefinition {
        name: name.to_owned(),
        type_: kind.to_owned(),
        json_path: path.to_owned(),
        description: Some(description.to_owned()),
        ..CustomResourceColumnDefinition::default()
    }
}

/// The schema of a type, as an API server takes it: without references, tagged unions and formats
/// that it does not know.
fn schema_of<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::openapi3().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let settings = settings
        .with_transform(StructuralSchemaRewriter)
        .with_transform(OptionalEnum)
        .with_transform(Figures);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.remove("title");
    schema
}

/// Whole numbers as an API server knows them: `int64`, never negative.
#[derive(Clone, Debug)]
struct Figures;

impl Transform for Figures {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if let Some(format) = schema.get_mut("format")
            && format.as_str().is_some_and(|format| format.starts_with("uint"))
        {
            *format = Value::from("int64");
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaPropsOrArray;

    use super::*;

    #[test]
    fn the_committed_definitions_are_those_of_the_types() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/chart/crds");
        for (name, definition) in all().unwrap() {
            let committed = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
            assert_eq!(
                committed,
                serde_saphyr::to_string(&definition).unwrap(),
                "{name} is stale: cargo run -p inventory-common --example schemas"
            );
        }
    }

    /// Every schema below this one, with its path.
    fn walk(path: &str, schema: &JSONSchemaProps, see: &mut impl FnMut(&str, &JSONSchemaProps)) {
        see(path, schema);
        for (name, property) in schema.properties.iter().flatten() {
            walk(&format!("{path}.{name}"), property, see);
        }
        if let Some(JSONSchemaPropsOrArray::Schema(items)) = &schema.items {
            walk(&format!("{path}[]"), items, see);
        }
    }

    #[test]
    fn every_list_and_text_has_a_bound_and_no_number_can_be_negative() {
        for (_, definition) in all().unwrap() {
            let schema = definition.spec.versions[0].schema.as_ref().unwrap();
            let schema = schema.open_api_v3_schema.as_ref().unwrap();
            walk("", schema, &mut |path, schema| match schema.type_.as_deref() {
                Some("array") => assert!(schema.max_items.is_some(), "{path}"),
                Some("integer") => assert_eq!(schema.minimum, Some(0.0), "{path}"),
                Some("string") => assert!(
                    schema.max_length.is_some()
                        || schema.enum_.is_some()
                        || schema.format.is_some(),
                    "{path}"
                ),
                Some("object" | "boolean") => {}
                kind => panic!("{path} is of type {kind:?}"),
            });
        }
    }
}
