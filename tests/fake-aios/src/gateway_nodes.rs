//! What the gateway does with a cluster's nodes, all of it through the cluster's membership service.

use serde_json::{Value, json};

use crate::fault::Weather;
use crate::request::{Answer, Request};
use crate::route::{Route, Service};
use crate::world::World;
use crate::{gateway, membership, python};

pub(crate) fn answer(
    world: &mut World,
    weather: &Weather,
    route: Route,
    id: &str,
    request: &Request,
) -> Answer {
    let done = server_of(world, weather, id).and_then(|server| match route {
        Route::Sync => sync(&server),
        _ => python::body(request).and_then(|body| {
            reach(world, weather, id, route, &server)?;
            passed_on(world, id, route, &body.value)
        }),
    });
    match done {
        Ok(value) => Answer::json(200, value),
        Err(text) if route == Route::DryRun => Answer::json(500, json!({"error": text})),
        Err(text) => Answer::json(500, json!({"error": text, "success": false})),
    }
}

/// The cluster's `config.urlMap.membershipServer`.
fn server_of(world: &mut World, weather: &Weather, id: &str) -> Result<Value, String> {
    let cluster = gateway::read(world, weather, id)?;
    let config = cluster.get("config").ok_or("'config'")?;
    let map = config.get("urlMap").ok_or("config did not provide URL MAP")?;
    Ok(map.get("membershipServer").cloned().unwrap_or(Value::Null))
}

/// The gateway posts, and the service only knows GET.
fn sync(server: &Value) -> Result<Value, String> {
    let url = url_of(server, "sync-cluster")?;
    Err(format!("405 Client Error: METHOD NOT ALLOWED for url: {url}"))
}

/// A URL that requests can use; the one-element list that create-cluster-infra stores is none.
fn url_of(server: &Value, path: &str) -> Result<String, String> {
    let url = format!("{}/{path}", python::text(server));
    if url.starts_with("http://") {
        return Ok(url);
    }
    let quote = if url.contains('\'') { '"' } else { '\'' };
    let shown = if quote == '"' { format!("\"{url}\"") } else { format!("'{url}'") };
    Err(format!("No connection adapters were found for {shown}"))
}

/// Only this program's own membership service answers; any other is not there.
fn reach(
    world: &World,
    weather: &Weather,
    id: &str,
    route: Route,
    server: &Value,
) -> Result<(), String> {
    let path = match route {
        Route::Join => "join-node",
        Route::Remove => "remove-node",
        _ => "pre-checks/add-node",
    };
    let url = url_of(server, path)?;
    let ours = format!("http://{}/{id}/{path}", world.address(Service::Membership));
    if url != ours || weather.is_down(Service::Membership) {
        return Err(format!(
            "HTTPConnectionPool: Max retries exceeded with url: {url} (Connection refused)"
        ));
    }
    Ok(())
}

fn passed_on(world: &mut World, id: &str, route: Route, body: &Value) -> Result<Value, String> {
    match route {
        Route::PreCheck => Ok(membership::pre_check(world, body)),
        Route::DryRun => {
            let answer = membership::pre_check(world, body);
            let allowed = answer.get("allowed");
            Ok(
                json!({"allowed": allowed, "cluster_response": answer, "data": body, "success": true}),
            )
        }
        _ => membership::member_change(world, id, route, body),
    }
}
