//! Tables of Markdown.

/// A table with these headings.
pub fn table<const N: usize>(
    heads: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    let mut text = line(&heads) + &line(&["---"; N]);
    for row in rows {
        text += &line(&row.map(|cell| cell.replace('|', "\\|").replace('\n', " ")));
    }
    text
}

fn line<T: AsRef<str>>(cells: &[T]) -> String {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// As code.
pub fn code(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("`{text}`") }
}
