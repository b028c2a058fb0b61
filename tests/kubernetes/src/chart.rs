//! What the chart installs, as helm renders it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, DeleteParams, DynamicObject, GroupVersionKind, Patch, PatchParams};
use kube::discovery::{Scope, pinned_kind};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};

use crate::{assets, wait};

/// How long the API server may take to serve a new kind.
const PATIENCE: Duration = Duration::from_secs(30);

/// The chart, rendered.
pub struct Chart {
    /// The namespace it is rendered for.
    pub namespace: String,
    /// The agent's account.
    pub service_account: String,
    objects: Vec<DynamicObject>,
    definitions: Vec<DynamicObject>,
}

/// The version of Kubernetes that is rendered for.
pub const KUBERNETES: &str = "1.35.0";

impl Chart {
    /// Renders it with these values (`--set`) for the namespace that the documents name.
    #[must_use]
    pub fn render(values: &[&str]) -> Self {
        let namespace = "aios-inventory";
        let mut command = Command::new(assets::binary("helm"));
        command.args(["template", "aios-inventory"]).arg(folder()).args(["--namespace", namespace]);
        // Helm asks no server here, and a Helm that was built from its module guesses wrong.
        command.args(["--kube-version", KUBERNETES]);
        for value in values {
            command.args(["--set", value]);
        }
        let output = command.output().expect("helm runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let objects = documents(&String::from_utf8(output.stdout).expect("text"));
        Self {
            namespace: namespace.to_owned(),
            service_account: account_of(&objects, "agent"),
            objects,
            definitions: definitions(),
        }
    }

    /// Installs its definitions and objects.
    pub async fn install(&self, client: &Client) {
        self.install_namespace(client).await;
        self.install_definitions(client).await;
        self.install_objects(client, |_| true).await;
    }

    /// Makes the namespace.
    pub async fn install_namespace(&self, client: &Client) {
        let namespace = json!({
            "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": self.namespace },
        });
        apply(client, &serde_json::from_value(namespace).expect("a Namespace")).await;
    }

    /// Lets the API server judge every object, strictly, and keeps none.
    pub async fn try_objects(&self, client: &Client) {
        for object in &self.objects {
            let params = PatchParams::apply("chart").dry_run().validation_strict();
            apply_with(client, object, params).await;
        }
    }

    /// Installs the `CustomResourceDefinitions`, and waits until they are served.
    pub async fn install_definitions(&self, client: &Client) {
        for definition in &self.definitions {
            apply(client, definition).await;
        }
        let api: Api<CustomResourceDefinition> = Api::all(client.clone());
        for definition in &self.definitions {
            wait::until("the definition is established", PATIENCE, async || {
                let seen = api.get(&definition.name_any()).await.expect("the definition");
                let conditions = seen.status?.conditions?;
                let is_served =
                    |kind: &str, status: &str| kind == "Established" && status == "True";
                conditions.iter().any(|c| is_served(&c.type_, &c.status)).then_some(())
            })
            .await;
        }
    }

    /// Deletes the `CustomResourceDefinitions`, and all objects of them.
    pub async fn delete_definitions(&self, client: &Client) {
        let api: Api<CustomResourceDefinition> = Api::all(client.clone());
        for definition in &self.definitions {
            let deleted = api.delete(&definition.name_any(), &DeleteParams::default()).await;
            deleted.expect("the definition is deleted");
        }
        for definition in &self.definitions {
            wait::until("the definition is gone", PATIENCE, async || {
                let seen = api.get_opt(&definition.name_any()).await.expect("an answer");
                seen.is_none().then_some(())
            })
            .await;
        }
    }

    /// Installs the objects of these kinds.
    pub async fn install_objects(&self, client: &Client, is_wanted: impl Fn(&str) -> bool) {
        for object in self.objects.iter().filter(|object| is_wanted(kind(object))) {
            apply(client, object).await;
        }
    }

    /// Deletes the objects of these kinds.
    pub async fn delete_objects(&self, client: &Client, is_unwanted: impl Fn(&str) -> bool) {
        for object in self.objects.iter().filter(|object| is_unwanted(kind(object))) {
            let api = api_of(client, object).await;
            let deleted = api.delete(&object.name_any(), &DeleteParams::default()).await;
            deleted.expect("the object is deleted");
        }
    }

    /// The account of a component.
    #[must_use]
    pub fn account(&self, component: &str) -> String {
        account_of(&self.objects, component)
    }

    /// The objects that it renders.
    #[must_use]
    pub fn objects(&self) -> &[DynamicObject] {
        &self.objects
    }
}

fn account_of(objects: &[DynamicObject], component: &str) -> String {
    let is_its = |object: &&DynamicObject| {
        kind(object) == "ServiceAccount"
            && object.labels().get("app.kubernetes.io/component").is_some_and(|it| it == component)
    };
    objects.iter().find(is_its).expect("a ServiceAccount").name_any()
}

/// Writes the object as it is.
pub async fn apply(client: &Client, object: &DynamicObject) {
    apply_with(client, object, PatchParams::apply("chart").force()).await;
}

async fn apply_with(client: &Client, object: &DynamicObject, params: PatchParams) {
    let api = api_of(client, object).await;
    let applied = api.patch(&object.name_any(), &params, &Patch::Apply(object)).await;
    applied.unwrap_or_else(|error| {
        panic!("cannot apply {} {}: {error}", kind(object), object.name_any())
    });
}

async fn api_of(client: &Client, object: &DynamicObject) -> Api<DynamicObject> {
    let types = object.types.as_ref().expect("a kind");
    let kind = GroupVersionKind::try_from(types).expect("a kind");
    let (resource, capabilities) = pinned_kind(client, &kind).await.expect("a known kind");
    match (capabilities.scope, object.namespace()) {
        (Scope::Namespaced, Some(namespace)) => {
            Api::namespaced_with(client.clone(), &namespace, &resource)
        }
        (Scope::Namespaced, None) => panic!("{} has no namespace", object.name_any()),
        (Scope::Cluster, _) => Api::all_with(client.clone(), &resource),
    }
}

/// The object's kind.
#[must_use]
pub fn kind(object: &DynamicObject) -> &str {
    object.types.as_ref().map_or("", |types| types.kind.as_str())
}

/// Where the chart is.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/chart")
}

fn definitions() -> Vec<DynamicObject> {
    let files = std::fs::read_dir(folder().join("crds")).expect("the chart's definitions");
    let texts = files.map(|file| std::fs::read_to_string(file.expect("a file").path()));
    texts.flat_map(|text| documents(&text.expect("a file"))).collect()
}

/// The objects in a YAML stream.
fn documents(text: &str) -> Vec<DynamicObject> {
    let documents: Vec<Value> = serde_saphyr::from_multiple(text).expect("YAML");
    let objects = documents.into_iter().filter(|document| !document.is_null());
    objects.map(|document| serde_json::from_value(document).expect("an object")).collect()
}
