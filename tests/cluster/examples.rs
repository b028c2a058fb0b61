//! The examples of the docs that need a real cluster say what the pages say.

use std::sync::Arc;

use fake_aios::{FakeAios, Options};

use crate::environment::{Environment, cases, kubeconfig_file, variable};
use crate::pages::kind::Place;
use crate::pages::page::{Page, pages, root};
use crate::pages::stage::Stage;
use crate::pages::{failure, has_commands};

cases![
    the_product_is_installed_and_taken_out_as_its_pages_say,
    what_is_installed_looks_as_its_pages_say,
    no_page_with_examples_is_forgotten,
];

/// The pages that begin with nothing.
const INSTALL: [&str; 2] = ["deploy/README.md", "docs/how-to/onboarding.md"];
/// The pages that begin with what is installed.
const LOOK: [&str; 4] = [
    "README.md",
    "docs/how-to/report.md",
    "docs/how-to/shell.md",
    "docs/how-to/troubleshooting.md",
];

async fn the_product_is_installed_and_taken_out_as_its_pages_say(environment: Arc<Environment>) {
    let cluster = environment.bare_cluster().await;
    for page in INSTALL {
        cluster.take_out().await;
        let told = untrue(page, &cluster.node).await;
        // Whatever a page leaves where it fails must not fail the next.
        cluster.take_out().await;
        assert_eq!(told, None);
    }
}

async fn what_is_installed_looks_as_its_pages_say(environment: Arc<Environment>) {
    let cluster = environment.cluster().await;
    for page in LOOK {
        assert_eq!(untrue(page, &cluster.node).await, None);
    }
}

/// Runs the page's examples as the cluster's administrator, with an AIOS that the pods reach, and says what is
/// not as the page has it.
async fn untrue(page: &str, node: &str) -> Option<String> {
    let page = Page::read(&root().join(page));
    let listen = variable("CLUSTER_ADDRESS").parse().unwrap();
    let aios = FakeAios::start(&Options { listen, ..Options::default() }).unwrap();
    let mut stage = Stage::with(&page.text, Arc::new(aios));
    stage.names.0.extend(names(node));
    let mut bash = stage.command();
    bash.env("KUBECONFIG", kubeconfig_file());
    let told = tokio::task::spawn_blocking(move || {
        let told = failure(&page, Place::Cluster, bash, &stage.names)?;
        eprintln!("{}: {told}", page.name());
        Some(page.name())
    });
    told.await.unwrap()
}

/// What the pages write for the image, a newer one, and the node.
fn names(node: &str) -> [(&'static str, String); 4] {
    let image = variable("CLUSTER_IMAGE");
    let (repository, tag) = image.rsplit_once(':').expect("an image with a tag");
    let next = variable("CLUSTER_NEXT_TAG");
    [
        (
            "image.repository=REGISTRY/REPOSITORY",
            format!("image.repository={repository},image.tag={tag}"),
        ),
        ("image.tag=TAG", format!("image.tag={next}")),
        ("nodeinventory NODE", format!("nodeinventory {node}")),
        ("gpu-07", node.to_owned()),
    ]
}

async fn no_page_with_examples_is_forgotten(_: Arc<Environment>) {
    let tried = [&INSTALL[..], &LOOK[..]].concat();
    for page in pages() {
        let is_tried = tried.contains(&page.name().as_str());
        assert_eq!(has_commands(&page, Place::Cluster), is_tried, "{}", page.name());
    }
}
