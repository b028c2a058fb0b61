//! The Parser: takes actions in an envelope and passes them on to the gateway.

use serde_json::{Value, json};

use crate::fault::{Outage, Weather};
use crate::gateway;
use crate::python::{self, no_attribute_get};
use crate::request::{Answer, Request};
use crate::route::{Route, Service};
use crate::world::{World, connection_refused};

/// What ends an action early: a Python exception's text.
type Raised = String;

pub(crate) fn answer(
    world: &mut World,
    weather: &Weather,
    route: Route,
    arguments: &[String],
    request: &Request,
) -> Answer {
    let action = arguments.first().map(String::as_str).unwrap_or_default();
    if weather.has(Outage::TaskDatabase) {
        return error(500, "create_task() got an unexpected keyword argument 'payload'");
    }
    let body = match python::body(request) {
        Ok(body) if python::is_truthy(&body.value) => body,
        Ok(_) => return error(400, "Invalid JSON input"),
        Err(raised) => return error(500, &raised),
    };
    let done = match (route, action) {
        (Route::Create, _) => create_cluster(world, weather, &body),
        (Route::AddNode, _) => add_node(&body.value),
        (_, "filter") => Ok(Ok(search_server_down())),
        (_, "parameterUpdate") => return not_implemented(action),
        _ => Err(format!("Invalid action: {action}")),
    };
    match done {
        Ok(result) => {
            let result = result.unwrap_or_else(|reason| json!([false, reason]));
            Answer::json(200, json!({"result": result, "success": true, "task_id": ""}))
        }
        Err(raised) => error(500, &raised),
    }
}

fn error(status: u16, text: &str) -> Answer {
    Answer::json(status, json!({"error": text}))
}

fn not_implemented(action: &str) -> Answer {
    let message = format!("Action {action} is not implemented");
    Answer::json(400, json!({"message": message, "success": false}))
}

fn search_server_down() -> Value {
    let message = connection_refused("127.0.0.1", 12_000, "/search");
    json!({"message": message, "success": false})
}

/// The stored cluster, or the reason why there is none.
fn create_cluster(
    world: &mut World,
    weather: &Weather,
    body: &python::Body,
) -> Result<Result<Value, String>, Raised> {
    let values = unwrapped(&body.value)?;
    for key in ["nodes", "gpus", "vcpus", "storage", "network"] {
        let part = member(values, key)?;
        if !part.is_object() {
            return Err(no_attribute_get(part));
        }
    }
    if !body.compliant {
        return Ok(Err("Out of range float values are not JSON compliant".to_owned()));
    }
    let mut document = values.clone();
    if let Value::Object(document) = &mut document {
        document.remove("status");
    }
    if weather.is_down(Service::Gateway) {
        return Ok(Err(world.unreachable(Service::Gateway, "/clusters/create")));
    }
    Ok(gateway::create(world, weather, &document))
}

/// Adding a node fails in every form: the gateway lacks the route that the Parser posts to.
fn add_node(body: &Value) -> Result<Result<Value, String>, Raised> {
    let values = unwrapped(body)?;
    let nested = ["node_data", "nodeData", "node"].iter().find_map(|key| values.get(key));
    let Some(node) = nested else { return Err(no_attribute_get(&Value::Null)) };
    member(node, "gpus")?;
    Ok(Err("Expecting value: line 1 column 1 (char 0)".to_owned()))
}

/// What is in the envelope.
fn unwrapped(body: &Value) -> Result<&Value, Raised> {
    if !body.is_object() {
        return Err(no_attribute_get(body));
    }
    let template = body.pointer("/header/templateUri").and_then(Value::as_str);
    if template.is_some_and(|template| template != "Parser/V1") {
        return Err(connection_refused("127.0.0.1", 9000, "/template/execute"));
    }
    ["body", "spec", "values"].into_iter().try_fold(body, member)
}

/// `value["key"]`, with the `KeyError` or `TypeError` of it.
fn member<'a>(value: &'a Value, key: &str) -> Result<&'a Value, Raised> {
    match value {
        Value::Object(map) => map.get(key).ok_or_else(|| format!("'{key}'")),
        Value::String(_) => Err("string indices must be integers, not 'str'".to_owned()),
        Value::Array(_) => Err("list indices must be integers or slices, not str".to_owned()),
        other => Err(format!("'{}' object is not subscriptable", python::type_name(other))),
    }
}
