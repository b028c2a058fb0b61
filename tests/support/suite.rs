//! Tests that share what takes long to start, each a function of it.
#![allow(dead_code, reason = "each test target uses its part")]

use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use test_kubernetes::assets;

/// Most tests wait most of the time.
const THREADS: usize = 6;

/// What a test does.
type Running = Pin<Box<dyn Future<Output = ()>>>;

/// A test.
pub struct Case<E> {
    pub name: &'static str,
    pub run: fn(Arc<E>) -> Running,
}

/// Lists the test functions of a module.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        /// The tests of this module.
        pub fn cases() -> Vec<crate::suite::Case<crate::environment::Environment>> {
            vec![$(crate::suite::Case {
                name: concat!(module_path!(), "::", stringify!($name)),
                run: |environment| Box::pin($name(environment)),
            }),+]
        }
    };
}
pub(crate) use cases;

/// Runs those that the command line names. Without binaries of Kubernetes they count as ignored.
pub fn run<E: Default + Send + Sync + 'static>(
    cases: impl IntoIterator<Item = Vec<Case<E>>>,
) -> ExitCode {
    run_with(THREADS, [(assets::missing(), cases.into_iter().flatten().collect())])
}

/// Runs those that the command line names one after another. Those of a group for which something is
/// missing count as ignored.
pub fn run_in_order<E: Default + Send + Sync + 'static>(
    groups: impl IntoIterator<Item = Group<E>>,
) -> ExitCode {
    run_with(1, groups)
}

/// Tests, and why they cannot run where they cannot.
type Group<E> = (Option<String>, Vec<Case<E>>);

fn run_with<E: Default + Send + Sync + 'static>(
    threads: usize,
    groups: impl IntoIterator<Item = Group<E>>,
) -> ExitCode {
    let mut args = Arguments::from_args();
    args.test_threads = args.test_threads.or(Some(threads));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("tokio");
    let environment = Arc::new(E::default());
    let mut trials = Vec::new();
    for (missing, cases) in groups {
        if let Some(missing) = &missing {
            eprintln!("skipped {} tests: {missing}", cases.len());
        }
        trials.extend(cases.into_iter().map(|case| {
            let (handle, environment) = (runtime.handle().clone(), Arc::clone(&environment));
            let run = move || {
                handle.block_on((case.run)(environment));
                Ok(())
            };
            Trial::test(case.name, run).with_ignored_flag(missing.is_some())
        }));
    }
    libtest_mimic::run(&args, trials).exit_code()
}
