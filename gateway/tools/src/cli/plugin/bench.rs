//! `sluicegate plugin bench`: what calls, instances and memory of plugins take, and which part of
//! that is the gateway's own.

mod measure; //   everything about one plugin
mod sample; //    what the calls are about
mod call_kind; // the calls
mod call_time; // how long each takes
mod rounds; //    how a time is measured
mod memory; //    linear memory after many calls
mod report; //    tables of the results

use std::{io::Write as _, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use sluicegate::plugin::PluginSettings;

use self::{
    measure::{BenchEngine, measure},
    report::Report,
    sample::Sample,
};
use super::file::PluginFile;
use crate::sdk;

/// What `plugin bench` takes.
#[derive(Args, Debug)]
pub(super) struct BenchOptions {
    /// Plugin files; the settings file of each is the one beside it.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the calls are about, as for `plugin call`; default: a message with a key of 12 bytes, a
    /// value of 200 and 3 headers, and the login of user `demo`.
    #[arg(long, value_name = "JSON")]
    json: Option<String>,
    /// Calls after which memory is looked at.
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    calls: u64,
    /// Print a table in Markdown.
    #[arg(long)]
    markdown: bool,
}

/// Calls of the plugin that does nothing: its memory is flat.
const HOST_CALLS: u64 = 1000;

pub(super) fn run(options: &BenchOptions) -> anyhow::Result<()> {
    let sample = Sample::new(options.json.as_deref())?;
    let files = options.files.iter().map(|path| PluginFile::read(path, None));
    let files = files.collect::<anyhow::Result<Vec<_>>>()?;
    let (calls, markdown) = (options.calls, options.markdown);
    // As in a gateway: a worker of a runtime with several makes the calls.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(runtime.spawn(report(files, sample, calls)))??;
    let text = if markdown { report.markdown() } else { report.text() };
    // A reader that went away wants no more lines.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
    Ok(())
}

async fn report(files: Vec<PluginFile>, sample: Sample, calls: u64) -> anyhow::Result<Report> {
    let engine = BenchEngine::new()?;
    let noop = noop()?;
    let mut host = measure(&engine, &noop, &sample, HOST_CALLS).await?;
    let mut plugins = Vec::with_capacity(files.len());
    for file in &files {
        let measured = measure(&engine, file, &sample, calls).await;
        plugins.push(measured.with_context(|| format!("measuring `{}`", file.path.display()))?);
    }
    // Before and after the plugins: it is taken off every time of theirs.
    host.keep_best(&measure(&engine, &noop, &sample, HOST_CALLS).await?);
    Ok(Report { host, plugins, calls })
}

/// The plugin that does nothing, as if it lay in a file.
fn noop() -> anyhow::Result<PluginFile> {
    Ok(PluginFile {
        path: "noop.wasm".into(),
        wasm: sdk::noop_component()?,
        settings: PluginSettings::new("noop"),
        settings_path: None,
        settings_shown: "{}".into(),
    })
}
