//! What a device calls itself is text, however it is shown.

use serde_json::Value;

use crate::support::agent::Run;
use crate::support::hostile::{DEVICE, MODEL, must_be_seen};
use crate::support::scene::Scene;

#[test]
fn nothing_that_a_device_calls_itself_is_obeyed() {
    let scene = Scene::hostile();
    for args in [
        &[][..],
        &["--detail"],
        &["--format", "yaml"],
        &["--format", "yaml", "--detail"],
        &["--format", "table"],
        &["--format", "table", "--detail"],
        &["--explain"],
    ] {
        let run = Run::of(scene.dump().args(args));
        assert!(run.stdout.contains("<script>"), "{args:?}: {run:?}");
        must_be_seen(&run.stdout);
        must_be_seen(&run.stderr);
    }
}

#[test]
fn for_programs_a_name_is_exactly_what_it_is() {
    let run = Run::of(Scene::hostile().dump().arg("--detail"));
    let value: Value = serde_json::from_str(&run.stdout).unwrap();
    let names = |kind: &str| value["devices"][kind][0]["name"].clone();
    assert_eq!((names("disks"), names("ports")), (DEVICE.into(), DEVICE.into()), "{value}");
    assert_eq!(value["devices"]["gpus"][0]["model"], MODEL);
}
