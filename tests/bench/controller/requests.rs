//! What the controller asks of the API server.

use std::collections::BTreeMap;
use std::time::Duration;

use test_kubernetes::audit::Request;

use crate::support::cluster::Cluster;

/// The lists so far, a line for each kind: how many requests, and how many of them were for one page.
pub async fn lists(cluster: &Cluster) -> Vec<String> {
    let mut kinds: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for request in cluster.requests().await.iter().filter(|request| request.verb == "list") {
        let (path, query) = request.uri.split_once('?').unwrap_or((&request.uri, ""));
        let [lists, pages] = kinds.entry(path.to_owned()).or_default();
        *lists += 1;
        *pages += usize::from(query.split('&').any(|part| part.starts_with("limit=")));
    }
    kinds.iter().map(|(kind, [lists, pages])| format!("{kind}\t{lists}\t{pages}")).collect()
}

/// Prints these requests of so much time.
pub fn tell(requests: &[Request], time: Duration) {
    let mut kinds: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for request in requests {
        let path = request.uri.split('?').next().unwrap_or_default();
        *kinds.entry((&request.verb, path)).or_default() += 1;
    }
    println!("\nrequests in {} s of rest\tcount\ta second", time.as_secs());
    for ((verb, path), count) in kinds {
        println!("{verb} {path}\t{count}\t{:.3}", count as f64 / time.as_secs_f64());
    }
}
