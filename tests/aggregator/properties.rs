//! What holds for any nodes: sums are those of a naive recomputation, order changes nothing, and a
//! document that is found good comes back from its text.

use std::collections::BTreeMap;

use inventory_aggregator::cluster::report::NodeReport;
use inventory_aggregator::cluster::state::ClusterState;
use inventory_common::NodeData;
use inventory_common::cluster::{Document, Measured, NodeEntry, Profile, flaws};
use inventory_common::node_data::{GpuData, Gpus, Network, Storage, Vcpus};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Number, Value};

/// Figures of every size, also such as no document can hold.
fn any_figure() -> BoxedStrategy<u64> {
    prop_oneof![8 => 0..1_000_000_u64, 1 => 0..=(1_u64 << 53), 1 => any::<u64>()].boxed()
}

/// Figures of which some can be added up and stay below 2^53.
fn figure() -> BoxedStrategy<u64> {
    (0..=(1_u64 << 51)).boxed()
}

prop_compose! {
    fn gpus()(memories in vec(0..200_000_u64, 0..9), features in vec("[a-z0-9]{1,8}", 0..3)) -> Gpus {
        let gpu = |memory_mib: &u64| GpuData { model_name: format!("GPU {memory_mib}"), memory_mib: *memory_mib };
        Gpus {
            count: memories.len() as u64,
            memory_mib: memories.iter().sum(),
            gpus: memories.iter().map(gpu).collect(),
            features,
            model_names: Vec::new(),
        }
    }
}

prop_compose! {
    fn node(figure: BoxedStrategy<u64>)(id in "[a-c]{1,2}-[0-9]{1,2}", gpus in gpus(), of in prop::array::uniform8(figure)) -> NodeData {
        let [vcpus, memory_mib, swap_mib, disks, size_mib, interfaces, tx_bandwidth_mbps, rx_bandwidth_mbps] = of;
        NodeData {
            id,
            gpus,
            vcpus: Vcpus { count: vcpus },
            memory_mib,
            swap_mib,
            storage: Storage { disks, size_mib },
            network: Network { interfaces, tx_bandwidth_mbps, rx_bandwidth_mbps },
        }
    }
}

/// A name, and what its node reports now: nothing where it is deleted.
fn changes() -> impl Strategy<Value = Vec<(String, Option<NodeData>)>> {
    vec(("[a-f]", prop::option::weighted(0.7, node(any_figure()))), 0..40)
}

/// Anything that JSON can say.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        10 => Just(Value::Null),
        10 => any::<bool>().prop_map(Value::from),
        20 => any::<i32>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        20 => any::<f64>().prop_map(Value::from),
        20 => ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            object(inner).prop_map(Value::from),
        ]
    })
}

fn object(of: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let key = prop_oneof![50 => "[a-zA-Z$ é]{1,6}", 1 => "[a-z.]{0,3}"];
    btree_map(key.prop_map(|key| format!("k{key}")), of, 0..4)
        .prop_map(|map| map.into_iter().collect())
}

prop_compose! {
    fn profile()(
        id in "[a-z.]{1,4}", region_id in ".{1,4}", config in object(json()), cluster_metadata in object(json()),
        tags in vec(".{0,4}", 0..3), reputation in any::<f64>(),
    ) -> Profile {
        let (parser, gateway) = (None, None);
        let reputation = Number::from_f64(reputation).unwrap_or_else(|| Number::from(0));
        Profile { id, region_id, status: "live".to_owned(), parser, gateway, config, tags, cluster_metadata, reputation }
    }
}

/// Documents of their own sums, which may have other flaws.
pub fn document() -> impl Strategy<Value = Document> {
    let entry = (node(figure()), vec(".{0,4}", 0..2), object(json()));
    let entry = entry.prop_map(|(node, tags, node_metadata)| NodeEntry {
        tags,
        node_metadata,
        ..NodeEntry::from(node)
    });
    (profile(), vec(entry, 0..4)).prop_filter_map("the sums overflow", |(profile, nodes)| {
        Some(Document::new(profile, Measured::of(nodes).ok()?))
    })
}

proptest! {
    #[test]
    fn sums_are_those_of_a_naive_recomputation(changes in changes()) {
        let (mut state, mut naive) = (ClusterState::default(), BTreeMap::new());
        for (name, node) in changes {
            let before = naive.clone();
            let has_changed = if let Some(node) = node {
                naive.insert(name.clone(), node.clone());
                state.apply(&name, NodeReport { node, troubles: Vec::new(), notes: Vec::new() })
            } else {
                naive.remove(&name);
                state.delete(&name)
            };
            prop_assert_eq!(has_changed, naive != before);
            let snapshot = state.snapshot();
            let entries = snapshot.members().iter().map(|member| member.report.node.clone().into());
            prop_assert_eq!(snapshot.members().len(), naive.len());
            prop_assert_eq!(snapshot.measured(), Measured::of(entries.collect()));
            let memory: u128 = naive.values().map(|node| u128::from(node.memory_mib)).sum();
            match snapshot.measured() {
                Ok(measured) => prop_assert_eq!(u128::from(measured.totals.memory_mib), memory),
                Err(overflow) => prop_assert!(overflow.figure != "memory" || memory > u128::from(u64::MAX)),
            }
        }
    }

    #[test]
    fn the_order_in_which_nodes_come_changes_nothing(
        nodes in btree_map("[a-z]{1,3}", node(any_figure()), 0..8), seed in any::<u64>(),
    ) {
        let text = |nodes: Vec<(&String, &NodeData)>| {
            let mut state = ClusterState::default();
            for (name, node) in nodes {
                state.apply(name, NodeReport { node: node.clone(), troubles: Vec::new(), notes: Vec::new() });
            }
            let measured = state.snapshot().measured();
            measured.map(|measured| serde_json::to_string(&measured.nodes).unwrap())
        };
        let sorted: Vec<_> = nodes.iter().collect();
        let mut shuffled = sorted.clone();
        shuffled.sort_by_key(|(name, _)| {
            name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        prop_assert_eq!(text(sorted), text(shuffled));
    }

    #[test]
    fn a_good_document_comes_back_from_its_text(document in document()) {
        prop_assume!(flaws(&document).is_empty());
        let text = serde_json::to_string(&document).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Document>(&text).unwrap(), &document);
        // AIOS keeps numbers as floating point: what is found good is the same there.
        let value: Value = serde_json::from_str(&text).unwrap();
        for (_, figure) in value.as_object().unwrap().iter().filter(|(_, value)| value.is_u64()) {
            let figure = figure.as_u64().unwrap();
            #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "that is the question")]
            let stored = figure as f64 as u64;
            prop_assert_eq!(stored, figure);
        }
    }
}
