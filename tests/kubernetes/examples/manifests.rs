//! Writes what is kept of what the chart renders. Needs helm and helm-docs in the folder of `KUBEBUILDER_ASSETS`.

fn main() -> std::io::Result<()> {
    for (file, text) in test_kubernetes::manifests::all() {
        std::fs::write(file, text)?;
    }
    Ok(())
}
