//! The pages: the cluster's, and each node's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use inventory_common::resource::NodeInventory;
use k8s_openapi::jiff::Timestamp;

use super::Source;
use crate::cluster::coverage::judge;
use crate::cluster::expected::Expected;
use crate::cluster::state::ClusterState;
use crate::controller::leader::called;
use crate::controller::view::{Sight, View};
use crate::kubernetes::inventory;
use crate::kubernetes::trouble::answered;
use crate::report::{
    Comparison, Detail, Form, Found, FoundNode, Live, Said, live, live_node, waiting,
};

/// A page and its status.
type Page = (StatusCode, Html<String>);

/// The cluster's page; while not all of the cluster was seen, what was not.
pub async fn cluster(State(source): State<Arc<Source>>) -> Result<Page, StatusCode> {
    let make = |source: &Source| {
        let (at, mut shown) = (Timestamp::now(), source.live());
        // Whatever is learnt meanwhile waits while the view is held.
        let (unseen, found) = seen(&source.shared.view());
        shown.unseen = unseen;
        match found {
            None => (StatusCode::SERVICE_UNAVAILABLE, waiting(&shown, at)),
            Some(found) => {
                let report = found.report(Form::Live, at).with(source.comparison());
                (StatusCode::OK, live(&report, &shown))
            }
        }
    };
    source.make(make).await.map(|(status, page)| (status, Html(page)))
}

/// A node's page, for which its object is asked for now: of thousands not all of it is kept.
pub async fn node(
    State(source): State<Arc<Source>>,
    Path(name): Path<String>,
) -> Result<Page, StatusCode> {
    // What is no name of one might be another path of the API server's.
    let is_there = source.shared.view().has_inventory(&name);
    let object = if is_there { Some(ask(&source, &name).await) } else { None };
    let make = move |source: &Source| {
        let (at, mut shown, view) = (Timestamp::now(), source.live(), source.shared.view());
        shown.unseen = unseen(&view);
        if !view.is_whole() {
            return (StatusCode::SERVICE_UNAVAILABLE, waiting(&shown, at));
        }
        let (state, detail) = match object {
            Some(Ok(object)) => of_object(&name, object),
            Some(Err(why)) => {
                shown.unseen.push(Said::from(&why));
                of_view(&view, &name)
            }
            None => of_view(&view, &name),
        };
        let Sight { state: all, roll, .. } = view.sight();
        // Whatever is learnt meanwhile waits while the view is held.
        drop(view);
        let expected = Expected::Nodes(roll);
        let coverage = judge(&all.snapshot(), &expected);
        let (state, expected, coverage) = (&state, &expected, &coverage);
        let found = FoundNode { name: &name, state, detail, expected, coverage }.node();
        let status = if found.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
        (status, live_node(&name, found.as_ref(), &shown, at))
    };
    source.make(make).await.map(|(status, page)| (status, Html(page)))
}

impl Source {
    /// What a page says that is made from what is seen from now on.
    fn live(&self) -> Live {
        let number = *self.shared.revision().borrow();
        Live { revision: self.revision(number), unseen: Vec::new() }
    }

    /// What AIOS stores against what is true, as far as this replica knows.
    fn comparison(&self) -> Comparison {
        let standing = self.leader.standing().borrow().clone();
        match (standing.leads(Instant::now()), self.shared.look(), standing.holder) {
            (true, Some(look), _) => Comparison::Made(Box::new(look)),
            (true, None, _) => Comparison::Absent(NOT_YET.to_owned()),
            (false, _, Some(holder)) => Comparison::Absent(format!(
                "The replica '{}' leads: it looks at AIOS's copy, and its page tells of that.",
                called(&holder)
            )),
            (false, _, None) => Comparison::Absent(NOBODY.to_owned()),
        }
    }
}

/// What is said of AIOS's copy before the first look at it.
const NOT_YET: &str = "AIOS's copy was not looked at yet: the controller looks once all of the cluster is seen, and there is a ClusterOnboarding 'cluster'.";

/// What is said of it while no replica leads.
const NOBODY: &str = "No replica leads at this time, so nobody looks at AIOS's copy.";

/// Why there is no document where nobody said what to call the cluster.
const NO_ONBOARDING: &str = "There is no ClusterOnboarding 'cluster' that says what cluster this is, so there is no document.";

fn unseen(view: &View) -> Vec<Said> {
    view.unknown().iter().map(Said::from).collect()
}

/// What is not seen, and what was found; absent until all of the cluster was seen.
fn seen(view: &View) -> (Vec<Said>, Option<Found>) {
    (unseen(view), view.is_whole().then(|| found(view)))
}

fn found(view: &View) -> Found {
    let onboarding = view.cluster().cloned();
    let profile = onboarding.as_ref().map(|object| object.spec.profile.clone());
    Found {
        state: view.state.clone(),
        expected: Expected::Nodes(view.roll()),
        details: view.details(),
        profile: profile.ok_or(NO_ONBOARDING),
        onboarding,
        notes: Vec::new(),
        source: "live from the cluster".to_owned(),
    }
}

/// How long a node's object is waited for: somebody waits for the page.
const PATIENCE: Duration = Duration::from_secs(5);

/// A node's object as it is now, or in one line why it cannot be had.
async fn ask(source: &Source, name: &str) -> Result<NodeInventory, String> {
    let api = inventory::api(source.client.clone());
    let asked = answered("get nodeinventories.inventory.aios", api.get(name));
    let late = |_| format!("no answer within {} s", PATIENCE.as_secs());
    let object = tokio::time::timeout(PATIENCE, asked).await.map_err(late)?;
    inventory::typed(object.map_err(|trouble| trouble.to_string())?)
}

fn of_object(name: &str, object: NodeInventory) -> (ClusterState, Detail) {
    let mut state = ClusterState::default();
    state.apply(name, object.clone().into());
    (state, Detail::Object(Box::new(object)))
}

/// What is kept of a node.
fn of_view(view: &View, name: &str) -> (ClusterState, Detail) {
    let mut state = ClusterState::default();
    if let Some(report) = view.state.get(name) {
        state.apply(name, report.clone());
    }
    (state, view.detail(name).unwrap_or(Detail::Plain))
}
