//! A plugin that was loaded.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use tokio::sync::Semaphore;

use super::{
    instance::Instance, link::InstanceTemplate, load_report::Description, quarantine::Quarantine,
    settings::PluginSettings, stats::PluginStats,
};
use crate::{message::Role, trace::PluginId};

/// One checked version of one `.wasm` file with its settings.
///
/// Its instances are freed with the last `Arc` to it and the last instance in use.
pub struct Plugin {
    pub(super) settings: PluginSettings,
    pub(super) description: Description,
    pub(super) hash: String,
    pub(super) template: Arc<InstanceTemplate>,
    pub(super) quarantine: Quarantine,
    /// One permit a login that runs: logins wait for an instance, bursts do not.
    pub(super) logins: Semaphore,
    /// Instances that wait for work; the one used last is taken first, for its memory is warm.
    pub(super) idle: Mutex<Vec<Instance>>,
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
    /// The file name without its extension.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Its roles, in the order in which a message meets them.
    pub fn roles(&self) -> &[Role] {
        &self.template.outline.roles
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
        self.template.shared.counters.snapshot(left)
    }

    /// Connects to each store that it was granted, within the store's time limit: the section of its
    /// settings file, and what keeps the store from answering.
    pub async fn greet_stores(&self) -> Vec<(String, Result<(), String>)> {
        self.template.shared.reach.greet().await
    }

    /// Which version of which plugin, for traces.
    pub fn id(&self) -> PluginId {
        PluginId {
            name: Arc::clone(&self.template.shared.name),
            version: self.description.version.as_str().into(),
            hash: self.hash.as_str().into(),
        }
    }
}
