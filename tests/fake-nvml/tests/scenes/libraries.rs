//! Libraries that are old, and files that are none.

use std::fs;

use serde_json::json;

use crate::support::{Scene, library, library_without};

/// Where an ELF file says how wide it is, and how it says 32 bits.
const ELF_CLASS: usize = 4;
const ELF_32_BIT: u8 = 1;

#[test]
fn what_is_no_library() {
    let mut scene = Scene::new(&json!({"gpus": [{}]}));
    let mut bytes = fs::read(library()).expect("the library");
    bytes[ELF_CLASS] = ELF_32_BIT;
    for bytes in [b"no library".as_slice(), &bytes] {
        scene.library = scene.path("libbroken.so");
        fs::write(&scene.library, bytes).expect("a file");
        scene.report().says(&[("init", "LibloadingError")]);
    }
}

#[test]
fn an_old_library() {
    let mut scene = Scene::new(&json!({"gpus": [{}]}));
    let missing = ["nvmlDeviceGetMemoryInfo_v2", "nvmlDeviceGetCudaComputeCapability"];
    scene.library = library_without(&missing, scene.folder.path());
    scene.report().says(&[
        ("0 memory", "FailedToLoadSymbol"),
        ("0 memory v1", "85520809984"),
        ("0 capability", "FailedToLoadSymbol"),
        ("0 name", r#""NVIDIA H100 80GB HBM3""#),
    ]);
    scene.library = library_without(&["nvmlInit_v2"], scene.folder.path());
    scene.report().says(&[("init", "FailedToLoadSymbol")]);
}
