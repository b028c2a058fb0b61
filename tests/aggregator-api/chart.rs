//! What the chart renders for the aggregator: a pod that may run where only `restricted` ones may.

use std::process::Command;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Namespace, Pod, ServiceAccount};
use kube::api::{Api, DynamicObject, PostParams};
use serde_json::{Value, json};
use test_kubernetes::chart::{Chart, apply, folder, kind};
use test_kubernetes::{ControlPlane, assets, manifests};

use crate::environment::{Environment, VALUES, cases};
use crate::run::Run;

cases![
    the_pod_passes_the_restricted_level,
    the_pod_takes_little_and_keeps_the_document_to_itself,
    certificates_and_headers_are_mounted_where_they_are_named,
    nothing_of_it_is_there_where_it_is_not_wanted,
    the_onboarding_is_made_of_values_where_it_is_wanted,
    helm_and_the_api_server_take_every_set_of_values,
];

fn rendered(values: &[&str]) -> Chart {
    Chart::render(&[&VALUES[..], values].concat())
}

fn deployment(values: &[&str]) -> DynamicObject {
    let chart = rendered(values);
    let deployments = chart.objects().iter().filter(|object| kind(object) == "Deployment");
    let [deployment] = &deployments.collect::<Vec<_>>()[..] else { panic!("one Deployment") };
    (*deployment).clone()
}

/// The pod, and its one container.
fn pod(deployment: &DynamicObject) -> (&Value, &Value) {
    let pod = &deployment.data["spec"]["template"]["spec"];
    let [container] = &pod["containers"].as_array().unwrap()[..] else { panic!("{pod}") };
    (pod, container)
}

async fn the_pod_passes_the_restricted_level(environment: Arc<Environment>) {
    let admin = &environment.cluster().await.admin;
    let everything = ["aggregator.caConfigMap.name=ca", "aggregator.headersSecret.name=headers"];
    let mut template = deployment(&everything).data["spec"]["template"].clone();
    template["metadata"]["name"] = json!("aggregator");
    let pod: Pod = serde_json::from_value(template).unwrap();
    let account = pod.spec.as_ref().unwrap().service_account_name.as_ref().unwrap();
    let level = json!({ "pod-security.kubernetes.io/enforce": "restricted" });
    let namespace = json!({ "metadata": { "name": "restricted", "labels": level } });
    let account = json!({ "metadata": { "name": account } });
    let params = PostParams::default();
    let namespaces: Api<Namespace> = Api::all(admin.clone());
    namespaces.create(&params, &serde_json::from_value(namespace).unwrap()).await.unwrap();
    let accounts: Api<ServiceAccount> = Api::namespaced(admin.clone(), "restricted");
    accounts.create(&params, &serde_json::from_value(account).unwrap()).await.unwrap();

    let pods: Api<Pod> = Api::namespaced(admin.clone(), "restricted");
    let only_tried = PostParams { dry_run: true, ..PostParams::default() };
    pods.create(&only_tried, &pod).await.unwrap();
    let mut lax = pod;
    lax.spec.as_mut().unwrap().containers[0].security_context = None;
    let refusal = pods.create(&only_tried, &lax).await.unwrap_err().to_string();
    assert!(refusal.contains("violates PodSecurity"), "{refusal}");
}

async fn the_pod_takes_little_and_keeps_the_document_to_itself(_: Arc<Environment>) {
    let deployment = deployment(&[]);
    assert_eq!(deployment.data["spec"]["replicas"], 1);
    let (pod, container) = pod(&deployment);
    assert_eq!(pod["volumes"], Value::Null);
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(container["resources"]["limits"], json!({ "memory": "128Mi" }));
    assert_eq!(container["ports"], json!([{ "name": "metrics", "containerPort": 8090 }]));
    let args = container["args"].as_array().unwrap();
    assert_eq!(args[0], "run");
    assert!(args.contains(&json!("--cluster-listen=127.0.0.1:8091")), "{args:?}");
}

