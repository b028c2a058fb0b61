//! A stand-in for the API server, for tests: it keeps what it is sent, and notes what it was asked. It knows
//! no rights, selectors, versions or watches; `tests/aggregator-api` has a real one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode};
use kube::Client;
use serde_json::{Map, Value, json};

/// What is refused, by a part of its method and path, and the status.
type Refusal = (&'static str, StatusCode);

#[derive(Debug, Default)]
struct Known {
    objects: BTreeMap<String, Value>,
    /// What objects have beside what is sent, by where they are made.
    fills: BTreeMap<String, Value>,
    /// What every log says.
    log: Value,
    /// Methods and paths, with their queries.
    asked: Vec<String>,
    /// Where, and what.
    written: Vec<(String, Value)>,
    refuses: Option<Refusal>,
    refused: usize,
}

/// The API server.
#[derive(Clone, Debug, Default)]
pub struct ApiServer(Arc<Mutex<Known>>);

impl ApiServer {
    /// Who asks it.
    pub fn client(&self) -> Client {
        let server = self.clone();
        let answer = async move |request| server.answer(request).await;
        Client::new(Router::new().fallback(answer), "default")
    }

    /// An object is there.
    pub fn put(&self, path: &str, object: Value) {
        self.0.lock().unwrap().objects.insert(path.to_owned(), object);
    }

    /// These objects are there, of one kind.
    pub fn list(&self, path: &str, items: &Value) {
        self.put(path, json!({ "metadata": {}, "items": items }));
    }

    /// Whatever is made there has this beside what is sent, such as a status.
    pub fn fill(&self, path: &str, object: Value) {
        self.0.lock().unwrap().fills.insert(path.to_owned(), object);
    }

    /// What every log says.
    pub fn log(&self, line: Value) {
        self.0.lock().unwrap().log = line;
    }

    /// What was asked since it was last asked for, of requests with this in them.
    pub fn asked(&self, has: &str) -> Vec<String> {
        let asked = &mut self.0.lock().unwrap().asked;
        asked.extract_if(.., |asked| asked.contains(has)).collect()
    }

    /// The object that is kept there.
    pub fn object(&self, path: &str) -> Option<Value> {
        self.0.lock().unwrap().objects.get(path).cloned()
    }

    /// Refuses requests from now on whose method and path have this in them, such as `GET /api/v1/nodes`.
    pub fn refuse(&self, has: &'static str, status: StatusCode) {
        self.0.lock().unwrap().refuses = Some((has, status));
    }

    /// Refuses nothing any more.
    pub fn relent(&self) {
        self.0.lock().unwrap().refuses = None;
    }

    /// How many requests were refused since it was last asked.
    pub fn refused(&self) -> usize {
        std::mem::take(&mut self.0.lock().unwrap().refused)
    }

    /// What was written since it was last asked for where the path ends so.
    pub fn written(&self, path_ends: &str) -> Vec<Value> {
        let written = &mut self.0.lock().unwrap().written;
        written
            .extract_if(.., |(path, _)| path.ends_with(path_ends))
            .map(|(_, body)| body)
            .collect()
    }

    async fn answer(&self, request: Request) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        let (method, path) = (parts.method, parts.uri.path().to_owned());
        let known = &mut self.0.lock().unwrap();
        known.asked.push(format!("{method} {}", parts.uri));
        let (status, answer) = known.answer(&method, path, &body);
        Response::builder().status(status).body(answer.to_string().into()).unwrap()
    }
}

impl Known {
    fn answer(&mut self, method: &Method, path: String, body: &[u8]) -> (StatusCode, Value) {
        let asked = format!("{method} {path}");
        if let Some((_, status)) = self.refuses.filter(|(has, _)| asked.contains(has)) {
            self.refused += 1;
            return failed(status);
        }
        if path.ends_with("/log") {
            return (StatusCode::OK, self.log.clone());
        }
        if method == Method::GET || method == Method::DELETE {
            let object = self.objects.get(&path).cloned();
            self.objects.retain(|kept, _| method == Method::GET || *kept != path);
            return object.map_or_else(|| failed(StatusCode::NOT_FOUND), |it| (StatusCode::OK, it));
        }
        let body: Map<String, Value> = serde_json::from_slice(body).unwrap();
        let name = body.get("metadata").and_then(|it| it["name"].as_str()).unwrap_or_default();
        let place = if *method == Method::POST { format!("{path}/{name}") } else { path.clone() };
        let place = place.trim_end_matches("/status");
        // What is sent of the status says nothing of the rest.
        let fill = || self.fills.get(&path).cloned().unwrap_or_else(|| json!({}));
        let object = self.objects.entry(place.to_owned()).or_insert_with(fill);
        object.as_object_mut().unwrap().extend(body.clone());
        self.written.push((path, body.into()));
        (StatusCode::OK, object.clone())
    }
}

/// A refusal in the API server's form: kube knows an object that is absent by the reason.
fn failed(status: StatusCode) -> (StatusCode, Value) {
    let reason = if status == StatusCode::NOT_FOUND { "NotFound" } else { "Forbidden" };
    let told = json!({
        "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason,
        "message": "it says so", "code": status.as_u16(), "details": { "name": "x" },
    });
    (status, told)
}
