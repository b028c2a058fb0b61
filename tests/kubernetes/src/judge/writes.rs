//! Who writes to AIOS, and when: one at a time, and a cluster that is there is not created.

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The cluster is created.
    Create,
    /// AIOS's copy is updated.
    Update,
}

/// A request that writes to AIOS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Who writes.
    pub by: String,
    /// What.
    pub what: What,
    /// Whether AIOS had the cluster when it was sent.
    pub was_there: bool,
    /// When it was sent, in microseconds.
    pub sent_us: u64,
    /// When AIOS was done with it; absent while it is not.
    pub done_us: Option<u64>,
}

/// What is wrong with these.
#[must_use]
pub fn wrong(writes: &[Write]) -> Vec<String> {
    let again = writes.iter().filter(|write| write.what == What::Create && write.was_there);
    let again =
        again.map(|write| format!("'{}' created at {} us what is there", write.by, write.sent_us));
    again.chain(overlaps(writes)).collect()
}

/// Writes of two that AIOS had both at a time.
fn overlaps(writes: &[Write]) -> impl Iterator<Item = String> {
    let end = |write: &Write| write.done_us.unwrap_or(u64::MAX);
    writes.iter().enumerate().flat_map(move |(place, one)| {
        let others = writes.iter().skip(place + 1).filter(|other| other.by != one.by);
        let at_once =
            others.filter(move |other| one.sent_us < end(other) && other.sent_us < end(one));
        at_once.map(move |other| format!("{one:?} and {other:?} at once"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(by: &str, sent_us: u64, done_us: Option<u64>) -> Write {
        Write { by: by.to_owned(), what: What::Update, was_there: true, sent_us, done_us }
    }

    #[test]
    fn one_after_the_other_is_right() {
        let writes = [write("a", 0, Some(2)), write("b", 2, Some(3)), write("a", 3, None)];
        assert!(wrong(&writes).is_empty());
        // Whoever writes twice at a time does so to itself.
        assert!(wrong(&[write("a", 0, None), write("a", 1, None)]).is_empty());
    }

    #[test]
    fn two_at_once_are_wrong() {
        for (one, other) in
            [((0, Some(3)), (2, Some(4))), ((2, Some(4)), (0, Some(3))), ((0, None), (5, Some(6)))]
        {
            let writes = [write("a", one.0, one.1), write("b", other.0, other.1)];
            assert_eq!(wrong(&writes).len(), 1, "{writes:?}");
        }
    }

    #[test]
    fn whoever_creates_what_is_there_is_wrong() {
        let create = |was_there| Write { what: What::Create, was_there, ..write("a", 0, Some(1)) };
        assert_eq!(wrong(&[create(true)]).len(), 1);
        assert!(wrong(&[create(false)]).is_empty());
    }
}
