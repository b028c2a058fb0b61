//! What NVML's process says, and beside it on standard error, behind the first zero byte.
#![no_main]

use std::sync::LazyLock;

use fuzz::inventory::holds;
use fuzz::sketch;
use inventory_agent::answers::Answers;
use inventory_agent::host::manifest::Manifest;
use inventory_agent::host::{HostRoot, Tree};
use inventory_agent::probe::gpu::child::answers_of;
use libfuzzer_sys::fuzz_target;

/// A host with two GPUs on its bus that NVML may tell of.
const HOST: &str = "\
pci 0000:65:00.0 0x030200 0x10de 0x2330 nvidia
pci 0000:c1:00.0 0x030200 0x10de 0x2330 nvidia
";

static TREE: LazyLock<Tree> = LazyLock::new(|| sketch::tree(HOST));

fuzz_target!(|said: &[u8]| {
    let (told, beside) = match said.iter().position(|byte| *byte == 0) {
        Some(end) => (&said[..end], &said[end + 1..]),
        None => (said, &[][..]),
    };
    let answers = answers_of(told, beside);
    let text = serde_json::to_string(&answers).expect("answers can be written");
    assert_eq!(serde_json::from_str::<Answers>(&text).ok().as_ref(), Some(&answers));
    let manifest = Manifest { nvml: Some(answers), ..Manifest::default() };
    let found = fuzz::host::read(&HostRoot::of_tree(TREE.clone(), manifest));
    holds(&found);
    let on_bus = |name: &str| found.devices.gpus.iter().filter(|gpu| gpu.name == name).count();
    assert_eq!(
        (on_bus("0000:65:00.0"), on_bus("0000:c1:00.0")),
        (1, 1),
        "what is on the bus is there, once"
    );
});
