//! On the machine that the tests run on, independent readers agree.

use std::process::Command;

use serde_json::Value;

use crate::support::agent::{Run, command};

fn dump() -> Value {
    let run = Run::of(command().args(["--dump", "--detail"]));
    assert!([0, 3].contains(&run.exit), "{run:?}");
    run.json()
}

pub fn sysinfo_agrees_on_memory_and_swap() {
    let all = dump();
    let mut system = sysinfo::System::new().unwrap();
    system.refresh_memory();
    assert_eq!(all["memory"]["totalBytes"], system.total_memory());
    assert_eq!(all["swap"]["totalBytes"], system.total_swap());
}

pub fn sysinfo_agrees_on_the_number_of_cpus() {
    let mut system = sysinfo::System::new().unwrap();
    system.refresh_cpu_all();
    assert_eq!(dump()["cpu"]["online"], system.cpus().len());
}

/// What lsblk calls a disk and the rules do not.
const NOT_PHYSICAL: [&str; 6] = ["loop", "ram", "zram", "md", "nbd", "rbd"];

pub fn lsblk_agrees_on_disks_and_their_sizes() {
    let columns = ["--json", "--bytes", "--nodeps", "--output", "NAME,TYPE,SIZE,RO,RM,TRAN"];
    let output = Command::new("lsblk").args(columns).output().unwrap();
    let listed: Value = serde_json::from_slice(&output.stdout).unwrap();
    let is_physical = |disk: &&Value| {
        let name = disk["name"].as_str().unwrap();
        let is_virtual = NOT_PHYSICAL.iter().any(|prefix| name.starts_with(prefix));
        disk["type"] == "disk"
            && disk["tran"] != "usb"
            && disk["rm"] == false
            && disk["ro"] == false
            && !is_virtual
            && disk["size"] != 0
    };
    let listed = listed["blockdevices"].as_array().unwrap();
    let mut wanted: Vec<(&str, u64)> = listed
        .iter()
        .filter(is_physical)
        .map(|disk| (disk["name"].as_str().unwrap(), disk["size"].as_u64().unwrap()))
        .collect();
    let all = dump();
    let disks = all["devices"]["disks"].as_array().unwrap().iter();
    let mut found: Vec<(&str, u64)> = disks
        .filter(|disk| disk["counted"] == true)
        .map(|disk| (disk["name"].as_str().unwrap(), disk["sizeBytes"].as_u64().unwrap()))
        .collect();
    wanted.sort_unstable();
    found.sort_unstable();
    assert_eq!(found, wanted);
}
