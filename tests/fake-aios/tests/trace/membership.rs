//! What the membership service does to a stored cluster (chapters 8 and the last), and what happens
//! between a client's reading and its writing.

use fake_aios::{Change, ChangeError, Node, Refused};
use serde_json::{Value, json};

use crate::support::{ID, example, read_back, with_example, without_database_keys};

fn node(name: &str, gpu_info: Option<&str>) -> Node {
    Node {
        name: name.to_owned(),
        vcpus: 8,
        memory_mib: 1000,
        gpu_info: gpu_info.map(str::to_owned),
    }
}

fn nodes(count: usize) -> Vec<Node> {
    (0..count).map(|index| node(&format!("worker-{index:05}"), None)).collect()
}

#[tokio::test]
async fn a_sync_overwrites_nodes_and_sums_with_placeholders() {
    let aios = with_example();
    let annotation = r#"[{"modelName": "NVIDIA H100", "memory": 81559}]"#;
    aios.fake.set_nodes(ID, vec![node("node-1", Some(annotation)), node("node-2", None)]);
    aios.fake.change(ID, &Change::Sync).unwrap();
    let entry = |id: &str, gpus: Value| {
        json!({
            "id": id, "gpus": gpus, "vcpus": {"count": 8}, "memory": 1000, "swap": 0,
            "storage": {"disks": 1, "size": 512_000},
            "network": {"interfaces": 1, "txBandwidth": 10_000, "rxBandwidth": 10_000},
        })
    };
    let gpus = json!({
        "count": 1, "memory": 81559, "gpus": [{"modelName": "NVIDIA H100", "memory": 81559}],
        "features": ["fp16"], "modelNames": ["NVIDIA H100"],
    });
    let none = json!({"count": 0, "memory": 0, "gpus": [], "features": [], "modelNames": []});
    let mut expected = read_back();
    expected["nodes"] =
        json!({"count": 2, "nodeData": [entry("node-1", gpus), entry("node-2", none)]});
    expected["gpus"] = json!({"count": 1, "memory": 81559});
    expected["vcpus"] = json!({"count": 16});
    expected["memory"] = json!(2000);
    expected["swap"] = json!(0);
    expected["storage"] = json!({"disks": 2, "size": 1_024_000});
    expected["network"] = json!({"interfaces": 2, "txBandwidth": 20_000, "rxBandwidth": 20_000});
    assert_eq!(without_database_keys(aios.fake.stored(ID).unwrap()), expected);
}

#[tokio::test]
async fn a_sync_of_four_hundred_nodes_is_too_large_and_lost() {
    let aios = with_example();
    aios.fake.set_nodes(ID, nodes(400));
    let before = aios.fake.clusters();
    assert_eq!(aios.fake.change(ID, &Change::Sync), Err(ChangeError::Refused(Refused::TooLarge)));
    assert_eq!(aios.fake.clusters(), before);
    aios.fake.set_nodes(ID, nodes(363));
    assert_eq!(aios.fake.change(ID, &Change::Sync), Ok(()));
}

#[tokio::test]
async fn a_join_appends_without_looking_and_a_removal_drops_all_with_the_id() {
    let aios = with_example();
    let again = example()["nodes"]["nodeData"][1].clone();
    aios.fake.change(ID, &Change::Join(again)).unwrap();
    let stored = aios.fake.stored(ID).unwrap();
    assert_eq!(stored["nodes"]["count"], 3);
    assert_eq!(stored["nodes"]["nodeData"][1], stored["nodes"]["nodeData"][2]);
    assert_eq!((&stored["memory"], &stored["gpus"]["count"]), (&json!(262_144), &json!(4)));
    aios.fake.change(ID, &Change::Leave("node-2".to_owned())).unwrap();
    let stored = aios.fake.stored(ID).unwrap();
    assert_eq!(stored["nodes"]["nodeData"], json!([example()["nodes"]["nodeData"][0]]));
    assert_eq!(
        (&stored["memory"], &stored["network"]["txBandwidth"]),
        (&json!(131_072), &json!(10_000))
    );
}

#[tokio::test]
async fn a_null_entry_breaks_joins_and_removals() {
    let aios = with_example();
    aios.update(ID, &json!({"nodes.nodeData.3": {"id": "x"}})).await;
    let before = aios.fake.clusters();
    for change in [Change::Join(json!({"id": "y"})), Change::Leave("node-1".to_owned())] {
        assert_eq!(aios.fake.change(ID, &change), Err(ChangeError::NoEntry));
    }
    assert_eq!(aios.fake.clusters(), before);
}

#[tokio::test]
async fn a_person_may_edit() {
    let aios = with_example();
    aios.fake.change(ID, &Change::Edit(json!({"tags": ["mine"]}))).unwrap();
    assert_eq!(aios.fake.stored(ID).unwrap()["tags"], json!(["mine"]));
    let error = aios.fake.change("nope", &Change::Edit(json!({})));
    assert_eq!(error, Err(ChangeError::Refused(Refused::NotFound)));
}

#[tokio::test]
async fn changes_happen_between_reading_and_writing() {
    let aios = with_example();
    let extra = json!({"id": "node-3"});
    aios.fake
        .before_next_update(ID, [Change::Leave("node-1".to_owned()), Change::Join(extra.clone())]);
    aios.fake.before_next_update(ID, [Change::Sync]);
    let update = json!({"nodes.nodeData.1.swap": 5});
    let (_, body) = aios.update(ID, &update).await;
    let second = example()["nodes"]["nodeData"][1].clone();
    assert_eq!(body["data"]["nodes"]["nodeData"], json!([second, {"id": "node-3", "swap": 5}]));
    let (_, body) = aios.update(ID, &update).await;
    assert_eq!(body["data"]["nodes"]["nodeData"], json!([null, {"swap": 5}]));
    let (_, body) = aios.update(ID, &json!({"nodes.nodeData": []})).await;
    assert_eq!(body["data"]["nodes"]["nodeData"], json!([]));
}
