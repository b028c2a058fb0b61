//! The release: what helm is asked for.

use std::process::Command;

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::{Api, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use test_kubernetes::{assets, chart};

use crate::environment::{ID, kubeconfig_file, variable};
use crate::run::Run;
use crate::stand_in;

/// Its name, and that of its namespace.
pub const NAME: &str = "aios-inventory";

/// The label of everything in it.
pub const SELECTOR: &str = "app.kubernetes.io/instance=aios-inventory";

/// The speed of links that do not tell theirs: a test's machine is often a virtual one.
pub const SPEED_MBPS: u64 = 10_000;

/// The label of what a run of these tests made.
const OURS: &str = "inventory.aios/test";

/// The definitions that helm leaves.
const DEFINITIONS: [&str; 2] =
    ["nodeinventories.inventory.aios", "clusteronboardings.inventory.aios"];

/// Takes away what a former run left. Where somebody else uses the product, no test may run.
pub async fn take_away(admin: &Client) {
    let definitions: Api<CustomResourceDefinition> = Api::all(admin.clone());
    let namespaces: Api<Namespace> = Api::all(admin.clone());
    let namespace = namespaces.get_opt(NAME).await.unwrap();
    let is_ours = namespace.is_some_and(|namespace| namespace.labels().contains_key(OURS));
    if is_ours {
        uninstall_all();
        stand_in::take_away();
    }
    let left = definitions.get_opt(DEFINITIONS[0]).await.unwrap();
    assert!(left.is_none(), "the cluster has AIOS Inventory already: take another one");
}

/// Takes everything of a run away, whatever of it is there.
pub fn uninstall_all() {
    helm(&["uninstall", NAME, "--wait", "--ignore-not-found"]);
    let delete = ["delete", "--ignore-not-found"];
    must_run("kubectl", &[&delete[..], &["crd"], &DEFINITIONS].concat());
    must_run("kubectl", &[&delete[..], &["namespace", NAME]].concat());
}

/// The release and its values.
pub struct Release {
    values: Value,
}

impl Release {
    /// One that submits to these services.
    pub fn new(parser: &str, gateway: &str) -> Self {
        let image = variable("CLUSTER_IMAGE");
        let (repository, tag) = image.rsplit_once(':').expect("an image with a tag");
        let stated = json!({ "linkSpeeds": { "default": SPEED_MBPS } });
        let values = json!({
            "image": { "repository": repository, "tag": tag },
            // Quick to look, so that tests are.
            "agent": { "interval": 2 },
            "aggregator": { "env": [{ "name": "INVENTORY_COMPARE_EVERY", "value": "3" }] },
            "gpuNodes": stated, "otherNodes": stated,
            "onboarding": { "enabled": true, "spec": {
                "id": ID, "regionId": "r", "submit": "WhenComplete",
                "parser": parser, "gateway": gateway,
            } },
        });
        Self { values }
    }

    /// The namespace, with the labels that the docs say, and one by which a later run knows it.
    pub async fn namespace(&self, admin: &Client) {
        let namespaces: Api<Namespace> = Api::all(admin.clone());
        let namespace = json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": NAME, "labels": {
                "pod-security.kubernetes.io/enforce": "privileged",
                "pod-security.kubernetes.io/warn": "baseline",
                OURS: "true",
            } },
        });
        let params = PatchParams::apply("kubectl").force();
        namespaces.patch(NAME, &params, &Patch::Apply(namespace)).await.unwrap();
    }

    /// Installs the release or changes it, with `more` over the usual values.
    pub fn apply(&self, more: &Value) {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, values: &Value| {
            let file = folder.path().join(name);
            std::fs::write(&file, values.to_string()).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let (usual, more) = (file("usual.json", &self.values), file("more.json", more));
        let chart = chart::folder();
        let chart = chart.to_str().unwrap();
        helm(&["upgrade", "--install", NAME, chart, "--values", &usual, "--values", &more]);
    }
}

/// Goes back to the revision before.
pub fn roll_back() {
    helm(&["rollback", NAME]);
}

/// Takes the release out.
pub fn uninstall() {
    helm(&["uninstall", NAME, "--wait"]);
}

fn helm(args: &[&str]) {
    must_run("helm", &[args, &["--namespace", NAME]].concat());
}

/// Runs a program of Kubernetes as the administrator, which must succeed.
pub fn must_run(program: &str, args: &[&str]) -> String {
    let mut command = Command::new(assets::binary(program));
    command.args(args).arg("--kubeconfig").arg(kubeconfig_file());
    let run = Run::of(&mut command);
    assert_eq!(run.exit, 0, "{program} {args:?}: {}{}", run.stdout, run.stderr);
    run.stdout
}
