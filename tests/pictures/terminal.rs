//! What the programs print on a terminal, as pictures.

use anstyle_svg::{Term, WIN10_CONSOLE};

use super::{picture, program, root};

/// The pictures: the file, the program, and its words.
const SHOWN: [(&str, &str, &str); 2] = [
    (
        "dump",
        "inventory-agent",
        "--dump --format table --color always --root docs/examples/gpu-02.tar.gz",
    ),
    ("explain", "inventory-aggregator", "explain gpu-lost --color always"),
];

/// The longest: what a reader sees at once.
const LINES: usize = 21;

/// Takes each anew.
pub fn take() {
    for (name, of, words) in SHOWN {
        let mut command = program(of);
        command.current_dir(root()).args(words.split(' '));
        let output = command.output().expect("the program");
        let text = String::from_utf8(output.stdout).expect("text");
        let typed = words.replace(" --color always", "");
        let lines: Vec<&str> = text.lines().take(LINES).collect();
        let is_cut = lines.len() < text.lines().count();
        let cut = if is_cut { format!(" | head -n {LINES}") } else { String::new() };
        let text = format!("$ {of} {typed}{cut}\n{}\n", lines.join("\n"));
        std::fs::write(
            picture(&format!("{name}.svg")),
            Term::new().palette(WIN10_CONSOLE).render_svg(&text),
        )
        .expect("a file");
    }
}
