//! The CustomResourceDefinitions, generated from the types.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceColumnDefinition, CustomResourceDefinition, CustomResourceDefinitionNames,
    CustomResourceDefinitionSpec, CustomResourceDefinitionVersion, CustomResourceSubresourceStatus,
    CustomResourceSubresources, CustomResourceValidation, JSONSchemaProps,
};
use kube::core::ObjectMeta;
use kube::core::schema::{OptionalEnum, StructuralSchemaRewriter};
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema, json_schema};
use serde_json::{Value, json};

use super::{
    ClusterOnboarding, ClusterOnboardingSpec, ClusterOnboardingStatus, GROUP, NodeInventory,
    NodeInventoryStatus, VERSION,
};

/// The path of a condition's status.
macro_rules! condition {
    ($kind:literal) => {
        concat!(".status.conditions[?(@.type==\"", $kind, "\")].status")
    };
}

/// The definitions by the name of their file in `deploy/chart/crds`.
pub fn all() -> Result<Vec<(&'static str, CustomResourceDefinition)>, serde_json::Error> {
    Ok(vec![
        ("clusteronboardings.yaml", cluster_onboarding()?),
        ("nodeinventories.yaml", node_inventory()?),
    ])
}

/// The definition of [`NodeInventory`].
pub fn node_inventory() -> Result<CustomResourceDefinition, serde_json::Error> {
    let schema = json_schema!({
        "description": "A node's inventory, named as its Node and written by the agent that runs there.",
        "type": "object",
        "required": ["status"],
        "properties": { "status": owned_schema_of::<NodeInventoryStatus>() },
    });
    let columns = [
        ("GPUs", "integer", ".status.nodeData.gpus.count", "physical GPUs"),
        ("GPU-Memory", "integer", ".status.nodeData.gpus.memory", "their memory in MiB"),
        ("vCPUs", "integer", ".status.nodeData.vcpus.count", "online logical CPUs"),
        ("Memory", "integer", ".status.nodeData.memory", "main memory in MiB"),
        ("Disks", "integer", ".status.nodeData.storage.disks", "physical disks"),
        ("NICs", "integer", ".status.nodeData.network.interfaces", "physical network ports"),
        ("Complete", "string", condition!("Complete"), "whether everything could be read"),
        AGE,
    ];
    definition(&Kind {
        names: [NodeInventory::KIND, NodeInventory::PLURAL, "nodeinventory", "ninv"],
        columns: &columns,
        schema,
        // One write carries all.
        has_status: false,
    })
}

/// What must hold of a [`ClusterOnboarding`] beyond its schema: a rule, and what is said otherwise.
const ONBOARDING_RULES: [(&str, &str); 3] = [
    (
        "self.metadata.name == 'cluster'",
        "there is one ClusterOnboarding in a cluster, and its name is cluster",
    ),
    (
        "!(self.spec.id in ['.', '..'])",
        "spec.id is '.' or '..', and AIOS could not find the cluster again",
    ),
    (
        "self.spec.id == oldSelf.spec.id",
        "spec.id has changed, and AIOS cannot rename a cluster: delete this object, which leaves AIOS's entry as it is, and create it anew",
    ),
];

/// The definition of [`ClusterOnboarding`].
pub fn cluster_onboarding() -> Result<CustomResourceDefinition, serde_json::Error> {
    let rules = ONBOARDING_RULES.map(|(rule, message)| json!({ "rule": rule, "message": message }));
    let schema = json_schema!({
        "description": "What a person says of the cluster, and how far AIOS has been told. Deleting it deletes nothing in AIOS.",
        "type": "object",
        "required": ["spec"],
        "properties": {
            "spec": schema_of::<ClusterOnboardingSpec>(),
            "status": owned_schema_of::<ClusterOnboardingStatus>(),
        },
        "x-kubernetes-validations": rules,
    });
    let columns = [
        ("ID", "string", ".spec.id", "the cluster's id in its network"),
        ("Region", "string", ".spec.regionId", "the region"),
        ("Nodes", "integer", ".status.coverage.expected", "nodes that should have an inventory"),
        ("Whole", "integer", ".status.coverage.whole", "nodes that have a fresh and complete one"),
        ("GPUs", "integer", ".status.totals.gpus.count", "physical GPUs of all nodes"),
        ("Covered", "string", condition!("Covered"), "whether every node is there and fully known"),
        ("Submitted", "string", condition!("Submitted"), "whether AIOS has the cluster"),
        ("InSync", "string", condition!("InSync"), "whether what AIOS has is what is true"),
        AGE,
    ];
    definition(&Kind {
        names: [ClusterOnboarding::KIND, ClusterOnboarding::PLURAL, "clusteronboarding", "conb"],
        columns: &columns,
        schema,
        has_status: true,
    })
}

