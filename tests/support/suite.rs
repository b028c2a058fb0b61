//! Tests that share what takes long to start, each a function of it.

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
    let mut args = Arguments::from_args();
    args.test_threads = args.test_threads.or(Some(THREADS));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("tokio");
    let environment = Arc::new(E::default());
    let is_missing = assets::folder().is_none();
    if is_missing {
        eprintln!("api: skipped, {} names no folder: tests/run api", assets::FOLDER);
    }
    let trial = |case: Case<E>| {
        let (handle, environment) = (runtime.handle().clone(), Arc::clone(&environment));
        let run = move || {
            handle.block_on((case.run)(environment));
            Ok(())
        };
        Trial::test(case.name, run).with_ignored_flag(is_missing)
    };
    let trials = cases.into_iter().flatten().map(trial).collect();
    libtest_mimic::run(&args, trials).exit_code()
}
