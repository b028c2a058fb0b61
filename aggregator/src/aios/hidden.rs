//! What is told to AIOS and to nobody else, taken out of what AIOS says again of it.

/// Words that are hidden wherever they stand.
#[derive(Clone, Default)]
pub struct Hidden(Vec<String>);

/// The fewest bytes of a word that is hidden: shorter ones, as `Bearer`, stand in a text by
/// themselves.
const FEWEST_BYTES: usize = 8;

impl Hidden {
    /// Hides these texts, and each word of them.
    pub fn new<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let words = texts.flat_map(|text| std::iter::once(text).chain(text.split_whitespace()));
        let secrets = words.filter(|word| word.len() >= FEWEST_BYTES);
        Self(secrets.map(str::to_owned).collect())
    }

    /// The text without them.
    pub fn out_of(&self, text: &str) -> String {
        let hide = |text: String, secret: &String| text.replace(secret, "(hidden)");
        self.0.iter().fold(text.to_owned(), hide)
    }
}

/// Tells nothing.
impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}
