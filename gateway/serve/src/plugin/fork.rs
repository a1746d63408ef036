//! Forks: a copy of a plugin that has the same code and nothing else in common with it.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use tokio::sync::Semaphore;

use super::{
    link::InstanceTemplate,
    loaded::Plugin,
    plugin_log::{LogGate, PluginLog},
    reach::StoreUse,
    shared::Shared,
    stats::Counters,
};

impl Plugin {
    /// A fork for rehearsals: of its stores it asks only what reads.
    pub fn fork(&self) -> Arc<Self> {
        self.fork_with(self.template.shared.store_use.reading_only())
    }

    /// A plugin of the same code, settings and stores, with instances, counters and a quarantine
    /// of its own (which begins as this one's is now), and a use of its own of the stores. What it does
    /// shows nowhere but in its traces.
    pub fn fork_with(&self, store_use: StoreUse) -> Arc<Self> {
        let InstanceTemplate { engine, linked, outline, shared, limits, settings_json } =
            &*self.template;
        let shared = Arc::new(Shared {
            name: Arc::clone(&shared.name),
            counters: Counters::default(),
            log: LogGate::default(),
            recent_lines: Arc::new(PluginLog::default()),
            reach: Arc::clone(&shared.reach),
            store_use,
            is_fork: true,
        });
        let template = Arc::new(InstanceTemplate {
            engine: engine.clone(),
            linked: Arc::clone(linked),
            outline: outline.clone(),
            shared,
            limits: limits.clone(),
            settings_json: settings_json.clone(),
        });
        Arc::new(Self {
            hash: self.hash.clone(),
            description: self.description.clone(),
            quarantine: self.quarantine.copy(Instant::now()),
            logins: Semaphore::new(self.settings.limits.instances_max as usize),
            idle: Mutex::default(),
            settings: self.settings.clone(),
            template,
        })
    }
}
