//! The cluster controller gateway: asks the policies, and passes on to registry, tasks and clusters.

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::clusters::{LIMIT_BYTES, Refused};
use crate::fault::Weather;
use crate::membership;
use crate::policy::PolicyAction;
use crate::python;
use crate::request::{Answer, Request};
use crate::route::Route;
use crate::size::python_json_bytes;
use crate::world::{World, outcome};
use crate::{gateway_nodes, infra};

/// What the gateway puts around an update: `{"$set": ` and `}`.
const UPDATE_WRAPPER_BYTES: usize = 10;

pub(crate) fn answer(
    world: &mut World,
    weather: &Weather,
    route: Route,
    arguments: &[String],
    request: &Request,
) -> Answer {
    let id = arguments.first().map(String::as_str).unwrap_or_default();
    let done = match route {
        Route::Create => python::body(request).and_then(|body| create_from(world, weather, &body)),
        Route::Read => read(world, weather, id),
        Route::Update => {
            python::body(request).and_then(|body| update_from(world, weather, id, &body))
        }
        Route::Delete => delete(world, weather, id),
        Route::Query => python::body(request).and_then(|body| query(world, weather, &body.value)),
        Route::SetPolicies | Route::GetPolicies => return policies(world, route, request),
        Route::CreateInfra | Route::RemoveInfra => {
            return infra::answer(world, weather, route, request);
        }
        _ => return gateway_nodes::answer(world, weather, route, id, request),
    };
    match done {
        Ok(data) => Answer::json(200, outcome(true, data)),
        Err(text) => Answer::json(500, outcome(false, text)),
    }
}

fn create_from(world: &mut World, weather: &Weather, body: &python::Body) -> Result<Value, String> {
    refuse_nan(body)?;
    create(world, weather, &body.value)
}

fn refuse_nan(body: &python::Body) -> Result<(), String> {
    let refusal = "Out of range float values are not JSON compliant";
    if body.compliant { Ok(()) } else { Err(refusal.to_owned()) }
}

/// Stores what the policy made of the document.
pub(crate) fn create(
    world: &mut World,
    weather: &Weather,
    document: &Value,
) -> Result<Value, String> {
    let document = judged(world, weather, PolicyAction::CreateCluster, document)?;
    let bytes = python_json_bytes(&document);
    world.at_registry(weather, "/clusters", |clusters| {
        if bytes > LIMIT_BYTES { Err(Refused::TooLarge) } else { clusters.create(&document) }
    })
}

fn judged(
    world: &World,
    weather: &Weather,
    action: PolicyAction,
    input: &Value,
) -> Result<Value, String> {
    let judged = match &weather.policy {
        Some(policy) => policy.judge("allow:1-s", input),
        None => world.policies.judge(action, input),
    };
    // A removal is refused in the same words.
    judged.map_err(|reason| format!("Error occurred: cluster not allowed to be added: {reason}"))
}

pub(crate) fn read(world: &mut World, weather: &Weather, id: &str) -> Result<Value, String> {
    let (path, id) = as_the_registry_is_asked(id);
    world.at_registry(weather, &path, |clusters| clusters.read(&id))
}

fn update_from(
    world: &mut World,
    weather: &Weather,
    id: &str,
    body: &python::Body,
) -> Result<Value, String> {
    refuse_nan(body)?;
    let (path, id) = as_the_registry_is_asked(id);
    membership::run_before_update(world, &id);
    let bytes = python_json_bytes(&body.value) + UPDATE_WRAPPER_BYTES;
    let update = json!({"$set": body.value});
    world.at_registry(weather, &path, |clusters| {
        if bytes > LIMIT_BYTES { Err(Refused::TooLarge) } else { clusters.update(&id, &update) }
    })
}

fn delete(world: &mut World, weather: &Weather, id: &str) -> Result<Value, String> {
    judged(world, weather, PolicyAction::RemoveCluster, &json!({"cluster_id": id}))?;
    let (path, id) = as_the_registry_is_asked(id);
    world.at_registry(weather, &path, |clusters| clusters.delete(&id))
}

fn query(world: &mut World, weather: &Weather, body: &Value) -> Result<Value, String> {
    if !body.is_object() {
        return Err(python::no_attribute_get(body));
    }
    let query = body.get("query").unwrap_or(&Value::Null);
    world
        .at_registry(weather, "/clusters/query", |clusters| clusters.query(query).map(Value::Array))
}

/// The registry's path for an id, and the id that comes out there: it is put into a URL as it is, so
/// that a question mark or a hash ends it, and an escape in it is undone.
fn as_the_registry_is_asked(id: &str) -> (String, String) {
    let path = format!("/clusters/{id}");
    let id = id.split(['?', '#']).next().unwrap_or_default();
    (path, percent_decode_str(id).decode_utf8_lossy().into_owned())
}

fn policies(world: &mut World, route: Route, request: &Request) -> Answer {
    if route == Route::GetPolicies {
        return Answer::json(200, json!({"map": world.policies.map(), "success": true}));
    }
    match python::body(request).map(|body| body.value) {
        Ok(Value::Object(sent)) => {
            Answer::json(200, json!({"map": world.policies.update(sent), "success": true}))
        }
        Ok(_) => Answer::json(500, json!({"error": "expected a map", "success": false})),
        Err(text) => Answer::json(500, json!({"error": text, "success": false})),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_arrives_at_the_registry_as_a_url_carries_it() {
        let cases = [
            ("a", "a"),
            ("a b", "a b"),
            ("a?b", "a"),
            ("a#b", "a"),
            ("a%2Fb", "a/b"),
            ("100%", "100%"),
        ];
        for (id, arrives) in cases {
            assert_eq!(as_the_registry_is_asked(id).1, arrives);
        }
    }
}
