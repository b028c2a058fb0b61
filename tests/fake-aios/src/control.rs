//! A way to set faults and to let things happen from outside, for people and for other languages.

use serde_json::{Value, json};

use crate::fault::FaultRule;
use crate::membership::{self, Change, Node};
use crate::request::{Answer, Request};
use crate::route::{Route, Service};
use crate::world::World;

pub(crate) fn answer(
    world: &mut World,
    route: Route,
    arguments: &[String],
    request: &Request,
) -> Answer {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let kind = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let done = match (route, kind, arguments.as_slice()) {
        (Route::SetFault, ..) => add_fault(world, request),
        (Route::ClearFaults, ..) => {
            world.faults.clear();
            Ok(json!({}))
        }
        (Route::List, "clusters", _) => Ok(world.clusters.raw().to_vec().into()),
        (Route::List, "requests", _) => Ok(requests(world)),
        (_, "membership", [id, what]) => member_change(world, id, what, request),
        (_, "services", [name, what]) => switch(world, name, what),
        _ => Err("nothing here; there are /faults, /membership, /services, /clusters, /requests"
            .to_owned()),
    };
    match done {
        Ok(value) => Answer::json(200, value),
        Err(error) => Answer::json(400, json!({"error": error})),
    }
}

fn parsed<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, String> {
    serde_json::from_slice(&request.body)
        .map_err(|error| format!("the body cannot be read: {error}"))
}

fn add_fault(world: &mut World, request: &Request) -> Result<Value, String> {
    world.faults.add(parsed::<FaultRule>(request)?);
    Ok(json!({}))
}

fn requests(world: &World) -> Value {
    let shown = world.received.iter().map(|received| {
        json!({
            "service": received.service, "method": received.method, "path": received.path,
            "bytes": received.body.len(),
        })
    });
    shown.collect()
}

/// `nodes` sets the Kubernetes nodes that a later `sync` finds, `before-update` what happens before the
/// next update.
fn member_change(
    world: &mut World,
    id: &str,
    what: &str,
    request: &Request,
) -> Result<Value, String> {
    let change = match what {
        "nodes" => {
            let nodes: Vec<Node> = parsed(request)?;
            world.nodes.insert(id.to_owned(), nodes);
            return Ok(json!({}));
        }
        "before-update" => {
            let changes: Vec<Change> = parsed(request)?;
            world.before_update.entry(id.to_owned()).or_default().push_back(changes);
            return Ok(json!({}));
        }
        "sync" => Change::Sync,
        "join" => Change::Join(parsed(request)?),
        "leave" => Change::Leave(parsed(request)?),
        "edit" => Change::Edit(parsed(request)?),
        other => {
            return Err(format!(
                "'{other}' is none of nodes, before-update, sync, join, leave, edit"
            ));
        }
    };
    membership::run(world, id, &change).map_err(|error| error.to_string())?;
    Ok(json!({}))
}

fn switch(world: &mut World, name: &str, what: &str) -> Result<Value, String> {
    let service = Service::ALL.into_iter().find(|service| service.name() == name);
    let service = service.filter(|service| *service != Service::Control);
    let service = service.ok_or_else(|| format!("'{name}' is no service that can be stopped"))?;
    let stopped = match what {
        "stop" => true,
        "start" => false,
        other => return Err(format!("'{other}' is neither stop nor start")),
    };
    world.switches.set(service, stopped);
    Ok(json!({}))
}
