//! What the chart renders: pods that may do little, on every node, and on each once.

use std::collections::BTreeSet;
use std::sync::Arc;

use kube::ResourceExt;
use kube::api::DynamicObject;
use serde_json::{Value, json};
use test_kubernetes::chart::{Chart, kind};
use test_kubernetes::manifests;

use crate::environment::{Environment, VALUES, cases};

cases![
    every_node_has_one_agent_that_may_do_little,
    only_privileged_access_makes_a_pod_privileged,
    what_is_kept_of_it_is_what_it_renders,
];

fn daemon_sets(values: &[&str]) -> Vec<DynamicObject> {
    let chart = Chart::render(&[&VALUES[..], values].concat());
    chart.objects().iter().filter(|object| kind(object) == "DaemonSet").cloned().collect()
}

/// How the nodes are told apart: the operator that the label of GPU nodes is asked by.
fn operator(set: &DynamicObject) -> String {
    let affinity = &set.data["spec"]["template"]["spec"]["affinity"]["nodeAffinity"];
    let terms = &affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
    let terms = terms[0]["matchExpressions"].as_array().unwrap();
    let about_gpus = terms.iter().find(|term| term["key"] == "nvidia.com/gpu.present");
    about_gpus.unwrap()["operator"].as_str().unwrap().to_owned()
}

async fn every_node_has_one_agent_that_may_do_little(_: Arc<Environment>) {
    let sets = daemon_sets(&[]);
    let operators: BTreeSet<String> = sets.iter().map(operator).collect();
    assert_eq!(operators, BTreeSet::from(["In".to_owned(), "NotIn".to_owned()]));
    for set in &sets {
        let spec = &set.data["spec"];
        assert_eq!(spec["updateStrategy"]["rollingUpdate"]["maxUnavailable"], "10%");
        let pod = &spec["template"]["spec"];
        assert_eq!(pod["nodeSelector"], json!({ "kubernetes.io/os": "linux" }));
        assert_eq!(pod["tolerations"], json!([{ "operator": "Exists" }]));
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
        for namespace in ["hostNetwork", "hostPID", "hostIPC"] {
            assert_eq!(pod[namespace], Value::Null, "{namespace}");
        }
        let [container] = &pod["containers"].as_array().unwrap()[..] else { panic!("{pod}") };
        let allowed = &container["securityContext"];
        assert_eq!(allowed["capabilities"], json!({ "drop": ["ALL"] }));
        assert_eq!(allowed["readOnlyRootFilesystem"], true);
        assert_eq!(
            (&allowed["allowPrivilegeEscalation"], &allowed["privileged"]),
            (&json!(false), &Value::Null)
        );
        let [mount] = &container["volumeMounts"].as_array().unwrap()[..] else { panic!("{pod}") };
        assert_eq!((&mount["mountPath"], &mount["readOnly"]), (&json!("/sys"), &json!(true)));
        let is_gpu = operator(set) == "In";
        let class = if is_gpu { json!("nvidia") } else { Value::Null };
        assert_eq!(pod["runtimeClassName"], class, "{}", set.name_any());
    }
}

async fn only_privileged_access_makes_a_pod_privileged(_: Arc<Environment>) {
    for access in ["runtimeClass", "privileged", "none"] {
        let sets = daemon_sets(&[&format!("gpu.access={access}")]);
        let privileged = sets.iter().filter(|set| {
            let containers = &set.data["spec"]["template"]["spec"]["containers"];
            containers[0]["securityContext"]["privileged"] == true
        });
        let operators: Vec<String> = privileged.map(operator).collect();
        let wanted: &[&str] = if access == "privileged" { &["In"] } else { &[] };
        assert_eq!(operators, wanted, "{access}");
    }
}

async fn what_is_kept_of_it_is_what_it_renders(_: Arc<Environment>) {
    for (file, text) in manifests::all() {
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == text, "{} is stale: {}", file.display(), manifests::COMMAND);
    }
}
