//! The fields of what the programs print and write, as their schemas say.

use std::collections::BTreeMap;

use inventory_common::resource::definition;
use inventory_common::schema;
use serde_json::Value;

use super::table::{code, table};

/// The pages of the schemas: the file, the name, and what to know beside.
const PAGES: [(&str, &str, &str, &str); 3] = [
    (
        "node-data",
        "node-data.schema.json",
        "nodeData",
        "What `inventory-agent --dump` prints of a node, and what AIOS stores of it. What each figure is made of: [figures.md](../explanation/figures.md).",
    ),
    (
        "inventory",
        "inventory.schema.json",
        "The inventory",
        "What `inventory-agent --dump --detail` prints. A field that may be absent is absent where it is unknown.",
    ),
    (
        "document",
        "cluster.schema.json",
        "The cluster's document",
        "What `inventory-aggregator document` prints, and what AIOS is told.",
    ),
];

/// The pages of the cluster's kinds.
const KINDS: [(&str, &str, &str); 2] = [
    (
        "node-inventory",
        "nodeinventories.yaml",
        "What an agent writes of its node; `kubectl explain nodeinventory.status` says the same.",
    ),
    (
        "cluster-onboarding",
        "clusteronboardings.yaml",
        "What a person says of the cluster (`spec`), and how its onboarding stands (`status`); `kubectl explain clusteronboarding.spec` says the same.",
    ),
];

/// Every page.
pub fn pages() -> Vec<(&'static str, String)> {
    let schemas: Vec<(&str, Value)> = schema::all()
        .into_iter()
        .map(|(name, schema)| (name, serde_json::to_value(schema).expect("a schema")))
        .collect();
    let of = |file: &str| &schemas.iter().find(|(name, _)| *name == file).expect("a schema").1;
    let mut pages: Vec<_> = PAGES
        .iter()
        .map(|(page, file, title, beside)| (*page, text(title, beside, of(file))))
        .collect();
    for (name, definition) in definition::all().expect("definitions") {
        let (page, _, beside) = KINDS.iter().find(|(_, file, _)| *file == name).expect("a page");
        let all = serde_json::to_value(definition).expect("a definition");
        let kind = all["spec"]["names"]["kind"].as_str().unwrap_or_default();
        pages.push((
            page,
            text(kind, beside, &all["spec"]["versions"][0]["schema"]["openAPIV3Schema"]),
        ));
    }
    pages
}

fn text(title: &str, beside: &str, schema: &Value) -> String {
    let mut rows = Vec::new();
    fields(schema, schema, "", &mut rows);
    format!("# {title}\n\n{beside}\n\n{}", table(["field", "type", "is"], rows))
}

/// A row for each field, and for those below it.
fn fields(root: &Value, of: &Value, path: &str, rows: &mut Vec<[String; 3]>) {
    let required: Vec<&str> =
        of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    // Whoever builds this decides whether a map keeps its order; a page must be the same for all.
    let properties: BTreeMap<&String, &Value> =
        of["properties"].as_object().into_iter().flatten().collect();
    for (name, field) in properties {
        let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let (kind, is_list) = resolved(root, field);
        let at = if is_list { format!("{at}[]") } else { at };
        let told =
            field["description"].as_str().or(kind["description"].as_str()).unwrap_or_default();
        let absent = if required.contains(&name.as_str()) { "" } else { ", may be absent" };
        rows.push([code(&at), format!("{}{absent}", type_of(kind)), told.to_owned()]);
        fields(root, kind, &at, rows);
    }
}

/// What a field holds, and whether it holds a list of these.
fn resolved<'a>(root: &'a Value, field: &'a Value) -> (&'a Value, bool) {
    if let Some(name) = field["$ref"].as_str().and_then(|it| it.strip_prefix("#/$defs/")) {
        return resolved(root, &root["$defs"][name]);
    }
    if let Some(some) =
        field["anyOf"].as_array().and_then(|any| any.iter().find(|it| it["type"] != "null"))
    {
        return resolved(root, some);
    }
    match field.get("items") {
        Some(items) => (resolved(root, items).0, true),
        None => (field, false),
    }
}

fn type_of(kind: &Value) -> String {
    let words =
        kind["oneOf"].as_array().into_iter().flatten().filter_map(|it| it["const"].as_str());
    let words =
        words.chain(kind["enum"].as_array().into_iter().flatten().filter_map(Value::as_str));
    let words: Vec<String> = words.map(code).collect();
    if !words.is_empty() {
        return words.join(", ");
    }
    let types = kind["type"].as_array().into_iter().flatten().chain(Some(&kind["type"]));
    let mut types = types.filter_map(Value::as_str).filter(|it| *it != "null");
    types.next().unwrap_or("any").to_owned()
}
