//! Writes the schemas into `common/schemas`.

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    std::fs::create_dir_all(&folder)?;
    for (name, schema) in inventory_common::schema::all() {
        let text = serde_json::to_string_pretty(&schema)?;
        std::fs::write(folder.join(name), text + "\n")?;
    }
    Ok(())
}
