//! A lower or unknown figure waits for a second equal reading: a flapping link or a driver that is
//! being reloaded is no news.

use inventory_common::NodeData;
use inventory_common::resource::NodeInventoryStatus;

/// Holds readings back that say less than what is known.
#[derive(Debug, Default)]
pub struct Steady {
    /// What was last let through.
    known: Option<Figures>,
    /// A reading that says less, and waits to be confirmed.
    waiting: Option<Figures>,
}

/// What is compared: the figures, and which of them are not the whole truth.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Figures {
    node_data: NodeData,
    unknowns: Vec<String>,
}

impl Steady {
    /// What a former agent reported of this node counts as known, where nothing else does yet.
    pub fn remember(&mut self, status: &NodeInventoryStatus) {
        self.known.get_or_insert_with(|| Figures::of(status));
    }

    /// Whether this reading may be reported now.
    pub fn admits(&mut self, status: &NodeInventoryStatus) -> bool {
        let figures = Figures::of(status);
        let says_less = self.known.as_ref().is_some_and(|known| figures.say_less_than(known));
        let is_confirmed = self.waiting.as_ref() == Some(&figures);
        if says_less && !is_confirmed {
            self.waiting = Some(figures);
            return false;
        }
        self.waiting = None;
        self.known = Some(figures);
        true
    }
}

impl Figures {
    /// The figures of a status. The id is the cluster's word and no figure.
    fn of(status: &NodeInventoryStatus) -> Self {
        let node_data = NodeData { id: String::new(), ..status.node_data.clone() };
        Self { node_data, unknowns: status.unknowns.clone() }
    }

    /// Whether any figure is lower, or newly unknown.
    fn say_less_than(&self, known: &Self) -> bool {
        let is_news = |field: &String| !known.unknowns.contains(field);
        let pairs = numbers(&self.node_data).into_iter().zip(numbers(&known.node_data));
        pairs.into_iter().any(|(new, old)| new < old) || self.unknowns.iter().any(is_news)
    }
}

/// Every number of a node but those of single GPUs, which its sums hold.
fn numbers(node: &NodeData) -> [u64; 10] {
    [
        node.gpus.count,
        node.gpus.memory_mib,
        node.gpus.features.len() as u64,
        node.vcpus.count,
        node.memory_mib,
        node.swap_mib,
        node.storage.disks,
        node.storage.size_mib,
        node.network.interfaces,
        node.network.tx_bandwidth_mbps.min(node.network.rx_bandwidth_mbps),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::brief::brief;
    use crate::report::sample;

    fn status(speed_mbps: Option<u64>, disks: usize) -> NodeInventoryStatus {
        let mut readings = sample::readings();
        readings.devices.ports = vec![sample::port("eth0", speed_mbps)];
        readings.devices.disks = (0..disks).map(|n| sample::disk(&format!("sd{n}"), 1)).collect();
        brief(&sample::summed(readings))
    }

    #[test]
    fn the_first_reading_and_one_that_says_more_are_let_through() {
        let mut steady = Steady::default();
        assert!(steady.admits(&status(None, 1)));
        assert!(steady.admits(&status(Some(1000), 1)));
        assert!(steady.admits(&status(Some(1000), 2)));
    }

    #[test]
    fn a_lower_or_unknown_figure_waits_for_a_second_equal_reading() {
        for less in [status(Some(100), 2), status(None, 2), status(Some(1000), 1)] {
            let mut steady = Steady::default();
            assert!(steady.admits(&status(Some(1000), 2)));
            assert!(!steady.admits(&less));
            assert!(steady.admits(&less));
        }
    }

    #[test]
    fn a_flapping_link_never_gets_through() {
        let mut steady = Steady::default();
        assert!(steady.admits(&status(Some(1000), 2)));
        for _ in 0..3 {
            assert!(!steady.admits(&status(Some(0), 2)));
            assert!(steady.admits(&status(Some(1000), 2)));
        }
    }

    #[test]
    fn two_readings_that_say_less_in_different_ways_confirm_nothing() {
        let mut steady = Steady::default();
        assert!(steady.admits(&status(Some(1000), 3)));
        assert!(!steady.admits(&status(Some(1000), 2)));
        assert!(!steady.admits(&status(Some(1000), 1)));
    }

    #[test]
    fn what_a_former_agent_reported_is_known() {
        let mut steady = Steady::default();
        steady.remember(&status(Some(1000), 2));
        assert!(!steady.admits(&status(None, 2)));
    }

    #[test]
    fn what_is_newly_unknown_is_less_although_its_number_stays_and_what_was_unknown_is_not() {
        let mut steady = Steady::default();
        assert!(steady.admits(&status(Some(0), 1)));
        assert!(!steady.admits(&status(None, 1)));
        assert!(steady.admits(&status(None, 1)));
        assert!(steady.admits(&status(None, 2)));
    }

    #[test]
    fn another_id_is_no_other_figure() {
        let mut steady = Steady::default();
        assert!(steady.admits(&status(Some(1000), 2)));
        let mut less = status(Some(1000), 1);
        assert!(!steady.admits(&less));
        "another".clone_into(&mut less.node_data.id);
        assert!(steady.admits(&less));
    }
}
