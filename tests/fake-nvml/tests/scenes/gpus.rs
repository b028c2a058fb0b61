//! What GPUs there are, through nvml-wrapper.

use crate::support::Scene;
use serde_json::json;

#[test]
fn none() {
    let report = Scene::new(&json!({})).report();
    report.says(&[("gpus", "0"), ("0", ""), ("shutdown", "()")]);
    report.says(&[("driver", r#""580.82.07""#), ("nvml", r#""13.580.82.07""#), ("cuda", "13000")]);
}

#[test]
fn one_with_every_default() {
    let report = Scene::new(&json!({"gpus": [{}]})).report();
    report.says(&[
        ("gpus", "1"),
        ("0 name", r#""NVIDIA H100 80GB HBM3""#),
        ("0 uuid", r#""GPU-00000000-0000-0000-0000-000000000000""#),
        ("0 pci", r#""00000000:10:00.0""#),
        ("0 pci id", "(0, 590352606)"),
        ("0 memory", "85520809984"),
        ("0 memory v1", "85520809984"),
        ("0 capability", "(9, 0)"),
        ("0 architecture", "Hopper"),
        ("0 serial", "NotSupported"),
        ("0 persistence", "true"),
        ("0 is mig", "false"),
        ("0 mig", "(0, 0)"),
        ("0 mig count", "0"),
        ("0 link 0", "NotSupported"),
        ("0 ecc", "true"),
        ("0 ecc errors", "0"),
        ("0 retirement", "NotSupported"),
        ("0 remapped", "(0, 0)"),
        ("1", ""),
    ]);
}

#[test]
fn eight_are_told_apart() {
    let gpus: Vec<_> = (0..8).map(|_| json!({})).collect();
    let report = Scene::new(&json!({"gpus": gpus})).report();
    report.says(&[
        ("gpus", "8"),
        ("7 uuid", r#""GPU-00000000-0000-0000-0000-000000000007""#),
        ("7 pci", r#""00000000:17:00.0""#),
    ]);
}

#[test]
fn mixed_models_health_and_domains() {
    let report = Scene::new(&json!({"gpus": [
        {"name": "NVIDIA A100-SXM4-40GB", "memory": 42_949_672_960_u64, "capability": [8, 0],
         "architecture": 7, "pci": "0001:00:00.0", "nvlinks": [true, false, true],
         "ecc": {"current": true, "pending": true, "aggregate": [5, 3]},
         "remapped": {"uncorrected": 1, "pending": true}},
        {"name": "Tesla P4", "memory": 7_981_694_976_u64, "capability": [6, 1], "architecture": 4,
         "pci": "10000:3B:00.0", "mig": null, "remapped": null, "retirement_pending": true,
         "serial": "0321918190000", "ecc": null}
    ]}))
    .report();
    report.says(&[
        ("0 pci", r#""00000001:00:00.0""#),
        ("0 architecture", "Ampere"),
        ("0 link 0", "true"),
        ("0 link 1", "false"),
        ("0 link 2", "true"),
        ("0 link 3", "InvalidArg"),
        ("0 ecc errors", "3"),
        ("0 dram errors", "3"),
        ("0 remapped", "(1, 0)"),
        ("1 name", r#""Tesla P4""#),
        ("1 pci", r#""00010000:3B:00.0""#),
        ("1 mig", "NotSupported"),
        ("1 remapped", "NotSupported"),
        ("1 retirement", "true"),
        ("1 serial", r#""0321918190000""#),
        ("1 ecc", "NotSupported"),
        ("1 ecc errors", "NotSupported"),
    ]);
}

#[test]
fn unified_memory_in_the_new_call_and_the_old() {
    let gpu =
        json!({"name": "NVIDIA GB10", "memory": null, "capability": [12, 1], "architecture": 10});
    let report = Scene::new(&json!({"gpus": [gpu]})).report();
    report.says(&[("0 memory", "NotSupported"), ("0 memory v1", "NotSupported")]);
    report.says(&[("0 capability", "(12, 1)"), ("0 architecture", "Blackwell")]);
}

#[test]
fn mig_with_holes() {
    let scene = Scene::new(&json!({
        "gpus": [{}, {"mig": {"current": 1, "pending": 1, "instances": [
            {"profile": "3g.40gb", "memory": 42_144_366_592_u64, "uuid": "MIG-of-my-own", "ids": [2, 1]}, null, {}, {}
        ]}}],
        "faults": {
            "nvmlDeviceGetMigDeviceHandleByIndex@1.3": "ERROR_INVALID_ARGUMENT",
            "nvmlDeviceGetMemoryInfo_v2@1": "ERROR_NO_PERMISSION",
        },
    }));
    scene.report().says(&[
        ("0 mig", "(0, 0)"),
        ("0.0", ""),
        ("1 mig", "(1, 1)"),
        ("1 mig count", "7"),
        ("1 memory", "NoPermission"),
        ("1.0 name", r#""NVIDIA H100 80GB HBM3 MIG 3g.40gb""#),
        ("1.0 uuid", r#""MIG-of-my-own""#),
        ("1.0 memory", "42144366592"),
        ("1.0 memory v1", "42144366592"),
        ("1.0 mib", "40192"),
        ("1.0 ids", "(2, 1)"),
        ("1.0 is mig", "true"),
        ("1.0 parent", r#""GPU-00000000-0000-0000-0000-000000000001""#),
        ("1.1", "NotFound"),
        ("1.2 name", r#""NVIDIA H100 80GB HBM3 MIG 1g.10gb""#),
        ("1.2 uuid", r#""MIG-00000000-0000-0000-0002-000000000001""#),
        ("1.3", "InvalidArg"),
        ("1.6", "NotFound"),
    ]);
}
