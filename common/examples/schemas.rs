//! Writes the schemas into `common/schemas`, and the CustomResourceDefinitions into the chart.

use std::error::Error;
use std::path::Path;

use inventory_common::{resource, schema};

fn main() -> Result<(), Box<dyn Error>> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, schema) in schema::all() {
        let text = serde_json::to_string_pretty(&schema)?;
        std::fs::write(home.join("schemas").join(name), text + "\n")?;
    }
    for (name, definition) in resource::definition::all()? {
        let text = serde_saphyr::to_string(&definition)?;
        std::fs::write(home.join("../deploy/chart/crds").join(name), text)?;
    }
    Ok(())
}
