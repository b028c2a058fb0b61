//! How long a change of one node takes in a cluster of thousands, what a node weighs there, and how
//! long its document and its page take. Prints a table; judges nothing.
//!
//!     cargo run --release -p inventory-aggregator --example cluster-state [NODES]...
#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a table for people")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use inventory_aggregator::cluster::expected::{Agent, Expected, ExpectedNode, Roll};
use inventory_aggregator::cluster::report::NodeReport;
use inventory_aggregator::cluster::state::ClusterState;
use inventory_aggregator::report::{Brief, Detail, Form, Found, Live, live};
use inventory_common::NodeData;
use inventory_common::cluster::{Document, Profile, flaws};
use inventory_common::node_data::{GpuData, Gpus, Network, Storage, Vcpus};
use k8s_openapi::jiff::Timestamp;

/// GPUs of each node.
const GPUS: usize = 8;

/// How often each node changes.
const ROUNDS: u64 = 4;

fn main() -> Result<(), Box<dyn Error>> {
    let mut sizes = Vec::new();
    for argument in std::env::args().skip(1) {
        sizes.push(argument.parse()?);
    }
    if sizes.is_empty() {
        sizes = vec![5_000, 50_000];
    }
    println!(
        "nodes\tper change\tlongest\tper same\tbytes/node\tcopy\tsnapshot\tdocument\tchecks\tJSON\tits bytes\tpage's report\tpage\tits bytes"
    );
    sizes.into_iter().try_for_each(measure)
}

fn measure(nodes: u64) -> Result<(), Box<dyn Error>> {
    let before = resident_bytes()?;
    let mut state = ClusterState::default();
    (0..nodes).for_each(|number| {
        state.apply(&name(number), report(number, 0));
    });
    let weight = resident_bytes()?.saturating_sub(before) / nodes;

    // In an order that is none.
    let order = || (0..nodes).map(|step| step * 7919 % nodes);
    let (mut changes, mut longest) = (Duration::ZERO, Duration::ZERO);
    for round in 1..=ROUNDS {
        for number in order() {
            let (name, report) = (name(number), report(number, round));
            let start = Instant::now();
            black_box(state.apply(&name, report));
            let took = start.elapsed();
            changes += took;
            longest = longest.max(took);
        }
    }
    let mut same = Duration::ZERO;
    for number in order() {
        let (name, report) = (name(number), report(number, ROUNDS));
        let start = Instant::now();
        black_box(state.apply(&name, report));
        same += start.elapsed();
    }

    let start = Instant::now();
    let copy = state.clone();
    let copied = start.elapsed();
    let start = Instant::now();
    let snapshot = state.snapshot();
    let sorted = start.elapsed();
    let start = Instant::now();
    let profile: Profile = serde_json::from_str(r#"{"id": "c", "regionId": "r"}"#)?;
    let document = Document::new(profile, snapshot.measured()?);
    let joined = start.elapsed();
    let start = Instant::now();
    let flaws = flaws(&document).len();
    let checked = start.elapsed();
    let start = Instant::now();
    let text = serde_json::to_string(&document)?;
    let written = start.elapsed();
    let (page, reported, rendered) = page(copy, nodes)?;
    if flaws > 0 {
        return Err("the document has flaws".into());
    }
    let per =
        |time: Duration, times: u64| format!("{:.2} µs", time.as_secs_f64() * 1e6 / times as f64);
    println!(
        "{nodes}\t{}\t{longest:.1?}\t{}\t{weight}\t{copied:.1?}\t{sorted:.1?}\t{joined:.1?}\t{checked:.1?}\t{written:.1?}\t{}\t{reported:.1?}\t{rendered:.1?}\t{}",
        per(changes, nodes * ROUNDS),
        per(same, nodes),
        text.len(),
        page.len(),
    );
    Ok(())
}

/// The live page of such a cluster, and how long what is on it took, and it itself.
fn page(state: ClusterState, nodes: u64) -> Result<(String, Duration, Duration), Box<dyn Error>> {
    let expected = |number| {
        let node = ExpectedNode { node_id: Some(name(number).into()), agent: Agent::Ready };
        (name(number).into(), node)
    };
    let roll = Roll { expected: (0..nodes).map(expected).collect(), ..Roll::default() };
    let found = Found {
        state,
        expected: Expected::Nodes(roll),
        details: (0..nodes).map(|number| (name(number), Detail::Brief(Brief::default()))).collect(),
        profile: Ok(serde_json::from_str(r#"{"id": "c", "regionId": "r"}"#)?),
        onboarding: None,
        notes: Vec::new(),
        source: String::new(),
    };
    let start = Instant::now();
    let report = found.report(Form::Live, Timestamp::UNIX_EPOCH);
    let reported = start.elapsed();
    let start = Instant::now();
    let page = live(&report, &Live { revision: String::new(), unseen: Vec::new() });
    Ok((page, reported, start.elapsed()))
}

fn name(number: u64) -> String {
    format!("gpu-{number:05}.rack{}.example.com", number / 32)
}

/// The node in its `round`th state: another count of disks each time.
fn report(number: u64, round: u64) -> NodeReport {
    let gpu = GpuData { model_name: "NVIDIA H100 80GB HBM3".to_owned(), memory_mib: 81_559 };
    let features = ["fp16", "int8", "tensor_cores", "bf16", "tf32", "fp8", "nvlink"];
    let node = NodeData {
        id: name(number),
        gpus: Gpus {
            count: GPUS as u64,
            memory_mib: gpu.memory_mib * GPUS as u64,
            model_names: vec![gpu.model_name.clone()],
            gpus: vec![gpu; GPUS],
            features: features.map(str::to_owned).into(),
        },
        vcpus: Vcpus { count: 192 },
        memory_mib: 2_063_937,
        swap_mib: 0,
        storage: Storage { disks: 8 + round, size_mib: 29_297_664 },
        network: Network {
            interfaces: 10,
            tx_bandwidth_mbps: 3_225_000,
            rx_bandwidth_mbps: 3_225_000,
        },
    };
    NodeReport { node, troubles: Vec::new(), notes: Vec::new() }
}

/// What this process holds of memory.
fn resident_bytes() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).ok_or("no VmRSS")?;
    Ok(kib.parse::<u64>()? << 10)
}
