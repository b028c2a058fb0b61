//! The cluster that AIOS is told of, and how AIOS is reached.

use std::path::Path;

use anyhow::Context;
use inventory_common::cluster::{Document, RawDocument};
use serde_json::Value;

use super::document::{is_sound, read_profile};
use super::gather::{gather, passes};
use crate::aios::{ClusterId, Gateway};
use crate::cli::{AiosArgs, SubjectArgs};
use crate::cluster::difference::Wanted;
use crate::cluster::profile;
use crate::exit::Ended;
use crate::input::{called, read};
use crate::submission::{Services, connect};

/// The cluster that AIOS is told of.
pub struct Subject {
    /// Its id.
    pub id: ClusterId,
    /// Its document, checked.
    pub document: RawDocument,
    /// What AIOS's copy should say.
    pub wanted: Wanted,
    /// Where the profile says that AIOS is: the Parser and the gateway.
    addresses: [Option<String>; 2],
}

/// The cluster of these arguments, or how it ended where there is none to speak of.
pub async fn subject(args: &SubjectArgs) -> anyhow::Result<Result<Subject, Ended>> {
    match (&args.file, &args.profile) {
        (Some(file), _) => of_file(file),
        (None, Some(profile)) => of_profile(profile, args).await,
        (None, None) => anyhow::bail!("nothing to speak of: give --file or --profile"),
    }
}

/// The finished document. What it says beside the keys that are known stays in its nodes' entries.
fn of_file(file: &Path) -> anyhow::Result<Result<Subject, Ended>> {
    let name = || format!("document {}", called(file));
    let value = profile::value(&read(file)?).with_context(name)?;
    let document: Document = serde_path_to_error::deserialize(&value).with_context(name)?;
    if !is_sound(&document) {
        return Ok(Err(Ended::Failed));
    }
    let id = document.id.parse()?;
    let wanted = Wanted::document(&value.clone().into());
    // What the text leaves out has its default in the type.
    let document = with_defaults(value, &document)?.into();
    Ok(Ok(Subject { id, document, wanted, addresses: [None, None] }))
}

fn with_defaults(mut value: Value, document: &Document) -> anyhow::Result<Value> {
    let whole = serde_json::to_value(document)?;
    if let (Value::Object(value), Value::Object(whole)) = (&mut value, whole) {
        for (key, default) in whole {
            value.entry(key).or_insert(default);
        }
    }
    Ok(value)
}

async fn of_profile(file: &Path, args: &SubjectArgs) -> anyhow::Result<Result<Subject, Ended>> {
    let mut source = args.source.clone();
    let profile = read_profile(file, &mut source)?;
    let addresses = [profile.parser.clone(), profile.gateway.clone()];
    let gathered = gather(&source, profile).await?;
    if !passes(&gathered.coverage, args.source.allow_partial) {
        return Ok(Err(Ended::NotCovered));
    }
    if !is_sound(&gathered.document) {
        return Ok(Err(Ended::Failed));
    }
    let id = gathered.document.id.parse()?;
    let document = RawDocument::try_from(gathered.document)?;
    let tentative = gathered.coverage.tentative_ids;
    let wanted = Wanted { tentative, ..Wanted::document(&document) };
    Ok(Ok(Subject { id, document, wanted, addresses }))
}

impl Subject {
    /// AIOS's gateway.
    pub fn gateway(&self, args: &AiosArgs) -> anyhow::Result<Gateway> {
        connect::gateway(&args.options(), self.addresses(args))
    }

    /// AIOS's Parser, and its gateway where that is known.
    pub fn services(&self, args: &AiosArgs) -> anyhow::Result<Services> {
        Services::connect(&args.options(), self.addresses(args))
    }

    /// Parser and gateway: what the flags say, else the profile.
    fn addresses<'a>(&'a self, args: &'a AiosArgs) -> [Option<&'a str>; 2] {
        let [parser, gateway] = &self.addresses;
        [args.parser.as_ref().or(parser.as_ref()), args.gateway.as_ref().or(gateway.as_ref())]
            .map(|address| address.map(String::as_str))
    }
}
