//! Measures one plugin.

use std::{
    env, fs,
    path::PathBuf,
    process,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use sluicegate::{
    plugin::{CallError, Code, Engine, EngineSettings, LoadReport, Plugin, PluginSettings},
    trace::Tracing,
};

use super::{
    call_kind::CallKind,
    call_time::{CallTime, calls_of},
    memory::Memory,
    rounds::{Nanoseconds, best_of},
    sample::Sample,
};
use crate::cli::plugin::file::PluginFile;

/// Times that compiled code is loaded, and that an instance is made: the best counts.
const TRIES: usize = 16;
/// Instances that are taken and given back between two looks at the clock.
const CHECKOUTS: u32 = 64;

/// An engine, and its cache until it is dropped.
#[derive(Debug)]
pub(super) struct BenchEngine {
    pub(super) engine: Engine,
    folder: PathBuf,
}

impl BenchEngine {
    /// # Errors
    /// The engine does not start, or there is no place for temporary files.
    pub(super) fn new() -> anyhow::Result<Self> {
        let folder = env::temp_dir().join(format!("sluicegate-bench-{}", process::id()));
        let settings =
            EngineSettings { cache_folder: Some(folder.clone()), ..EngineSettings::default() };
        let engine = Engine::new(&settings).context("starting the WebAssembly engine")?;
        Ok(Self { engine, folder })
    }
}

impl Drop for BenchEngine {
    fn drop(&mut self) {
        // What is left of it is only space in a folder for temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What was measured of one plugin.
#[derive(Debug)]
pub(super) struct Measurement {
    pub(super) name: String,
    pub(super) bytes: usize,
    pub(super) compile: Duration,
    /// Loading the compiled code.
    pub(super) load: Duration,
    /// Making an instance, `configure` included.
    pub(super) ready: Duration,
    /// The first call of an instance; `None` if it has no role but authenticator, or that fails.
    pub(super) first_call: Option<Duration>,
    pub(super) memory: Memory,
    /// Taking an instance and giving it back.
    pub(super) checkout: Nanoseconds,
    pub(super) calls: Vec<CallTime>,
}

impl Measurement {
    /// Takes those times of another run of the same plugin that are better.
    pub(super) fn keep_best(&mut self, other: &Self) {
        for (mine, others) in self.calls.iter_mut().zip(&other.calls) {
            if let (Ok(mine), Ok(others)) = (&mut mine.time, &others.time)
                && others.best < mine.best
            {
                *mine = *others;
            }
        }
        if other.checkout.best < self.checkout.best {
            self.checkout = other.checkout;
        }
    }
}

/// Measures one plugin.
///
/// # Errors
/// It is refused, or no instance of it can be made.
pub(super) async fn measure(
    engine: &BenchEngine,
    file: &PluginFile,
    sample: &Sample,
    calls: u64,
) -> anyhow::Result<Measurement> {
    let mut settings = file.settings.clone();
    // Each kind of call is measured, whatever came of the ones before.
    settings.limits.failures_in_a_row_max = u32::MAX;
    let (_, load_report) = load(engine, file, settings.clone())?;
    let compile = code_time(&load_report);
    let (mut cached, (plugin, mut load_report)) =
        (Duration::MAX, load(engine, file, settings.clone())?);
    for _ in 0..TRIES {
        cached = cached.min(code_time(&load_report));
        load_report = load(engine, file, settings.clone())?.1;
    }
    let (ready, first_call) = fresh(engine, file, sample)?;
    let timed = calls_of(&plugin, sample).await;
    let checkout = best_of(CHECKOUTS, || {
        let began = Instant::now();
        (0..CHECKOUTS).try_for_each(|_| plugin.acquire(Tracing::Off).map(drop))?;
        Ok::<_, CallError>(began.elapsed())
    })?;
    drop(plugin);
    let sound: Vec<_> = timed.iter().filter(|timed| timed.time.is_ok()).map(|t| t.kind).collect();
    let (plugin, load_report) = load(engine, file, file.settings.clone())?;
    let start = load_report.memory_configured.unwrap_or_default();
    let memory = Memory::after(&plugin, sample, &sound, calls, start).await;
    Ok(Measurement {
        name: file.settings.name.clone(),
        bytes: file.wasm.len(),
        compile,
        load: cached,
        ready,
        first_call,
        memory,
        checkout,
        calls: timed,
    })
}

fn load(
    engine: &BenchEngine,
    file: &PluginFile,
    settings: PluginSettings,
) -> anyhow::Result<(Arc<Plugin>, LoadReport)> {
    let inspection = Plugin::inspect(&engine.engine, &file.wasm, settings);
    let plugin = inspection.outcome.map_err(|error| file.refusal(error))?;
    Ok((plugin, inspection.load_report))
}

fn code_time(load_report: &LoadReport) -> Duration {
    match load_report.code {
        Some(Code::Compiled(took) | Code::Cached(took)) => took,
        None => Duration::ZERO,
    }
}

/// The time of a new instance, and of its first call.
fn fresh(
    engine: &BenchEngine,
    file: &PluginFile,
    sample: &Sample,
) -> anyhow::Result<(Duration, Option<Duration>)> {
    let mut settings = file.settings.clone();
    // None is kept, so that each call makes one.
    settings.limits.instances_idle_max = 0;
    settings.limits.failures_in_a_row_max = u32::MAX;
    let (plugin, _) = load(engine, file, settings)?;
    let kind = CallKind::of(&plugin).into_iter().find(|kind| *kind != CallKind::Authenticate);
    drop(plugin.acquire(Tracing::Off).context("taking the first instance")?);
    let (mut ready, mut first_call) = (Duration::MAX, None);
    for _ in 0..TRIES {
        let began = Instant::now();
        let mut instance = plugin.acquire(Tracing::Off).context("making an instance")?;
        ready = ready.min(began.elapsed());
        let Some(kind) = kind else { continue };
        let mut message = sample.input.message.clone();
        let began = Instant::now();
        if kind.call(&mut instance, &mut message, sample).is_ok() {
            let took = began.elapsed();
            first_call = Some(first_call.map_or(took, |best: Duration| best.min(took)));
        }
    }
    Ok((ready, first_call))
}
