//! The process-wide engine: compiler, epoch clock, compiled-code cache, count of instances.

use std::{
    num::NonZeroUsize,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};

use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    cache::{Cache, CacheError},
    limits::{CACHE_BYTES_MAX, EPOCH_TICK, INSTANCES_TOTAL_MAX, STACK_BYTES},
    plugin_log::PluginLogs,
};

/// Frames of a trap's backtrace that are looked at; the first named one is reported.
const BACKTRACE_FRAMES_MAX: usize = 8;

/// What an [`Engine`] is made from.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Folder for compiled code; `None` compiles at every start. It becomes private to the
    /// process's user, for what lies in it is executed.
    pub cache_folder: Option<PathBuf>,
    /// Most bytes kept there. Default [`CACHE_BYTES_MAX`].
    pub cache_bytes_max: u64,
    /// Most instances of all plugins together. Default [`INSTANCES_TOTAL_MAX`].
    pub instances_max: u32,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            cache_folder: None,
            cache_bytes_max: CACHE_BYTES_MAX,
            instances_max: INSTANCES_TOTAL_MAX,
        }
    }
}

/// What all plugins of a process share. Cheap to clone; its clock stops with the last clone.
#[derive(Clone, Debug)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasm: wasmtime::Engine,
    cache: Option<Cache>,
    instances: AtomicU32,
    instances_max: u32,
    /// One permit a login that computes. A storm of logins with slow password hashes must leave
    /// processor time to the threads that serve messages.
    login_turns: Arc<Semaphore>,
    /// Here, because a log outlives the versions of its plugin.
    plugin_logs: PluginLogs,
    /// Dropped with the engine, which ends the clock's thread.
    _clock: mpsc::Sender<()>,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("instances", &self.instances).finish_non_exhaustive()
    }
}

/// Why there is no engine.
#[derive(Debug, Error)]
pub enum EngineError {
    /// This machine cannot run WebAssembly as it is wanted.
    #[error("the WebAssembly engine cannot start: {0}")]
    Wasm(String),
    /// The thread that stops calls past their deadline cannot be started.
    #[error("starting the clock of the WebAssembly engine")]
    Clock(#[source] std::io::Error),
    /// The cache folder cannot be used.
    #[error(transparent)]
    Cache(#[from] CacheError),
}

impl Engine {
    /// Starts an engine and its clock.
    ///
    /// # Errors
    /// [`EngineError`] says what is missing; nothing is left running then.
    pub fn new(settings: &EngineSettings) -> Result<Self, EngineError> {
        let wasm = wasmtime::Engine::new(&config())
            .map_err(|error| EngineError::Wasm(format!("{error:#}")))?;
        let cache = match &settings.cache_folder {
            Some(folder) => Some(Cache::open(folder, settings.cache_bytes_max, &wasm)?),
            None => None,
        };
        let clock = start_clock(wasm.weak()).map_err(EngineError::Clock)?;
        Ok(Self(Arc::new(Inner {
            wasm,
            cache,
            instances: AtomicU32::new(0),
            instances_max: settings.instances_max,
            login_turns: Arc::new(Semaphore::new(login_turns())),
            plugin_logs: PluginLogs::default(),
            _clock: clock,
        })))
    }

    pub(super) fn wasm(&self) -> &wasmtime::Engine {
        &self.0.wasm
    }

    pub(super) fn cache(&self) -> Option<&Cache> {
        self.0.cache.as_ref()
    }

    /// The last lines about each plugin.
    pub fn plugin_logs(&self) -> &PluginLogs {
        &self.0.plugin_logs
    }

    /// Instances of all plugins that exist now.
    pub fn instances(&self) -> u32 {
        self.0.instances.load(Ordering::Relaxed)
    }

    /// Waits until a login may compute.
    pub(super) async fn login_turn(&self) -> Option<OwnedSemaphorePermit> {
        // Never closed; and without a permit the login would only be early.
        Arc::clone(&self.0.login_turns).acquire_owned().await.ok()
    }

    /// Takes one of the process's instances; `None` if all are in use.
    pub(super) fn instance_permit(&self) -> Option<InstancePermit> {
        let taken = self.0.instances.fetch_add(1, Ordering::Relaxed);
        let permit = InstancePermit(self.clone());
        (taken < self.0.instances_max).then_some(permit)
    }
}

/// One of the process's instances; free again when dropped.
#[derive(Debug)]
pub(super) struct InstancePermit(Engine);

impl Drop for InstancePermit {
    fn drop(&mut self) {
        self.0.0.instances.fetch_sub(1, Ordering::Relaxed);
    }
}

/// All processors but one, and at least one.
fn login_turns() -> usize {
    thread::available_parallelism().map_or(1, |all| (all.get() - 1).max(1))
}

/// Instances are made on demand, not from wasmtime's pool: ours reuses them, so that making one
/// is rare (20 µs), and memory limits can differ between plugins.
fn config() -> wasmtime::Config {
    let mut config = wasmtime::Config::new();
    config
        // Costs 260 ns and four allocations a call, and no host function is concurrent.
        .concurrency_support(false)
        .epoch_interruption(true)
        .max_wasm_stack(STACK_BYTES)
        .wasm_backtrace_max_frames(NonZeroUsize::new(BACKTRACE_FRAMES_MAX))
        .wasm_backtrace_details(wasmtime::WasmBacktraceDetails::Disable)
        .cranelift_opt_level(wasmtime::OptLevel::Speed);
    config
}

fn start_clock(engine: wasmtime::EngineWeak) -> std::io::Result<mpsc::Sender<()>> {
    let (alive, ended) = mpsc::channel();
    thread::Builder::new().name("plugin-clock".into()).spawn(move || {
        while ended.recv_timeout(EPOCH_TICK) == Err(mpsc::RecvTimeoutError::Timeout) {
            let Some(engine) = engine.upgrade() else { return };
            engine.increment_epoch();
        }
    })?;
    Ok(alive)
}
