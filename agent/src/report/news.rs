//! What has changed on a host from one reading to the next, as the log tells it: a line for each change of a
//! device, and for each thing that can be read no more or again.

use std::collections::{BTreeMap, BTreeSet};

use inventory_common::{Inventory, Rule, Verdict};

use crate::show::table::{Row, UNKNOWN, disk_row, gpu_row, port_row};

/// Something has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// What has happened.
    pub what: &'static str,
    /// Whether the node has less now than before, or less of it is known.
    pub is_trouble: bool,
    /// The device; absent where it is about none.
    pub device: Option<String>,
    /// What kind of device it is, or which probe it is about.
    pub kind: &'static str,
    /// The rule by which the device does not count; absent where it counts.
    pub rule: Option<Rule>,
    /// What is known of it now: its figure with its unit, and its state or model.
    pub now: Option<String>,
    /// What was known of it before.
    pub before: Option<String>,
    /// What can be read no more or again.
    pub path: Option<String>,
    /// Why it cannot be read.
    pub trouble: Option<String>,
}

/// What has changed since the reading before; of the first one only what cannot be read is news. Devices that
/// never counted come and go with every pod, and are none.
#[must_use]
pub fn news(before: Option<&Inventory>, now: &Inventory) -> Vec<News> {
    let (old, new) = (before.map(faults).unwrap_or_default(), faults(now));
    let lost = new.difference(&old).map(|fault| fault.told("cannot be read", true));
    let found = old.difference(&new).map(|fault| fault.told("can be read again", false));
    let mut all: Vec<News> = lost.chain(found).collect();
    let told: BTreeSet<String> = all.iter().filter_map(|news| news.device.clone()).collect();
    let is_told = |name: &str| told.contains(name);
    match before {
        Some(before) => all.extend(devices(&rows(before), &rows(now), is_told)),
        None => all.extend(dark(&rows(now), is_told)),
    }
    all
}

