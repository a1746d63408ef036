//! Plugins: WebAssembly components that see messages on their way.
//!
//! [`Engine`] is the process's, [`Plugin`] is one checked version of one file, [`Lease`] is one
//! running copy for one burst. What a plugin is called for, in which order, and what becomes of
//! a failure is decided in the pipeline.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use tokio::sync::Semaphore;

use crate::message::Role;

mod authenticate;
mod answer;
mod bindings;
mod blueprint;
mod burst;
mod cache;
mod call_error;
mod contract;
mod engine;
mod fault;
mod grant;
mod host;
mod instance;
mod lease;
pub mod limits;
mod link;
mod load;
mod load_error;
mod logbook;
mod quarantine;
pub mod reach;
mod recording;
mod reuse;
mod runtime;
mod said;
mod settings;
mod stats;
mod survey;
mod text;
mod twin;
#[cfg(test)]
mod tests;

pub use burst::{Burst, CallContext, NO_KEY, Placements};
pub use cache::CacheError;
pub use call_error::{CallError, FailureKind};
pub use contract::CONTRACT_VERSION;
pub use engine::{Engine, EngineError, EngineSettings};
pub use lease::Lease;
pub use limits::{PluginLimits, RecycleMark};
pub use load::short_hash;
pub use load_error::{LoadError, LoadFault};
pub use logbook::{LogBook, LogBooks, LogLine};
pub use said::Said;
pub use settings::{OnFailure, PluginSettings};
pub use stats::PluginStats;
pub use survey::{Code, Import, Inspection, Need, Survey};

use blueprint::Blueprint;
use instance::Instance;
use quarantine::Quarantine;

/// Who a plugin says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The author's name for it; settings refer to the file name instead.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// What it does, in one sentence.
    pub summary: String,
}

/// One checked version of one `.wasm` file with its settings.
///
/// Its instances are freed with the last `Arc` to it and the last [`Lease`].
pub struct Plugin {
    settings: PluginSettings,
    description: Description,
    hash: String,
    blueprint: Arc<Blueprint>,
    quarantine: Quarantine,
    /// One permit a login that runs: logins wait for an instance, bursts do not.
    logins: Semaphore,
    /// Instances that wait for work; the one used last is taken first, for its memory is warm.
    idle: Mutex<Vec<Instance>>,
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.name())
            .field("hash", &self.hash)
            .field("roles", &self.roles())
            .finish_non_exhaustive()
    }
}

impl Plugin {
    /// Compiles, checks, links and configures the bytes of a plugin file.
    ///
    /// Blocks for as long as compiling takes: milliseconds for Rust, many seconds for JavaScript
    /// that is not in the cache.
    ///
    /// # Errors
    /// [`LoadError`] says what is wrong and what to do; nothing of the plugin is left running.
    pub fn load(
        engine: &Engine,
        wasm: &[u8],
        settings: PluginSettings,
    ) -> Result<Arc<Self>, LoadError> {
        Self::inspect(engine, wasm, settings).outcome
    }

    /// Loads as [`Plugin::load`] does, and also tells what was seen on the way: the names in the
    /// file, the time and memory each step took.
    pub fn inspect(engine: &Engine, wasm: &[u8], settings: PluginSettings) -> Inspection {
        let plugin = settings.name.clone();
        let mut survey = Survey::default();
        let outcome = load::load(engine, wasm, settings, &mut survey)
            .map(Arc::new)
            .map_err(|cause| LoadError { plugin, cause });
        Inspection { survey, outcome }
    }

    /// The file name without its extension.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Its roles, in the order in which a message meets them.
    pub fn roles(&self) -> &[Role] {
        &self.blueprint.outline.roles
    }

    /// True if it has this role.
    pub fn has(&self, role: Role) -> bool {
        self.roles().contains(&role)
    }

    /// The settings it runs with.
    pub fn settings(&self) -> &PluginSettings {
        &self.settings
    }

    /// Who it says it is.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// First digits of the file's SHA-256, to tell versions apart.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What was counted since it was loaded.
    pub fn stats(&self) -> PluginStats {
        let now = Instant::now();
        let until = self.quarantine.until(now);
        let left = until.map(|until| until.saturating_duration_since(now));
        self.blueprint.shared.counters.snapshot(left)
    }

    /// Connects to each store that it was granted, within the store's time limit: the section of its
    /// settings file, and what keeps the store from answering.
    pub async fn greet_stores(&self) -> Vec<(String, Result<(), String>)> {
        self.blueprint.shared.reach.greet().await
    }

    /// Takes an instance for one burst, or makes one.
    ///
    /// # Errors
    /// `Quarantined` or `Busy` at once; any other [`CallError`] if a new instance failed to start.
    pub fn lease(self: &Arc<Self>) -> Result<Lease, CallError> {
        Lease::new(Arc::clone(self))
    }
}
