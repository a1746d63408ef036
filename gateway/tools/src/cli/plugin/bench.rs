//! `sluicegate plugin bench`: what calls, instances and memory of plugins take, and which part of
//! that is the gateway's own.

mod clock;
mod kind;
mod lab;
mod measure;
mod memory;
mod sample;
mod tables;
mod timed;

use std::io::Write as _;

use anyhow::Context as _;
use sluicegate::plugin::PluginSettings;

use self::{lab::Lab, measure::measure, sample::Sample, tables::Report};
use super::{BenchOptions, file::PluginFile};
use crate::sdk;

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
    let lab = Lab::new()?;
    let nothing = nothing()?;
    let mut host = measure(&lab, &nothing, &sample, HOST_CALLS).await?;
    let mut plugins = Vec::with_capacity(files.len());
    for file in &files {
        let measured = measure(&lab, file, &sample, calls).await;
        plugins.push(measured.with_context(|| format!("measuring `{}`", file.path.display()))?);
    }
    // Before and after the plugins: it is taken off every time of theirs.
    host.keep_best(&measure(&lab, &nothing, &sample, HOST_CALLS).await?);
    Ok(Report { host, plugins, calls })
}

/// The plugin that does nothing, as if it lay in a file.
fn nothing() -> anyhow::Result<PluginFile> {
    Ok(PluginFile {
        path: "nothing.wasm".into(),
        wasm: sdk::nothing()?,
        settings: PluginSettings::new("nothing"),
        settings_path: None,
        settings_shown: "{}".into(),
    })
}
