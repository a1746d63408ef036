//! `sluicegate serve`.

use anyhow::Context as _;
use sluicegate::{config, startup, telemetry};
use tokio::signal::unix::{SignalKind, signal};

use super::options::Options;

/// Fewest worker threads: a plugin that uses up its time must not hold all of them.
const WORKERS_MIN: usize = 4;

pub(super) fn run(options: &Options) -> anyhow::Result<()> {
    let settings = config::read(options.config.as_deref(), &options.overrides())?;
    telemetry::start_logging(&settings.log)?;
    let cores = std::thread::available_parallelism().map_or(WORKERS_MIN, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.max(WORKERS_MIN))
        .enable_all()
        .build()
        .context("starting worker threads")?;
    runtime.block_on(async {
        let mut gateway = startup::build(settings).await?;
        let stop = stop_signal()?;
        gateway.run_until(stop).await;
        gateway.drain().await
    })
}

/// Ends with the first SIGTERM or SIGINT.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut term = signal(SignalKind::terminate()).context("waiting for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("waiting for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