/// Name, type, path and description of a column of `kubectl get`.
type Column = (&'static str, &'static str, &'static str, &'static str);

const AGE: Column = ("Age", "date", ".metadata.creationTimestamp", "since when the object exists");

/// What tells one kind from another.
struct Kind<'a> {
    /// Kind, plural, singular and short name.
    names: [&'static str; 4],
    columns: &'a [Column],
    schema: Schema,
    has_status: bool,
}

fn definition(kind: &Kind) -> Result<CustomResourceDefinition, serde_json::Error> {
    let [name, plural, singular, short] = kind.names;
    let schema: JSONSchemaProps = serde_json::from_value(kind.schema.clone().to_value())?;
    let version = CustomResourceDefinitionVersion {
        name: VERSION.to_owned(),
        served: true,
        storage: true,
        schema: Some(CustomResourceValidation { open_api_v3_schema: Some(schema) }),
        subresources: kind.has_status.then(|| CustomResourceSubresources {
            status: Some(CustomResourceSubresourceStatus(json!({}))),
            scale: None,
        }),
        additional_printer_columns: Some(kind.columns.iter().map(column).collect()),
        ..CustomResourceDefinitionVersion::default()
    };
    Ok(CustomResourceDefinition {
        metadata: ObjectMeta { name: Some(format!("{plural}.{GROUP}")), ..ObjectMeta::default() },
        spec: CustomResourceDefinitionSpec {
            group: GROUP.to_owned(),
            scope: "Cluster".to_owned(),
            names: CustomResourceDefinitionNames {
                kind: name.to_owned(),
                plural: plural.to_owned(),
                singular: Some(singular.to_owned()),
                short_names: Some(vec![short.to_owned()]),
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

/// The schema of what one owner writes whole: a set of field paths per figure would outweigh the
/// figures.
fn owned_schema_of<T: JsonSchema>() -> Schema {
    let mut schema = schema_of::<T>();
    schema.insert("x-kubernetes-map-type".to_owned(), "atomic".into());
    schema
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
        .with_transform(Figures)
        .with_transform(FreeForm);
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

/// Objects in which anything may stand: an API server drops what it does not know unless told.
#[derive(Clone, Debug)]
struct FreeForm;

impl Transform for FreeForm {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        if schema.get("additionalProperties") == Some(&Value::Bool(true)) {
            schema.remove("additionalProperties");
            schema.insert("x-kubernetes-preserve-unknown-fields".to_owned(), true.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
        JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
    };

    use super::*;

    #[test]
    fn the_committed_definitions_are_those_of_the_types() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/chart/crds");
        let all = all().unwrap();
        let mut files: Vec<_> =
            folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
        files.sort_unstable();
        assert_eq!(files, all.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        for (name, definition) in all {
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
        if let Some(JSONSchemaPropsOrBool::Schema(values)) = &schema.additional_properties {
            walk(&format!("{path}.*"), values, see);
        }
    }

    /// Where a person may write anything.
    const FREE_FORM: [&str; 2] = [".spec.clusterMetadata", ".spec.config"];
    /// What may be negative or a fraction.
    const NUMBERS: [&str; 1] = [".spec.reputation"];

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
                Some("object") if schema.properties.is_some() => {}
                Some("object") if schema.additional_properties.is_some() => {
                    assert!(schema.max_properties.is_some(), "{path}");
                }
                Some("object") => {
                    assert!(FREE_FORM.contains(&path), "{path}");
                    assert_eq!(schema.x_kubernetes_preserve_unknown_fields, Some(true), "{path}");
                }
                Some("number") => assert!(NUMBERS.contains(&path), "{path}"),
                Some("boolean") => {}
                kind => panic!("{path} is of type {kind:?}"),
            });
        }
    }
}