/// Devices by kind and name.
type Rows = BTreeMap<(&'static str, String), Row>;

fn rows(inventory: &Inventory) -> Rows {
    let devices = &inventory.devices;
    let rows = devices.gpus.iter().map(gpu_row).chain(devices.disks.iter().map(disk_row));
    let rows = rows.chain(devices.ports.iter().map(port_row));
    rows.map(|row| ((row.kind, row.name.clone()), row)).collect()
}

/// What has changed of devices. Where a fault tells of one already, its figures need not be told again.
fn devices(old: &Rows, new: &Rows, is_told: impl Fn(&str) -> bool) -> Vec<News> {
    let gone = old.iter().filter(|(key, row)| counts(row) && !new.contains_key(*key));
    let gone = gone.map(|(_, row)| News { before: figures(row), ..of(row, "is gone", true) });
    let here = new.iter().filter_map(|(key, row)| match old.get(key) {
        None => counts(row).then(|| News { now: figures(row), ..of(row, "is new", is_dark(row)) }),
        Some(old) => changed(old, row).filter(|news| news.rule.is_some() || !is_told(&row.name)),
    });
    gone.chain(here).collect()
}

fn changed(old: &Row, new: &Row) -> Option<News> {
    let told = |what, is_trouble| News {
        now: figures(new),
        before: figures(old),
        ..of(new, what, is_trouble)
    };
    match (counts(old), counts(new)) {
        (false, false) => None,
        (true, false) => Some(told("counts no more", true)),
        (false, true) => Some(told("counts", is_dark(new))),
        (true, true) => (figures(old) != figures(new)).then(|| told("has changed", is_dark(new))),
    }
}

/// The devices of a first reading of which not all is known.
fn dark(new: &Rows, is_told: impl Fn(&str) -> bool) -> Vec<News> {
    let dark = new.values().filter(|row| counts(row) && is_dark(row) && !is_told(&row.name));
    dark.map(|row| News { now: figures(row), ..of(row, "is not fully known", true) }).collect()
}

fn of(row: &Row, what: &'static str, is_trouble: bool) -> News {
    let rule = match row.verdict {
        Verdict::NotCounted(rule) => Some(rule),
        Verdict::Counted => None,
    };
    News {
        what,
        is_trouble,
        device: Some(row.name.clone()),
        kind: row.kind,
        rule,
        ..News::default()
    }
}

fn counts(row: &Row) -> bool {
    row.verdict.is_counted()
}

fn is_dark(row: &Row) -> bool {
    row.figure == UNKNOWN
}

/// What is known of a device; absent of one whose figure nobody needed.
fn figures(row: &Row) -> Option<String> {
    let parts = [row.figure.as_str(), row.remark.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Something that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Unread {
    probe: &'static str,
    device: Option<String>,
    path: String,
    trouble: String,
}

impl Unread {
    fn told(&self, what: &'static str, is_trouble: bool) -> News {
        News {
            what,
            is_trouble,
            device: self.device.clone(),
            kind: self.probe,
            path: Some(self.path.clone()),
            trouble: is_trouble.then(|| self.trouble.clone()),
            ..News::default()
        }
    }
}

fn faults(inventory: &Inventory) -> BTreeSet<Unread> {
    let faults = inventory.probes.iter().flat_map(|probe| {
        probe.faults.iter().map(|fault| Unread {
            probe: probe.name.as_str(),
            device: fault.device.clone(),
            path: fault.path.clone(),
            trouble: fault.message.clone(),
        })
    });
    faults.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A host with these disks, and these faults of them.
    fn host(disks: &Value, faults: &Value) -> Inventory {
        let inventory = json!({
            "nodeData": {
                "id": "a",
                "gpus": { "count": 0, "memory": 0, "gpus": [], "features": [], "modelNames": [] },
                "vcpus": { "count": 1 }, "memory": 1, "swap": 0,
                "storage": { "disks": 1, "size": 1 },
                "network": { "interfaces": 0, "txBandwidth": 0, "rxBandwidth": 0 },
            },
            "probes": [{ "name": "block", "outcome": "partial", "faults": faults }],
            "devices": { "gpus": [], "ports": [], "disks": disks },
            "unknowns": [], "stated": [], "host": {},
        });
        serde_json::from_value(inventory).unwrap()
    }

    fn disk(name: &str, mib: Option<u64>) -> Value {
        json!({ "name": name, "counted": true, "sizeBytes": mib.map(|mib| mib << 20) })
    }

    fn refused(name: &str, rule: &str) -> Value {
        json!({ "name": name, "counted": false, "rule": rule })
    }

    /// Each change in short.
    fn told(before: Option<&Inventory>, now: &Inventory) -> Vec<String> {
        let told = |it: News| {
            let rule = it.rule.map_or(String::new(), |rule| format!(" by {rule}"));
            let words = [it.before, it.now, it.path, it.trouble].into_iter().flatten();
            let words: Vec<String> = words.collect();
            let (level, device) =
                (if it.is_trouble { "!" } else { "" }, it.device.unwrap_or_default());
            format!("{level}{} {device} {}{rule}: {}", it.kind, it.what, words.join(" > "))
        };
        news(before, now).into_iter().map(told).collect()
    }

    #[test]
    fn what_has_not_changed_is_no_news() {
        let faults =
            json!([{ "device": "sdb", "path": "size", "cause": "transient", "message": "m" }]);
        let host = host(
            &json!([disk("sda", Some(8)), disk("sdb", None), refused("loop0", "virtual")]),
            &faults,
        );
        assert_eq!(told(Some(&host), &host), [""; 0]);
    }

    #[test]
    fn a_device_that_comes_goes_or_changes_is_one_line() {
        let before = host(
            &json!([disk("sda", Some(8)), disk("sdb", Some(8)), disk("sdd", Some(1))]),
            &json!([]),
        );
        let now = host(
            &json!([disk("sda", Some(9)), disk("sdc", Some(8)), refused("sdd", "removable")]),
            &json!([]),
        );
        let expected = [
            "!disk sdb is gone: 8 MiB",
            "disk sda has changed: 8 MiB > 9 MiB",
            "disk sdc is new: 8 MiB",
            "!disk sdd counts no more by removable: 1 MiB",
        ];
        assert_eq!(told(Some(&before), &now), expected);
    }

    #[test]
    fn what_never_counted_is_no_news() {
        let before = host(&json!([refused("loop0", "virtual")]), &json!([]));
        let now = host(&json!([refused("loop1", "virtual")]), &json!([]));
        assert_eq!(told(Some(&before), &now), [""; 0]);
        assert_eq!(told(None, &now), [""; 0]);
    }

    #[test]
    fn what_cannot_be_read_is_told_once_with_its_reason_and_once_when_it_can() {
        let fault = json!([{ "device": "sda", "path": "sys/block/sda/size", "cause": "transient", "message": "denied" }]);
        let (dark, well) = (
            host(&json!([disk("sda", None)]), &fault),
            host(&json!([disk("sda", Some(8))]), &json!([])),
        );
        let lost = "!block sda cannot be read: sys/block/sda/size > denied";
        assert_eq!(told(Some(&well), &dark), [lost]);
        assert_eq!(told(None, &dark), [lost]);
        assert_eq!(told(Some(&dark), &well), ["block sda can be read again: sys/block/sda/size"]);
        let silent = host(&json!([disk("sda", None)]), &json!([]));
        assert_eq!(told(None, &silent), ["!disk sda is not fully known: unknown"]);
        assert_eq!(told(Some(&well), &silent), ["!disk sda has changed: 8 MiB > unknown"]);
    }
}
