//! What the words mean that both programs use: rules, states, conditions with their reasons, exit statuses.
//! Where the code has a table of them, the words are the table's; what is said here beside it is held
//! against it by the compiler, since each is looked up by a `match` without a rest.

mod causes;
mod checks;
mod exit_statuses;
mod find;
mod node_conditions;
mod onboarding;
mod reasons;
mod rules;
mod states;
mod text;
mod topic;

pub use find::{find, nearest};
pub use text::{as_list, as_text};
pub use topic::{Group, Topic};

/// Every topic, group by group.
#[must_use]
pub fn topics() -> Vec<Topic> {
    [
        rules::topics(),
        states::topics(),
        causes::topics(),
        node_conditions::topics(),
        onboarding::topics(),
        checks::topics(),
        exit_statuses::topics(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_topic_is_told_in_lines_that_end_without_a_stop() {
        for topic in topics() {
            assert!(!topic.meaning.is_empty() && !topic.source.is_empty(), "{topic:?}");
            for text in [topic.meaning, topic.reason, topic.source, topic.remedy] {
                assert!(text == text.trim() && !text.ends_with('.'), "{topic:?}");
                assert!(!text.contains('\n'), "{topic:?}");
            }
        }
    }

    #[test]
    fn every_rule_has_its_reason() {
        let topics = topics();
        let rules = topics.iter().filter(|topic| topic.group == Group::Rule);
        let without: Vec<_> = rules.filter(|topic| topic.reason.is_empty()).collect();
        assert_eq!(without, Vec::<&Topic>::new());
    }

    #[test]
    fn no_group_has_a_name_twice_and_no_group_is_in_two_places() {
        let topics = topics();
        let names: BTreeSet<_> =
            topics.iter().map(|it| (it.group.title(), &it.name, &it.of)).collect();
        assert_eq!(names.len(), topics.len());
        let groups: Vec<Group> = topics.iter().map(|it| it.group).collect();
        let places = groups.chunk_by(PartialEq::eq).count();
        let groups: BTreeSet<&str> = groups.iter().map(|group| group.title()).collect();
        assert_eq!(places, groups.len());
    }
}
