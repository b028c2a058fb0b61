//! Cases of `tests/hosts`: a host, the arguments, and what must come out.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::expect::Expectation;
use crate::support::agent::{self, Run};
use crate::support::{fake, sketch};

/// One case.
pub struct Case {
    pub name: String,
    pub tree: String,
    pub args: Vec<String>,
    pub expectations: Vec<Expectation>,
    pub nvml: Option<Nvml>,
}

/// What NVML is on a case's host.
#[derive(Clone, Debug, Default)]
pub struct Nvml {
    /// The description of its GPUs, for the fake library.
    pub description: String,
    /// How the library is spoilt; empty where it is not.
    pub library: Vec<String>,
}

/// What every host with NVML has beside, which must not change whatever NVML does.
const BESIDE: &str = "\
sys/block/sda -> ../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda
sys/block/sda/size = 8388608
sys/class/net/eth0 -> ../../devices/pci0000:00/0000:00:03.0/0000:03:00.0/net/eth0
sys/class/net/eth0/type = 1
sys/class/net/eth0/carrier = 1
sys/class/net/eth0/speed = 10000
";

impl Case {
    /// Runs the binary over the case's host, and says what is not as expected.
    pub fn failures(&self) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let beside = if self.nvml.is_some() { BESIDE } else { "" };
        let root = folder.path().join("host");
        std::fs::create_dir(&root).expect("a folder");
        sketch::write(&sketch::tree(&format!("{beside}{}", self.tree)), &root);
        let run = self.run(folder.path(), &["--dump", "--detail"], &self.args);
        let failures = self.expectations.iter().filter_map(|expectation| expectation.failure(&run));
        let mut failures: Vec<String> = failures.collect();
        if self.nvml.is_some() {
            let without = Run::detail(&root, &["--gpu".to_owned(), "pci".to_owned()]);
            let (with, without) = (beside_gpus(&run.json()), beside_gpus(&without.json()));
            failures.extend((with != without).then(|| format!("{with} is not {without}")));
        }
        failures.iter().map(|failure| format!("{}: {failure}", self.name)).collect()
    }

    /// Runs the binary over the host in `folder`, with the case's NVML where it has one.
    fn run(&self, folder: &Path, command: &[&str], args: &[String]) -> Run {
        let mut agent = agent::command();
        agent.args(command).arg("--root").arg(folder.join("host")).args(args);
        if let Some(nvml) = &self.nvml {
            nvml.offer(folder, &mut agent);
        }
        Run::of(&mut agent)
    }

    /// Captures the case's host, and says where the capture gives another inventory.
    pub fn capture_failures(&self) -> Vec<String> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().join("host");
        std::fs::create_dir(&root).expect("a folder for the host");
        sketch::write(&sketch::tree(&self.tree), &root);
        let original = self.run(folder.path(), &["--dump", "--detail"], &self.args);
        let mut failures = Vec::new();
        for keep_serials in [true, false] {
            let file = folder.path().join("capture.tar.gz");
            let mut args = vec!["capture", file.to_str().expect("UTF-8")];
            args.extend(keep_serials.then_some("--keep-serials"));
            let said = self.run(folder.path(), &args, &gpu_args(&self.args));
            assert_eq!((said.exit, said.stderr.lines().count()), (0, 1), "{said:?}");
            let run = Run::detail(&file, &self.args);
            let is_same = if keep_serials {
                run.stdout == original.stdout && run.stderr == original.stderr
            } else {
                nameless(run.json()) == nameless(original.json())
            };
            if !is_same || run.exit != original.exit {
                failures.push(format!(
                    "{}, serials {keep_serials}: {}\n{} instead of {}\n{}",
                    self.name, run.stdout, run.stderr, original.stdout, original.stderr
                ));
            }
        }
        failures
    }
}

/// The inventory without what stands in for something else in a capture without serials: names,
/// also those that are made of an address, and what messages quote of malformed files.
fn nameless(mut all: Value) -> Value {
    for name in ["/nodeData/id", "/host/name", "/host/bootId"] {
        if let Some(name) = all.pointer_mut(name) {
            name.take();
        }
    }
    for probe in all["probes"].as_array_mut().into_iter().flatten() {
        for fault in probe["faults"].as_array_mut().into_iter().flatten() {
            fault["message"].take();
        }
    }
    for gpu in all["devices"]["gpus"].as_array_mut().into_iter().flatten() {
        gpu["uuid"].take();
        gpu["errors"].take();
        for instance in gpu["mig"]["instances"].as_array_mut().into_iter().flatten() {
            instance["uuid"].take();
        }
        if gpu["name"].as_str().is_some_and(|name| name.starts_with("GPU-")) {
            gpu["name"].take();
        }
    }
    for port in all["devices"]["ports"].as_array_mut().into_iter().flatten() {
        if port["name"].as_str().is_some_and(|name| name.starts_with("enx")) {
            port["name"].take();
        }
    }
    all
}

impl Nvml {
    /// Has the agent ask this library.
    fn offer(&self, folder: &Path, agent: &mut Command) {
        let words: Vec<&str> = self.library.iter().map(String::as_str).collect();
        let library = if words.is_empty() { fake::library() } else { fake::spoilt(&words, folder) };
        let description = folder.join("nvml.json");
        std::fs::write(&description, &self.description).expect("a file");
        agent.env(fake::DESCRIPTION, description).arg("--nvml-library").arg(library);
    }
}

/// The arguments that say how NVML is asked: those that a capture takes too.
fn gpu_args(args: &[String]) -> Vec<String> {
    let pairs =
        args.windows(2).filter(|pair| pair[0].starts_with("--gpu-timeout") || pair[0] == "--gpu");
    pairs.flatten().cloned().collect()
}

/// All that is no business of NVML's.
fn beside_gpus(inventory: &Value) -> Value {
    let mut all = inventory.clone();
    all["nodeData"]["gpus"].take();
    all["devices"]["gpus"].take();
    let gpu_probe = |probe: &&mut Value| probe["name"] == "gpu";
    all["probes"].as_array_mut().into_iter().flatten().find(gpu_probe).map(Value::take);
    let is_no_gpu_s = |unknown: &Value| {
        unknown["field"].as_str().is_some_and(|field| !field.starts_with("gpus."))
    };
    if let Some(unknowns) = all["unknowns"].as_array_mut() {
        unknowns.retain(is_no_gpu_s);
    }
    all["stated"].take();
    all
}

/// The cases of a file; each begins with `=== NAME`.
pub fn read(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).expect("a file of cases");
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            let (tree, args, expectations, nvml) = Default::default();
            cases.push(Case { name: name.to_owned(), tree, args, expectations, nvml });
        } else if line.trim().is_empty() || line.starts_with('#') {
            // Space and reasons.
        } else {
            let case = cases.last_mut().unwrap_or_else(|| panic!("a line before any case: {line}"));
            if let Some(args) = line.strip_prefix("args ") {
                case.args.extend(words(args));
            } else if let Some(description) = line.strip_prefix("nvml ") {
                description.clone_into(&mut case.nvml.get_or_insert_default().description);
            } else if let Some(spoilt) = line.strip_prefix("library ") {
                case.nvml.get_or_insert_default().library = words(spoilt);
            } else if let Some(expectation) = line.strip_prefix("expect ") {
                case.expectations.push(Expectation::parse(expectation));
            } else {
                case.tree += line;
                case.tree.push('\n');
            }
        }
    }
    cases
}

/// Words between blanks; double quotes keep blanks.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![];
    let (mut word, mut quoted) = (None::<String>, false);
    for c in text.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            ' ' if !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}
