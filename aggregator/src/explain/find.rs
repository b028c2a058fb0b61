//! Which topics a word means.

use super::topic::Topic;

/// The topics of this name, whatever group they are in. Case and hyphens do not matter: a GPU's state
/// `gpu-lost` is a condition's reason `GpuLost`.
#[must_use]
pub fn find<'a>(topics: &'a [Topic], word: &str) -> Vec<&'a Topic> {
    let word = plainly(word);
    topics.iter().filter(|topic| plainly(topic.name) == word).collect()
}

/// The name that is most likely meant; absent where none is like it.
#[must_use]
pub fn nearest(topics: &[Topic], word: &str) -> Option<&'static str> {
    let word = plainly(word);
    let likeness = |topic: &Topic| strsim::jaro(&word, &plainly(topic.name));
    let alike = topics.iter().map(|topic| (likeness(topic), topic.name));
    let best = alike.max_by(|(a, _), (b, _)| a.total_cmp(b));
    best.filter(|(likeness, _)| *likeness > ALIKE).map(|(_, name)| name)
}

/// How much a word must be like a name to be taken for it.
const ALIKE: f64 = 0.8;

fn plainly(word: &str) -> String {
    let letters = word.chars().filter(|c| !matches!(c, '-' | '_' | ' '));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::topics;

    fn names(word: &str) -> Vec<(String, &'static str)> {
        let topics = topics();
        let group =
            |it: &Topic| serde_json::to_value(it.group).unwrap().as_str().unwrap().to_owned();
        find(&topics, word).iter().map(|it| (group(it), it.name)).collect()
    }

    #[test]
    fn a_word_of_several_groups_means_all_of_them() {
        let groups: Vec<String> = names("Contested").into_iter().map(|(group, _)| group).collect();
        assert_eq!(
            groups,
            [
                "condition of a NodeInventory",
                "condition of a ClusterOnboarding",
                "reason of a ClusterOnboarding's condition"
            ]
        );
        assert_eq!(names("absent").len(), 2);
    }

    #[test]
    fn a_condition_s_reason_leads_to_the_gpu_s_state() {
        assert_eq!(names("GpuLost"), [("GPU state".to_owned(), "gpu-lost")]);
        assert_eq!(names("ResetRequired").len(), 2, "state and health");
    }

    #[test]
    fn the_nearest_name_is_near() {
        let topics = topics();
        for (word, name) in [
            ("removeable", Some("removable")),
            ("NotCoverd", Some("NotCovered")),
            ("gpu-los", Some("gpu-lost")),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(nearest(&topics, word), name, "{word}");
        }
    }
}
