//! The registries of the five add-ons, each at its own path of one port; in AIOS each is a service of its
//! own. By reading, and not held to a record of the real ones.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::python;
use crate::request::{Answer, Request};
use crate::route::Route;

/// A registry: its path for one entry, its path for a query, its fields' prefix, and what it calls an
/// entry.
struct Registry {
    one: &'static str,
    many: &'static str,
    prefix: &'static str,
    called: &'static str,
    /// Whether it asks for `/health` at the entry's public URL.
    checks: bool,
}

const REGISTRIES: [Registry; 4] = [
    Registry {
        one: "container_registry",
        many: "container_registries",
        prefix: "container_registry_",
        called: "Container registry",
        checks: true,
    },
    Registry {
        one: "asset_registry",
        many: "asset_registries",
        prefix: "asset_registry_",
        called: "Asset registry",
        checks: true,
    },
    Registry {
        one: "inference_server",
        many: "inference_servers",
        prefix: "inference_server_",
        called: "Inference server",
        checks: false,
    },
    Registry {
        one: "split-runner",
        many: "split-runners",
        prefix: "split_runner_",
        called: "SplitRunner",
        checks: false,
    },
];

/// The executors, which answer in another form.
const EXECUTOR: &str = "executor";

/// What was registered.
#[derive(Debug, Default)]
pub(crate) struct Addons {
    entries: BTreeMap<String, Vec<Value>>,
    made: usize,
    /// Whether what is registered does not answer as healthy.
    pub unhealthy: bool,
}

impl Addons {
    pub(crate) fn answer(
        &mut self,
        route: Route,
        arguments: &[String],
        request: &Request,
    ) -> Answer {
        let id = arguments.first().map(String::as_str).unwrap_or_default();
        let first = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if first == EXECUTOR {
            return self.executors(route, id, request);
        }
        let fits = |registry: &&Registry| [registry.one, registry.many].contains(&first);
        match REGISTRIES.iter().find(fits) {
            Some(registry) => self.registry(registry, route, id, request),
            None => Answer::json(404, json!({})),
        }
    }

    /// What is registered of a kind, named by its path.
    pub(crate) fn entries(&self, kind: &str) -> Vec<Value> {
        self.entries.get(kind).cloned().unwrap_or_default()
    }

    fn registry(
        &mut self,
        registry: &Registry,
        route: Route,
        id: &str,
        request: &Request,
    ) -> Answer {
        let done = |what: &str| json!({ "message": format!("{} {what}", registry.called) });
        let success = |status: u16, data: Value| {
            Answer::json(status, json!({ "success": true, "data": data }))
        };
        let failure = |status: u16, error: &str| {
            Answer::json(status, json!({ "success": false, "error": error }))
        };
        let unknown = || failure(404, &format!("{} not found", registry.called));
        match (route, request.method.as_str()) {
            (Route::Register, _) => match python::body(request) {
                Err(error) => failure(500, &error),
                Ok(body) => match self.register(registry, body.value) {
                    Ok(id) => {
                        let message = format!("{} created", registry.called);
                        success(201, json!({ "message": message, "id": id }))
                    }
                    Err((status, error)) => failure(status, &error),
                },
            },
            (Route::Entries, _) => success(200, self.entries(registry.one).into()),
            (_, "DELETE") => {
                let taken = self.take(registry.one, &format!("{}id", registry.prefix), id);
                if taken { success(200, done("deleted")) } else { unknown() }
            }
            (_, method) => {
                let key = format!("{}id", registry.prefix);
                let entries = self.entries.entry(registry.one.to_owned()).or_default();
                let Some(entry) = entries.iter_mut().find(|entry| entry[&key] == id) else {
                    return unknown();
                };
                if method == "GET" {
                    return success(200, entry.clone());
                }
                match (python::body(request).map(|body| body.value), entry) {
                    (Ok(Value::Object(update)), Value::Object(entry)) => {
                        entry.extend(update);
                        success(200, done("updated"))
                    }
                    _ => failure(500, "the body is no object"),
                }
            }
        }
    }

