//! Twins: a plugin once more, with the same code and nothing else in common.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use tokio::sync::Semaphore;

use super::{
    link::Blueprint,
    loaded::Plugin,
    logbook::{LogBook, LogGate},
    reach::StoreUse,
    shared::Shared,
    stats::Counters,
};

impl Plugin {
    /// A twin for rehearsals: of its stores it asks only what reads.
    pub fn twin(&self) -> Arc<Self> {
        self.twin_with(self.blueprint.shared.store_use.reading_only())
    }

    /// A plugin of the same code, settings and stores, with instances, counters and a quarantine
    /// of its own (which begins as this one's is now), and a use of its own of the stores. What it does
    /// shows nowhere but in its traces.
    pub fn twin_with(&self, store_use: StoreUse) -> Arc<Self> {
        let Blueprint { engine, linked, outline, shared, limits, settings_json } = &*self.blueprint;
        let shared = Arc::new(Shared {
            name: Arc::clone(&shared.name),
            counters: Counters::default(),
            log: LogGate::default(),
            book: Arc::new(LogBook::default()),
            reach: Arc::clone(&shared.reach),
            store_use,
            is_twin: true,
        });
        let blueprint = Arc::new(Blueprint {
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
            blueprint,
        })
    }
}
