//! What something that was learnt means.

/// What something that was learnt means; the greater, the more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// Nothing is new.
    Nothing,
    /// A reader sees something else, and nothing hangs on it.
    ToSee,
    /// AIOS's copy may hang on it.
    ToDo,
}

impl News {
    /// News to see, where it is any.
    pub const fn to_see(is_news: bool) -> Self {
        if is_news { Self::ToSee } else { Self::Nothing }
    }

    /// News to act upon, where it is any.
    pub const fn to_do(is_news: bool) -> Self {
        if is_news { Self::ToDo } else { Self::Nothing }
    }
}