async fn certificates_and_headers_are_mounted_where_they_are_named(_: Arc<Environment>) {
    let values = [
        "aggregator.caConfigMap.name=trusted",
        "aggregator.headersSecret.name=secret",
        "aggregator.headersSecret.key=lines",
    ];
    let deployment = deployment(&values);
    let (pod, container) = pod(&deployment);
    let args = container["args"].as_array().unwrap();
    let mounts = container["volumeMounts"].as_array().unwrap();
    for (flag, key, volume) in [
        ("--ca-file", "ca.crt", json!({ "configMap": { "name": "trusted" } })),
        (
            "--headers-file",
            "lines",
            json!({ "secret": { "secretName": "secret", "defaultMode": 0o440 } }),
        ),
    ] {
        let arg = args.iter().find_map(|arg| arg.as_str()?.strip_prefix(flag)).unwrap();
        let folder = arg.trim_start_matches('=').strip_suffix(key).unwrap().trim_end_matches('/');
        let mount = mounts.iter().find(|mount| mount["mountPath"] == folder).unwrap();
        assert_eq!(mount["readOnly"], true);
        let volumes = pod["volumes"].as_array().unwrap();
        let mounted = volumes.iter().find(|volume| volume["name"] == mount["name"]).unwrap();
        for (key, value) in volume.as_object().unwrap() {
            assert_eq!(&mounted[key], value);
        }
    }
}

async fn nothing_of_it_is_there_where_it_is_not_wanted(_: Arc<Environment>) {
    let chart = rendered(&["aggregator.enabled=false"]);
    let text = serde_json::to_string(chart.objects()).unwrap();
    assert!(!text.contains("aggregator"), "{text}");
    assert!(text.contains("\"DaemonSet\""));
}

async fn the_onboarding_is_made_of_values_where_it_is_wanted(_: Arc<Environment>) {
    let onboardings = |values: &[&str]| -> Vec<Value> {
        let chart = rendered(values);
        let objects = chart.objects().iter();
        let wanted = objects.filter(|object| kind(object) == "ClusterOnboarding");
        wanted.map(|object| serde_json::to_value(object).unwrap()).collect()
    };
    assert!(onboardings(&["onboarding.spec.id=c"]).is_empty());
    let said = ["onboarding.enabled=true", "onboarding.spec.id=c", "onboarding.spec.regionId=r"];
    let [onboarding] = &onboardings(&said)[..] else { panic!("one ClusterOnboarding") };
    assert_eq!(onboarding["metadata"]["name"], "cluster");
    assert_eq!(onboarding["spec"], json!({ "id": "c", "regionId": "r" }));
}

/// What the Prometheus Operator defines, as far as a chart must know.
fn definition(kind: &str, plural: &str) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("{plural}.monitoring.coreos.com") },
        "spec": {
            "group": "monitoring.coreos.com", "scope": "Namespaced",
            "names": { "kind": kind, "plural": plural },
            "versions": [{ "name": "v1", "served": true, "storage": true, "schema": {
                "openAPIV3Schema": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
            } }],
        },
    })
}

async fn helm_and_the_api_server_take_every_set_of_values(_: Arc<Environment>) {
    // Nobody has installed the chart here.
    let plane = ControlPlane::start().await;
    let admin = plane.admin().await;
    rendered(&[]).install_namespace(&admin).await;
    rendered(&[]).install_definitions(&admin).await;
    for (kind, plural) in [("PodMonitor", "podmonitors"), ("PrometheusRule", "prometheusrules")] {
        apply(&admin, &serde_json::from_value(definition(kind, plural)).unwrap()).await;
    }
    for values in std::iter::once(&[][..]).chain(manifests::sets()) {
        let mut helm = Command::new(assets::binary("helm"));
        helm.args(["install", "aios-inventory"]).arg(folder());
        helm.args(["--dry-run=server", "--create-namespace", "--namespace", "aios-inventory"]);
        helm.arg("--kubeconfig").arg(plane.admin_kubeconfig());
        for value in VALUES.iter().chain(values) {
            helm.args(["--set", value]);
        }
        let run = Run::of(&mut helm);
        assert_eq!(run.exit, 0, "{values:?}: {}", run.stderr);
        let mut lint = Command::new(assets::binary("helm"));
        lint.args(["lint", "--strict"]).arg(folder());
        for value in VALUES.iter().chain(values) {
            lint.args(["--set", value]);
        }
        let run = Run::of(&mut lint);
        assert_eq!(run.exit, 0, "{values:?}: {}", run.stdout);
        // Helm itself only looks the kinds up: what the API server says of each object is asked for.
        rendered(values).try_objects(&admin).await;
    }
}
