//! What is kept of what the chart renders: the manifest for people without Helm, how values change
//! it, and what they are.

use std::path::{Path, PathBuf};
use std::process::Command;

use similar::TextDiff;

use crate::assets;
use crate::chart::{KUBERNETES, folder};

/// What stands for the image, which is for whoever installs to say.
const IMAGE: &str = "image.repository=IMAGE_REPOSITORY";

/// The values that are tried, by the name of what they are for.
const MATRIX: [(&str, &[&str]); 11] = [
    ("gpu-privileged", &["gpu.access=privileged"]),
    (
        "gpu-library",
        &[
            "gpu.access=privileged",
            "gpu.libraryFolder=/home/kubernetes/bin/nvidia/lib64",
            "gpu.nodeLabel.key=cloud.google.com/gke-accelerator",
            "gpu.nodeLabel.value=",
        ],
    ),
    ("gpu-none", &["gpu.access=none"]),
    (
        "stated",
        &[
            "gpuNodes.linkSpeeds.default=10000",
            "gpuNodes.gpuMemory.NVIDIA H100=81559",
            "otherNodes.notCounted={sdb,eth1}",
            "otherNodes.countRemoteDisks=true",
            "agent.overwriteNodeId=true",
        ],
    ),
    ("no-policy", &["admissionPolicy.enabled=false"]),
    ("no-aggregator", &["aggregator.enabled=false"]),
    (
        "onboarding",
        &[
            "onboarding.enabled=true",
            "onboarding.spec.id=my-cluster",
            "onboarding.spec.regionId=us-west-2",
            "onboarding.spec.submit=WhenComplete",
        ],
    ),
    (
        "aggregator",
        &[
            "aggregator.replicas=2",
            "aggregator.joinCommandSecret=join",
            "aggregator.caConfigMap.name=ca",
            "aggregator.headersSecret.name=headers",
        ],
    ),
    (
        "image",
        &[
            "image.digest=sha256:0000000000000000000000000000000000000000000000000000000000000000",
            "image.pullPolicy=Always",
            "imagePullSecrets[0].name=registry",
            "extraLabels.team=gpu",
        ],
    ),
    (
        "scheduling",
        &[
            "agent.nodeSelector.pool=gpu",
            "agent.tolerations[0].key=gpu",
            "agent.priorityClassName=low",
            "agent.resources.limits.memory=256Mi",
            "aggregator.nodeSelector.pool=system",
        ],
    ),
    (
        "monitoring",
        &[
            "podMonitor.enabled=true",
            "podMonitor.labels.release=prometheus",
            "podMonitor.interval=30s",
            "metrics.dashboard.enabled=true",
            "metrics.dashboard.annotations.grafana_folder=AIOS",
            "metrics.rules.enabled=true",
            "metrics.rules.labels.release=prometheus",
            "metrics.rules.docs=https://git.example.test/aios-inventory/docs/",
            "networkPolicy.enabled=true",
            "networkPolicy.metricsFrom[0].namespaceSelector.matchLabels.name=monitoring",
            "networkPolicy.egress[0].to[0].ipBlock.cidr=192.0.2.0/24",
        ],
    ),
];

/// The sets of values that are tried, each as helm's `--set`.
pub fn sets() -> impl Iterator<Item = &'static [&'static str]> {
    MATRIX.iter().map(|(_, values)| *values)
}

/// How to write them again.
pub const COMMAND: &str = "cargo run -p test-kubernetes --example manifests";

/// Every file that is kept, with what it should say.
#[must_use]
pub fn all() -> Vec<(PathBuf, String)> {
    let install = render(&[]);
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let cases = MATRIX.iter().map(|(name, values)| {
        let changes = changes(&install, &render(values));
        (golden.join(format!("{name}.diff")), format!("# {}\n{changes}", values.join(" ")))
    });
    let cases: Vec<_> = cases.collect();
    let head = "# Rendered from deploy/chart, for people without Helm. Put the image's repository in the place of\n# IMAGE_REPOSITORY: see deploy/README.md.\n";
    let manifest = folder().join("../install.yaml");
    let readme = (folder().join("README.md"), describe());
    [(manifest, head.to_owned() + &install), readme].into_iter().chain(cases).collect()
}

/// The chart's values, described by what stands above each.
fn describe() -> String {
    let mut command = Command::new(assets::binary("helm-docs"));
    command.args(["--dry-run", "--log-level", "error", "--chart-search-root"]).arg(folder());
    said_by(&mut command)
}

/// The chart with its definitions and its namespace.
fn render(values: &[&str]) -> String {
    let mut command = Command::new(assets::binary("helm"));
    command.args(["template", "aios-inventory"]).arg(folder());
    command.args(["--namespace", "aios-inventory", "--include-crds", "--kube-version", KUBERNETES]);
    for value in [IMAGE, "namespace.create=true"].iter().chain(values) {
        command.args(["--set", value]);
    }
    said_by(&mut command)
}

fn said_by(command: &mut Command) -> String {
    let output = command.output().expect("helm and helm-docs run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn changes(before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after).unified_diff().context_radius(2).to_string()
}
