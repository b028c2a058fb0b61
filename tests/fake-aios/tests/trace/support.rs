//! A fake with a client, and the onboarding page's example.

use std::sync::Once;

use fake_aios::{FakeAios, Options, Route, Service, envelope};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// The id of the page's example.
pub const ID: &str = "cluster-west-vision-001";

/// The page's example.
pub fn example() -> Value {
    serde_json::from_str(include_str!("example.json")).unwrap()
}

/// Changes to a document: at a JSON pointer a value, or nothing at all.
pub type Changes = Vec<(&'static str, Option<Value>)>;

/// The example with changes.
pub fn changed(changes: &Changes) -> Value {
    let mut document = example();
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => parent.insert(key.to_owned(), value.clone()),
            None => parent.remove(key),
        };
    }
    document
}

/// The example as it is read back: without status, with the keys of the database.
pub fn read_back() -> Value {
    as_stored(&example())
}

/// A document as it is read back.
pub fn as_stored(document: &Value) -> Value {
    let mut stored = document.clone();
    stored.as_object_mut().unwrap().remove("status");
    stored
}

/// Takes away the keys of the database, which must be there.
pub fn without_database_keys(mut cluster: Value) -> Value {
    let map = cluster.as_object_mut().unwrap_or_else(|| panic!("no cluster"));
    assert_eq!(map.remove("_id").unwrap().as_str().unwrap().len(), 24);
    assert_eq!(map.remove("__v"), Some(json!(0)));
    cluster
}

/// A fake with a client.
pub struct Aios {
    pub fake: FakeAios,
    pub client: Client,
}

/// Nothing is stored.
pub fn empty() -> Aios {
    with(&Options::default())
}

/// The example is stored.
pub fn with_example() -> Aios {
    with(&Options { clusters: vec![example()], ..Options::default() })
}

pub fn with(options: &Options) -> Aios {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
    // Reading the machine's certificates would take longer than most tests.
    let client =
        Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only([]).build().unwrap();
    Aios { fake: FakeAios::start(options).unwrap(), client }
}

/// A status and a JSON body.
pub type Answer = (u16, Value);

impl Aios {
    pub fn url(&self, service: Service, path: &str) -> String {
        format!("{}{path}", self.fake.url(service))
    }

    /// The registry's URL as it stands in texts.
    pub fn registry(&self, path: &str) -> String {
        self.url(Service::Registry, path)
    }

    pub async fn send(
        &self,
        method: Method,
        service: Service,
        path: &str,
        body: &Value,
    ) -> Response {
        self.client.request(method, self.url(service, path)).json(body).send().await.unwrap()
    }

    pub async fn send_text(
        &self,
        service: Service,
        path: &str,
        kind: Option<&str>,
        body: &str,
    ) -> Response {
        let request = self.client.post(self.url(service, path)).body(body.to_owned());
        let request = match kind {
            Some(kind) => request.header("content-type", kind),
            None => request,
        };
        request.send().await.unwrap()
    }

    pub async fn get(&self, service: Service, path: &str) -> Answer {
        answer(self.client.get(self.url(service, path)).send().await.unwrap()).await
    }

    pub async fn post(&self, service: Service, path: &str, body: &Value) -> Answer {
        answer(self.send(Method::POST, service, path, body).await).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        answer(self.send(Method::PUT, Service::Gateway, path, body).await).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        answer(self.client.delete(self.url(Service::Gateway, path)).send().await.unwrap()).await
    }

    /// createCluster, in the envelope.
    pub async fn create(&self, cluster: &Value) -> Answer {
        self.post(Service::Parser, "/api/createCluster", &envelope(cluster)).await
    }

    pub async fn read(&self, id: &str) -> Answer {
        self.get(Service::Gateway, &format!("/clusters/read/{id}")).await
    }

    pub async fn update(&self, id: &str, body: &Value) -> Answer {
        self.put(&format!("/clusters/update/{id}"), body).await
    }

    /// The refusal in which the Parser hides the registry's 500.
    pub fn refused_by_registry(&self) -> Answer {
        refused(&self.registry_error("500 Server Error: Internal Server Error", "/clusters"))
    }

    pub fn registry_error(&self, what: &str, path: &str) -> String {
        format!("HTTP error occurred: {what} for url: {}", self.registry(path))
    }

    pub fn count(&self, service: Service, route: Route) -> usize {
        self.fake.count(service, route)
    }
}

/// The Parser's way to say no.
pub fn refused(reason: &str) -> Answer {
    (200, json!({"result": [false, reason], "success": true, "task_id": ""}))
}

/// The gateway's way to say no.
pub fn gateway_failed(reason: &str) -> Answer {
    (500, json!({"data": reason, "success": false}))
}

pub async fn answer(response: Response) -> Answer {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text}"));
    (status, value)
}
