//! create-cluster-infra and remove-cluster-infra: scheduled at once for nearly anything; what went
//! wrong is in the task alone.

use std::time::Instant;

use serde_json::{Value, json};

use crate::fault::Weather;
use crate::request::{Answer, Request};
use crate::route::{Route, Service};
use crate::tasks::Ending;
use crate::world::{World, outcome};
use crate::{gateway, python};

pub(crate) fn answer(
    world: &mut World,
    weather: &Weather,
    route: Route,
    request: &Request,
) -> Answer {
    let body = match python::body(request) {
        Ok(body) if body.value.is_object() => body.value,
        Ok(body) => return failure(&python::no_attribute_get(&body.value)),
        Err(text) => return failure(&text),
    };
    let field = |name| body.get(name).cloned().unwrap_or_default();
    let (cluster_id, kubeconfig) = (field("cluster_id"), field("kube_config_data"));
    let creates = route == Route::CreateInfra;
    if creates && !(python::is_truthy(&cluster_id) && python::is_truthy(&kubeconfig)) {
        return Answer::json(400, json!({"error": "Missing 'kube_config_data' or 'cluster_id'"}));
    }
    if weather.is_down(Service::Tasks) {
        return failure(&world.unreachable(Service::Tasks, "/task"));
    }
    let cluster = gateway::read(world, weather, &python::text(&cluster_id));
    let ending = match cluster {
        Err(error) => failed(format!("Failed to read cluster data: {error}")),
        Ok(cluster) if creates => created(world, &cluster, &kubeconfig),
        // Nothing else makes it fail: neither a missing kubeconfig nor an API server that is away.
        Ok(_) => completed(&json!({})),
    };
    let task_id = world.tasks.schedule(cluster_id, ending, Instant::now());
    Answer::json(
        200,
        outcome(true, json!({"message": "scheduled in background", "task_id": task_id})),
    )
}

fn failure(text: &str) -> Answer {
    Answer::json(500, json!({"message": text, "success": false}))
}

fn failed(error: String) -> Ending {
    Ending { error: Some(error), update: None }
}

fn completed(url_map: &Value) -> Ending {
    Ending { error: None, update: Some(json!({"config.urlMap": url_map})) }
}

fn created(world: &World, cluster: &Value, kubeconfig: &Value) -> Ending {
    let made = check_kubeconfig(kubeconfig)
        .and_then(|server| reach(world, &server))
        .and_then(|()| url_map(world, cluster));
    match made {
        Ok(url_map) => completed(&url_map),
        Err(error) => failed(format!("Failed to create cluster infrastructure: {error}")),
    }
}

/// The address of the API server that the kubeconfig names, if Python's client would load it.
fn check_kubeconfig(kubeconfig: &Value) -> Result<String, String> {
    match kubeconfig {
        Value::Object(_) => {}
        Value::String(_) => return Err("string indices must be integers, not 'str'".to_owned()),
        Value::Array(_) => {
            return Err("list indices must be integers or slices, not str".to_owned());
        }
        other => return Err(format!("'{}' object is not subscriptable", python::type_name(other))),
    }
    let missing =
        |key: &str| format!("Invalid kube-config file. Expected key {key} in kube-config");
    if kubeconfig.get("current-context").is_none() {
        return Err(missing("current-context"));
    }
    let clusters = kubeconfig.get("clusters").ok_or_else(|| missing("clusters"))?;
    if let Some(file) = named_file(kubeconfig) {
        return Err(format!("Invalid kube-config file. File does not exist: {file}"));
    }
    let server = clusters.pointer("/0/cluster/server").and_then(Value::as_str);
    Ok(server.unwrap_or("https://localhost").to_owned())
}

/// The first file that a kubeconfig names: it is not where the gateway runs.
fn named_file(kubeconfig: &Value) -> Option<&str> {
    const FILES: [&str; 4] =
        ["certificate-authority", "client-certificate", "client-key", "tokenFile"];
    let lists =
        ["clusters", "users"].into_iter().filter_map(|list| kubeconfig.get(list)?.as_array());
    let inner = lists.flatten().filter_map(|item| item.get("cluster").or_else(|| item.get("user")));
    inner.flat_map(|item| FILES.into_iter().filter_map(|key| item.get(key)?.as_str())).next()
}

fn reach(world: &World, server: &str) -> Result<(), String> {
    if world.kubernetes_down {
        let host = server.split("//").nth(1).unwrap_or(server);
        return Err(format!(
            "HTTPSConnectionPool(host='{host}'): Max retries exceeded with url: /api/v1/namespaces (Caused \
             by NewConnectionError(\"Failed to establish a new connection: [Errno 111] Connection refused\"))"
        ));
    }
    Ok(())
}

/// The addresses by which the gateway finds the cluster afterwards, or where their making crashes. Three
/// of them come out as lists of one.
fn url_map(world: &World, cluster: &Value) -> Result<Value, String> {
    let config = cluster.get("config").ok_or("'config'")?;
    let host = python::text(config.get("publicHostname").ok_or("'publicHostname'")?);
    if config.get("useGateway").is_none_or(python::is_truthy) {
        return Err(
            "cannot access local variable 'membership_url' where it is not associated with a value"
                .to_owned(),
        );
    }
    Ok(json!({
        "controllerService": format!("http://{host}:32300"),
        "metricsService": format!("http://{host}:32301"),
        "blocksQuery": format!("http://{host}:32302"),
        "publicGateway": [format!("http://{host}:32000")],
        "parameterUpdater": [format!("http://{host}:32303")],
        "membershipServer": [membership_url(world, &python::text(cluster.get("id").unwrap_or(&Value::Null)))],
    }))
}

/// In AIOS it is port 30501 of the cluster's host; here it is where somebody answers.
pub(crate) fn membership_url(world: &World, cluster_id: &str) -> String {
    format!("http://{}/{cluster_id}", world.address(Service::Membership))
}
