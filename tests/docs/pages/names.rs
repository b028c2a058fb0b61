//! What the pages write for what is called otherwise where they are tried.

/// Names as they are written, each with what it stands for.
#[derive(Clone, Debug, Default)]
pub struct Names(pub Vec<(&'static str, String)>);

impl Names {
    /// A command or a file as it is used.
    pub fn as_used(&self, written: &str) -> String {
        self.0.iter().fold(written.to_owned(), |text, (name, it)| text.replace(name, it))
    }

    /// Output as the page writes it.
    pub fn as_written(&self, printed: &str) -> String {
        self.0.iter().fold(printed.to_owned(), |text, (name, it)| text.replace(it, name))
    }
}
