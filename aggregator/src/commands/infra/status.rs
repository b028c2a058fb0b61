//! `infra status`.

use std::path::Path;

use console::Term;
use inventory_common::telling::pretty;
use serde_json::{Value, json};

use super::far::{Far, address};
use super::mend::{self, Mends};
use super::show;
use crate::aios::{Task, TaskId, Tasks, Transport, Trouble, patiently};
use crate::cli::{InfraStatusArgs, ListFormat};
use crate::commands::hand_over::{Secrets, client_of};
use crate::commands::outcome::troubled;
use crate::exit::{Ended, say};
use crate::infra::judgement::{Extent, extent};
use crate::infra::traces::{Found, look};
use crate::input::STANDARD;
use crate::output;

/// Looks at the cluster, and at a task where one is named.
pub async fn status(args: InfraStatusArgs) -> anyhow::Result<Ended> {
    let (client, secrets) = client_of(&args.context).await?;
    let found = look(&client, &args.cluster_id).await;
    let task = match (&args.task, &args.tasks) {
        (Some(id), Some(tasks)) => Some((id, read(&args, id, tasks, &secrets).await?)),
        _ => None,
    };
    let text = match args.format {
        ListFormat::Table => show::table(&found, output::width(&Term::stdout())),
        ListFormat::Json => as_json(&args, &found, task.as_ref())?,
    };
    output::write(Path::new(STANDARD), &text)?;
    say("note", &show::there(&found));
    if let Some((id, Ok(task))) = &task {
        say("note", &told(id, task.as_ref()));
    }
    let addresses = addresses(&args).await?;
    Ok(match (task, extent(&found)) {
        (Some((_, Err(trouble))), _) => troubled(&trouble),
        (_, Extent::Whole) => addresses,
        _ if addresses == Ended::Unreachable => addresses,
        _ => Ended::Different,
    })
}

/// How the stored addresses are; nothing is wrong with them where nobody wants to know.
async fn addresses(args: &InfraStatusArgs) -> anyhow::Result<Ended> {
    let Some(gateway) = &args.gateway else { return Ok(Ended::Done) };
    let far = Far::at(&args.cluster_id, gateway, args.tasks.as_deref(), &args.reach)?;
    let mends = if args.mend_addresses { Mends::Yes } else { Mends::No };
    Ok(match mend::stored(&far).await {
        Ok(stored) => mend::addresses(&far, &stored, mends).await,
        Err(ended) => ended,
    })
}

async fn read(
    args: &InfraStatusArgs,
    id: &TaskId,
    tasks: &str,
    secrets: &Secrets,
) -> anyhow::Result<Result<Option<Task>, Trouble>> {
    let base = address("tasks service", tasks)?;
    // A file of headers may be for the other of the two.
    let gateway = args.gateway.as_deref().map(|text| address("gateway", text)).transpose()?;
    let bases: Vec<_> = [&base].into_iter().chain(&gateway).collect();
    let tasks = Tasks::new(&Transport::new(&args.reach.options(), &bases)?, &base);
    let is_harmless = Trouble::is_worth_repeating;
    let mut read = patiently(args.reach.retry_for(), is_harmless, || tasks.read(id)).await;
    if let Ok(Some(Task { error: Some(error), .. })) = &mut read {
        *error = secrets.hide(error);
    }
    Ok(read)
}

fn told(id: &TaskId, task: Option<&Task>) -> String {
    match task {
        None => format!("the tasks service does not know task '{id}'"),
        Some(Task { state, error: None }) => format!("task '{id}' is {state}"),
        Some(Task { state, error: Some(error) }) => format!("task '{id}' is {state}: {error}"),
    }
}

fn as_json(
    args: &InfraStatusArgs,
    found: &[Found],
    task: Option<&(&TaskId, Result<Option<Task>, Trouble>)>,
) -> serde_json::Result<String> {
    let extent = match extent(found) {
        Extent::Whole => "whole",
        Extent::Partly => "partly",
        Extent::Nothing => "nothing",
    };
    let task = task.map(|(id, task)| match task {
        Ok(Some(task)) => json!({
            "id": id.as_str(), "state": task.state.to_string(),
            "error": task.error.as_ref().map(ToString::to_string),
        }),
        // Not known, and not to be known.
        Ok(None) | Err(_) => {
            json!({ "id": id.as_str(), "state": Value::Null, "error": Value::Null })
        }
    });
    let value = json!({
        "cluster": args.cluster_id.as_str(), "extent": extent, "objects": show::json(found), "task": task,
    });
    pretty(&value)
}