    fn register(&mut self, registry: &Registry, body: Value) -> Result<String, (u16, String)> {
        let Value::Object(mut body) = body else {
            return Err((500, python::no_attribute_get(&body)));
        };
        let url = format!("{}public_url", registry.prefix);
        if registry.one == "split-runner" {
            let Some(config) = body.remove("cluster_k8s_config") else {
                return Err((400, "Missing 'cluster_k8s_config'".to_owned()));
            };
            if !config.is_object() {
                return Err((500, "string indices must be integers, not 'str'".to_owned()));
            }
            let host =
                body.get("split_runner_public_host").and_then(Value::as_str).unwrap_or("localhost");
            let made = format!("http://{host}:31701");
            body.insert(url.clone(), made.into());
        }
        if registry.checks && self.unhealthy {
            let at = body.get(&url).and_then(Value::as_str).unwrap_or_default();
            return Err((500, format!("Asset DB {at} is not healthy or not reachable")));
        }
        // Whatever is not one of its fields vanishes.
        let mut entry: Map<String, Value> =
            body.into_iter().filter(|(key, _)| key.starts_with(registry.prefix)).collect();
        self.made += 1;
        let id = format!("{}-{}", registry.one, self.made);
        entry.insert(format!("{}id", registry.prefix), id.as_str().into());
        self.entries.entry(registry.one.to_owned()).or_default().push(entry.into());
        Ok(id)
    }

    /// Answers 200 whatever happens, but where infrastructure is made.
    fn executors(&mut self, route: Route, id: &str, request: &Request) -> Answer {
        let told = |done: Result<Value, String>| {
            Answer::json(
                200,
                match done {
                    Ok(data) => json!({ "success": true, "data": data }),
                    Err(message) => json!({ "success": false, "message": message }),
                },
            )
        };
        let body = python::body(request).map(|body| body.value);
        match (route, request.method.as_str()) {
            (Route::Register, _) => told(body.and_then(|body| self.register_executor(body))),
            (Route::Entries, _) => told(Ok(self.entries(EXECUTOR).into())),
            (Route::ExecutorInfra, _) => executor_infra(body),
            (_, "DELETE") => told(if self.take(EXECUTOR, "executor_id", id) {
                Ok("Executor deleted successfully.".into())
            } else {
                Err("Failed to delete executor.".to_owned())
            }),
            _ => {
                let entries = self.entries(EXECUTOR);
                let found = entries.into_iter().find(|entry| entry["executor_id"] == id);
                told(found.ok_or_else(|| "Executor not found.".to_owned()))
            }
        }
    }

    fn register_executor(&mut self, mut body: Value) -> Result<Value, String> {
        let needed =
            ["executor_id", "executor_metadata", "executor_hardware_info", "cluster_public_ip"];
        for key in needed {
            if body.get(key).is_none() {
                return Err(format!("'{key}'"));
            }
        }
        let entries = self.entries.entry(EXECUTOR.to_owned()).or_default();
        if entries.iter().any(|entry| entry.get("executor_id") == body.get("executor_id")) {
            return Err("Failed to create executor.".to_owned());
        }
        let host = body.get("cluster_public_ip").map(python::text).unwrap_or_default();
        if let Value::Object(body) = &mut body {
            body.remove("cluster_public_ip");
            body.insert("executor_host_uri".to_owned(), format!("http://{host}:30900").into());
            body.insert("executor_status".to_owned(), "healthy".into());
        }
        entries.push(body);
        Ok("Executor created successfully.".into())
    }

    fn take(&mut self, kind: &str, key: &str, id: &str) -> bool {
        let entries = self.entries.entry(kind.to_owned()).or_default();
        let before = entries.len();
        entries.retain(|entry| entry[key] != id);
        entries.len() < before
    }
}

/// Python's complaint where one of the initializer's parameters is missing.
fn executor_infra(body: Result<Value, String>) -> Answer {
    let failure =
        |message: String| Answer::json(500, json!({ "success": false, "message": message }));
    let body = match body {
        Ok(body) => body,
        Err(error) => return failure(error),
    };
    for key in ["cluster_config", "max_processes"] {
        if body.get(key).is_none() {
            return failure(format!(
                "ExecutorInitializer.__init__() missing 1 required positional argument: '{key}'"
            ));
        }
    }
    match body.pointer("/cluster_config/current-context") {
        Some(_) => Answer::json(200, json!({ "success": true })),
        None => failure(
            "Invalid kube-config file. Expected key current-context in kube-config".to_owned(),
        ),
    }
}
