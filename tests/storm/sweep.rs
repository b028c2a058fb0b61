//! The first submission, broken off by a kill after its first request, after its second, and so on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use fake_aios::Change;
use inventory_common::resource::OnboardingConditionType::{InSync, Submitted};
use k8s_openapi::api::coordination::v1::Lease;
use kube::api::{Api, DeleteParams};
use rustix::process::{Signal, kill_process};
use serde_json::{Value, json};
use test_kubernetes::judge::{Truth, copy};
use test_kubernetes::proxy::Moment;
use test_kubernetes::wait;

use crate::environment::{Environment, cases, changed};
use crate::scene::{ID, PATIENCE, Scene};
use crate::world::World;

cases![killed_after_any_request_the_first_submission_is_made_once];

const NODES: [&str; 3] = ["a", "b", "c"];

/// A node of somebody else, who writes as soon as the cluster is there.
fn theirs() -> Value {
    json!({ "id": "theirs", "memory": 7, "vcpus": { "count": 1 } })
}

async fn killed_after_any_request_the_first_submission_is_made_once(_: Arc<Environment>) {
    let begin = Instant::now();
    let scene = Scene::start().await;
    let mut truth = Truth::new();
    for name in NODES {
        scene.join(name, 65_536).await;
        let inventory = changed(name, |_| ());
        let data = serde_json::to_value(inventory.status.node_data).unwrap();
        truth.insert(name.to_owned(), data);
    }
    let mut world = World::new(scene, truth);
    world.add_aggregator().await;
    let mut requests = 0;
    while was_killed_after(&mut world, requests + 1).await {
        requests += 1;
        goes_on(&mut world, requests).await;
        start_anew(&mut world).await;
    }
    eprintln!("    killed after each of {requests} requests, in {} s", begin.elapsed().as_secs());
    assert!(requests > NODES.len(), "it was hardly killed");
}

/// Lets the aggregator submit, and kills it once so many requests were answered, before it hears of the last.
/// Answers whether it came to that.
async fn was_killed_after(world: &mut World, requests: usize) -> bool {
    world.scene.onboard(json!({})).await;
    world.programs[0].restart();
    let (leader, aios) = (world.programs[0].id().unwrap(), Arc::clone(&world.scene.aios));
    let (count, last) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(String::new())));
    let (counted, told) = (Arc::clone(&count), Arc::clone(&last));
    world.set_hook(Some(Box::new(move |_, passage| {
        if passage.moment == Moment::Sent {
            return;
        }
        // Others write as soon as there is a copy.
        if aios.stored(ID).is_some_and(|stored| stored["nodes"]["count"] == NODES.len()) {
            aios.change(ID, &Change::Join(theirs())).unwrap();
        }
        if counted.fetch_add(1, Ordering::SeqCst) + 1 == requests {
            *told.lock().unwrap() = format!("{} {}", passage.method, passage.path);
            kill_process(leader, Signal::KILL).unwrap();
        }
    })));
    let was_killed = async || {
        if count.load(Ordering::SeqCst) >= requests {
            return Some(true);
        }
        is_in_sync(world).await.then_some(false)
    };
    let (was_killed, _) = wait::until("it is killed, or has submitted", PATIENCE, was_killed).await;
    eprintln!("    {requests}: {}", last.lock().unwrap());
    was_killed
}

/// The aggregator is started again, and ends what was begun.
async fn goes_on(world: &mut World, requests: usize) {
    world.programs[0].kill();
    forget_lease(world).await;
    world.programs[0].restart();
    let is_over = async || is_in_sync(world).await.then_some(());
    let what = format!("it has submitted after it was killed after {requests} requests");
    wait::until(&what, PATIENCE, is_over).await;
    let stored = world.scene.stored().unwrap();
    let unfinished = copy::unfinished(world.recorder.truth(), Some(&stored));
    assert!(unfinished.is_empty(), "{requests}: {unfinished:?}");
    let entries = stored["nodes"]["nodeData"].as_array().unwrap();
    assert!(entries.contains(&theirs()), "{requests}: {stored}");
    assert_eq!(world.scene.creations(), 1, "{requests}");
    world.recorder.judge();
}

async fn is_in_sync(world: &World) -> bool {
    let status = world.scene.onboarding().await.status;
    status.is_some_and(|status| status.is(Submitted) && status.is(InSync))
}

/// There is no cluster at AIOS, no onboarding and no leader.
async fn start_anew(world: &mut World) {
    world.set_hook(None);
    world.programs[0].kill();
    forget_lease(world).await;
    world.scene.withdraw().await;
    world.scene.aios.remove(ID).unwrap();
    world.scene.aios.forget_received();
}

/// As after 15 s, which nobody has to wait for here.
async fn forget_lease(world: &World) {
    let cluster = &world.scene.cluster;
    let leases: Api<Lease> = Api::namespaced(cluster.admin.clone(), &cluster.chart.namespace);
    if let Some(lease) =
        leases.get_opt(inventory_aggregator::controller::leader::LEASE).await.unwrap()
    {
        let name = lease.metadata.name.unwrap();
        leases.delete(&name, &DeleteParams::default()).await.unwrap();
    }
}
