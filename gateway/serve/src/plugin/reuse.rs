//! Taking instances and giving them back: reuse, quarantine, and the count of what failed.

use std::{
    sync::{Arc, PoisonError},
    time::Instant,
};

use tracing::warn;

use super::{
    call_error::CallError, instance::Instance, lease::Lease, limits::GUEST_TEXT_BYTES_MAX,
    loaded::Plugin, quarantine::Admission, text::one_line,
};
use crate::telemetry::LogLevel;

impl Lease {
    /// The instance in hand, or another one after a failure or when it is worn: a long burst must
    /// not grow past the limit between two looks.
    pub(super) fn instance(&mut self) -> Result<&mut Instance, CallError> {
        if self.instance.as_ref().is_some_and(Instance::is_worn) {
            self.instance = None;
            self.plugin.blueprint.shared.counters.add_recycled();
        }
        if self.instance.is_none() {
            self.take_instance()?;
        }
        let records = self.is_recorded();
        let instance = self.instance.as_mut().expect("one was taken just above");
        if records {
            instance.state().events = Some(Box::default());
        }
        instance.calls += 1;
        self.calls += 1;
        Ok(instance)
    }

    /// Takes an idle instance or makes one, unless the plugin is quarantined.
    pub(super) fn take_instance(&mut self) -> Result<(), CallError> {
        let now = Instant::now();
        match self.plugin.quarantine.admit(now) {
            Admission::Trusted => {}
            Admission::Probe => self.is_probe = true,
            Admission::Refused { until } => {
                let left = until.saturating_duration_since(now);
                let plugin = Arc::clone(&self.plugin.blueprint.shared.name);
                return self.fail(CallError::Quarantined { plugin, left });
            }
        }
        let idle = self.plugin.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let instance = match idle {
            Some(instance) => Ok(instance),
            None => self.plugin.new_instance(),
        };
        match instance {
            Ok(instance) => {
                self.instance = Some(instance);
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Notes how a call ended. After a failure the instance is dropped.
    pub(super) fn settle<T>(&mut self, outcome: Result<T, CallError>) -> Result<T, CallError> {
        self.listen_back();
        match outcome {
            Ok(value) => {
                self.is_probe = false;
                self.plugin.quarantine.succeeded();
                Ok(value)
            }
            Err(error) => self.fail(error),
        }
    }

    /// An answer that breaks the contract, noted as a failure.
    pub(super) fn bad_answer(&mut self, call: &'static str, reason: String) -> CallError {
        let plugin = Arc::clone(&self.plugin.blueprint.shared.name);
        let error = CallError::BadAnswer { plugin, call, reason };
        self.note_failure(&error);
        error
    }

    fn fail<T>(&mut self, error: CallError) -> Result<T, CallError> {
        self.note_failure(&error);
        Err(error)
    }

    fn note_failure(&mut self, error: &CallError) {
        self.plugin.blueprint.shared.counters.add_failure(error.kind());
        if !error.is_fault() {
            return;
        }
        self.plugin.blueprint.shared.book.note(LogLevel::Error, &error.to_string());
        self.instance = None;
        self.is_probe = false;
        if self.plugin.quarantine.failed(Instant::now()) {
            warn!(plugin = self.plugin.name(), %error, "plugin quarantined");
            let why = "quarantined: it failed too often in a row, and is left alone for a while";
            self.plugin.blueprint.shared.book.note(LogLevel::Warn, why);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.plugin.blueprint.shared.counters.add_calls(self.calls);
        if self.is_probe {
            self.plugin.quarantine.give_back_probe(Instant::now());
        }
        if let Some(instance) = self.instance.take() {
            self.plugin.give_back(instance);
        }
    }
}

impl Plugin {
    fn new_instance(&self) -> Result<Instance, CallError> {
        let mut instance = Instance::new(&self.blueprint)?;
        instance.configure()?.map_err(|words| CallError::NotConfigured {
            plugin: Arc::clone(&self.blueprint.shared.name),
            reason: one_line(&words, GUEST_TEXT_BYTES_MAX),
        })?;
        Ok(instance)
    }

    fn give_back(&self, instance: Instance) {
        if instance.is_worn() {
            self.blueprint.shared.counters.add_recycled();
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.settings.limits.instances_idle_max as usize {
            idle.push(instance);
            return;
        }
        // Freed outside the lock: unmapping memory takes a while.
        drop(idle);
        drop(instance);
    }
}
