//! Sees every change of the cluster's objects and of AIOS's copy, and every write to AIOS, and lets all be
//! judged.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fake_aios::{Changed, FakeAios};
use futures_util::StreamExt;
use inventory_common::resource::{ClusterOnboarding, NodeInventory};
use k8s_openapi::api::core::v1::Node;
use kube::api::Api;
use kube::runtime::watcher::{self, Event};
use kube::{Client, Resource, ResourceExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use test_kubernetes::judge::objects::{self, Kind};
use test_kubernetes::judge::writes::{self, What, Write};
use test_kubernetes::judge::{Truth, copy};
use test_kubernetes::proxy::{Moment, Observer, Passage};
use tokio::task::JoinHandle;

/// After a watch has failed, how long until it is asked for again.
const PAUSE: Duration = Duration::from_millis(100);

/// What was seen, and what was wrong with it.
#[derive(Default)]
struct Seen {
    objects: BTreeMap<(Kind, String), Value>,
    writes: BTreeMap<u64, Write>,
    object_changes: usize,
    copy_changes: usize,
    wrong: Vec<String>,
}

/// Sees and judges until it is dropped.
pub struct Recorder {
    truth: Arc<Truth>,
    aios: Arc<FakeAios>,
    id: String,
    begin: Instant,
    seen: Arc<Mutex<Seen>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Recorder {
    /// One for AIOS's copy of this cluster, and of nodes of which this is true.
    pub fn new(aios: &Arc<FakeAios>, id: &str, truth: Truth) -> Self {
        aios.note_changes();
        Self {
            truth: Arc::new(truth),
            aios: Arc::clone(aios),
            id: id.to_owned(),
            begin: Instant::now(),
            seen: Arc::default(),
            tasks: Vec::new(),
        }
    }

    /// What is true.
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Follows the objects, of which those that are no node of ours are no matter here.
    pub fn follow(&mut self, admin: &Client) {
        self.follow_kind::<Node>(admin, Kind::Node);
        self.follow_kind::<NodeInventory>(admin, Kind::Inventory);
        self.follow_kind::<ClusterOnboarding>(admin, Kind::Onboarding);
    }

    fn follow_kind<K>(&mut self, admin: &Client, kind: Kind)
    where
        K: Resource<DynamicType = (), Scope = k8s_openapi::ClusterResourceScope>
            + Clone
            + Debug
            + DeserializeOwned
            + Serialize
            + Send
            + 'static,
    {
        let (api, seen, truth) =
            (Api::<K>::all(admin.clone()), Arc::clone(&self.seen), Arc::clone(&self.truth));
        self.tasks.push(tokio::spawn(async move {
            loop {
                let mut events =
                    std::pin::pin!(watcher::watcher(api.clone(), watcher::Config::default()));
                let mut listed = Vec::new();
                // After a failure everything is listed again: what went meanwhile is seen then.
                while let Some(Ok(event)) = events.next().await {
                    let mut seen = seen.lock().unwrap();
                    match event {
                        Event::Init => listed.clear(),
                        Event::InitApply(object) => {
                            listed.push(object.name_any());
                            seen.object(&truth, kind, &object.name_any(), Some(&object));
                        }
                        Event::InitDone => seen.only(&truth, kind, &listed),
                        Event::Apply(object) => {
                            seen.object(&truth, kind, &object.name_any(), Some(&object));
                        }
                        Event::Delete(object) => {
                            seen.object::<K>(&truth, kind, &object.name_any(), None);
                        }
                    }
                }
                tokio::time::sleep(PAUSE).await;
            }
        }));
    }

    /// Is told of what passes a proxy before AIOS.
    pub fn observer(&self, by: &str) -> Observer {
        let (seen, aios, id) = (Arc::clone(&self.seen), Arc::clone(&self.aios), self.id.clone());
        let (by, begin) = (by.to_owned(), self.begin);
        Arc::new(move |passage| {
            let Some(what) = what(passage) else { return };
            let now_us = u64::try_from(begin.elapsed().as_micros()).unwrap();
            let was_there = aios.stored(&id).is_some();
            let writes = &mut seen.lock().unwrap().writes;
            let write = writes.entry(passage.number).or_insert_with(|| Write {
                by: by.clone(),
                what,
                was_there,
                sent_us: now_us,
                done_us: None,
            });
            write.done_us = (passage.moment == Moment::Answered).then_some(now_us);
        })
    }

    /// Whether AIOS has been asked for something that it is not done with.
    pub fn is_writing(&self) -> bool {
        self.seen.lock().unwrap().writes.values().any(|write| write.done_us.is_none())
    }

    /// How often this one has written to AIOS.
    pub fn writes_by(&self, name: &str) -> usize {
        self.seen.lock().unwrap().writes.values().filter(|write| write.by == name).count()
    }

    /// Panics where anything was wrong so far.
    pub fn judge(&self) {
        let mut seen = self.seen.lock().unwrap();
        for Changed { route, before, after, .. } in self.aios.take_changes() {
            seen.copy_changes += 1;
            // What others do is theirs.
            if route.is_some() {
                seen.wrong.extend(copy::wrong(&self.truth, before.as_ref(), after.as_ref()));
            }
        }
        let writes: Vec<Write> = seen.writes.values().cloned().collect();
        let wrong = [seen.wrong.clone(), writes::wrong(&writes)].concat();
        // What fails here is no reason for others to fail.
        drop(seen);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// What was seen, in a line.
    pub fn told(&self) -> String {
        let seen = self.seen.lock().unwrap();
        format!(
            "{} versions of objects, {} of AIOS's copy and {} writes to it were judged",
            seen.object_changes,
            seen.copy_changes,
            seen.writes.len()
        )
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Seen {
    fn object<K: Serialize>(&mut self, truth: &Truth, kind: Kind, name: &str, now: Option<&K>) {
        self.object_changes += 1;
        let now = now.map(|object| serde_json::to_value(object).unwrap());
        let key = (kind, name.to_owned());
        let wrong = objects::wrong(kind, name, truth, [self.objects.get(&key), now.as_ref()]);
        self.wrong.extend(wrong);
        if let Some(now) = now {
            self.objects.insert(key, now);
        }
    }

    /// There are these of a kind, and no others.
    fn only(&mut self, truth: &Truth, kind: Kind, names: &[String]) {
        let known = self.objects.keys().filter(|(of, _)| *of == kind);
        let gone = known.filter(|(_, name)| !names.contains(name)).map(|(_, name)| name.clone());
        for name in gone.collect::<Vec<_>>() {
            self.object::<Value>(truth, kind, &name, None);
        }
    }
}

/// What is written to AIOS by this request; absent where nothing is.
pub fn what(passage: &Passage) -> Option<What> {
    match passage.method.as_str() {
        "POST" if passage.path.ends_with("/createCluster") => Some(What::Create),
        "PUT" if passage.path.contains("/clusters/update/") => Some(What::Update),
        _ => None,
    }
}
