//! What runs in the pods: what it reads, and what it may do.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::elf;
use crate::environment::{Environment, cases};
use crate::processes::Process;
use crate::release::SPEED_MBPS;
use crate::run::{self, Run};

cases![
    an_agent_in_its_pod_reads_what_it_reads_on_the_host,
    the_processes_are_nobody_and_may_do_nothing,
    the_image_s_programs_are_two_and_hardened,
    nobody_s_processes_may_not_look_into_the_aggregator,
];

/// The agent, which stands beside the aggregator once it was built.
fn agent() -> std::process::Command {
    let agent = Path::new(env!("CARGO_BIN_EXE_inventory-aggregator"));
    let agent = agent.with_file_name("inventory-agent");
    assert!(agent.exists(), "'{}' is not built: cargo build -p inventory-agent", agent.display());
    run::command(agent.to_str().unwrap())
}

async fn an_agent_in_its_pod_reads_what_it_reads_on_the_host(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    let inventory = cluster.inventory().await.unwrap();
    let speed = format!("default={SPEED_MBPS}");
    let mut command = agent();
    command.args(["--dump", "--node-id", &cluster.node, "--link-speed", &speed]);
    let read = Run::of(&mut command);
    assert_eq!(read.exit, 0, "{}", read.stderr);
    let told = serde_json::to_value(inventory.status.node_data).unwrap();
    assert_eq!(told, read.json());
    assert_ne!(told["storage"]["disks"], Value::from(0));
    assert_ne!(told["network"]["interfaces"], Value::from(0));
}

async fn the_processes_are_nobody_and_may_do_nothing(environment: Arc<Environment>) {
    environment.cluster().await;
    for program in ["inventory-agent", "inventory-aggregator"] {
        let process = Process::of(program).unwrap();
        for (key, wanted) in [
            ("Uid", "65532\t65532\t65532\t65532"),
            ("Gid", "65532\t65532\t65532\t65532"),
            ("CapPrm", "0000000000000000"),
            ("CapEff", "0000000000000000"),
            ("CapBnd", "0000000000000000"),
            ("NoNewPrivs", "1"),
            // A filter of system calls.
            ("Seccomp", "2"),
        ] {
            assert_eq!(process.status(key).as_deref(), Some(wanted), "{program}: {key}");
        }
        let mounts = std::fs::read_to_string(process.file("proc/1/mounts")).unwrap();
        let root = mounts.lines().find(|line| line.split(' ').nth(1) == Some("/")).unwrap();
        let options = root.split(' ').nth(3).unwrap();
        assert!(options.split(',').any(|option| option == "ro"), "{program}: {root}");
        eprintln!("{program}: {} in memory", process.status("VmRSS").unwrap());
    }
}

async fn the_image_s_programs_are_two_and_hardened(environment: Arc<Environment>) {
    environment.cluster().await;
    let programs = ["inventory-agent", "inventory-aggregator"];
    for program in programs {
        let process = Process::of(program).unwrap();
        assert_eq!(elf::lacks(&std::fs::read(process.path("exe")).unwrap()), [""; 0], "{program}");
        let folder = std::fs::read_dir(process.file("usr/bin")).unwrap();
        let mut names: Vec<_> = folder.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, programs);
    }
}

/// What is in /proc of a process that leaves no core is root's, whoever the process is (proc(5)).
async fn nobody_s_processes_may_not_look_into_the_aggregator(environment: Arc<Environment>) {
    environment.cluster().await;
    let owner =
        |program| std::fs::metadata(Process::of(program).unwrap().path("mem")).unwrap().uid();
    assert_eq!(owner("inventory-aggregator"), 0);
    // Who has no credentials but its token is debugged more easily.
    assert_eq!(owner("inventory-agent"), 65532);
}
