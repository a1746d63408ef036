//! Instances in use: an idle one of the plugin or a new one, and back when it is dropped.

use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

use tracing::warn;

use super::{
    call_error::CallError,
    call_trace::{CallTracer, EndedCall, TracedAnswer, TracedSubject},
    instance::Instance,
    limits::GUEST_TEXT_BYTES_MAX,
    loaded::Plugin,
    quarantine::Admission,
    settings::OnFailure,
    text::one_line,
};
use crate::{
    telemetry::LogLevel,
    trace::{Outcome, Step, Tracing},
};

/// One instance of a plugin, for one burst on one thread. Goes back to the plugin when dropped.
///
/// After a failed call the next call gets another instance.
pub struct PooledInstance {
    pub(super) plugin: Arc<Plugin>,
    instance: Option<Instance>,
    /// This is the one try after a quarantine, and its outcome is not known yet.
    is_probe: bool,
    /// Calls not yet added to the plugin's count.
    calls: u64,
    /// Only where the calls are traced.
    tracer: Option<Box<CallTracer>>,
}

impl std::fmt::Debug for PooledInstance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PooledInstance")
            .field("plugin", &self.plugin.name())
            .finish_non_exhaustive()
    }
}

impl Plugin {
    /// Takes an idle instance for one burst, or makes one. Calls become steps of a trace if `tracing`
    /// says so: see [`PooledInstance::take_steps`].
    ///
    /// # Errors
    /// `Quarantined` or `Busy` at once; any other [`CallError`] if a new instance failed to start.
    pub fn acquire(self: &Arc<Self>, tracing: Tracing) -> Result<PooledInstance, CallError> {
        let tracer = match tracing {
            Tracing::Off => None,
            Tracing::On => Some(Box::default()),
        };
        let plugin = Arc::clone(self);
        let mut pooled =
            PooledInstance { plugin, instance: None, is_probe: false, calls: 0, tracer };
        pooled.take_instance()?;
        Ok(pooled)
    }

    /// The step of a call for which [`Plugin::acquire`] gave no instance.
    pub fn step_without_instance(&self, error: &CallError) -> Step {
        Step {
            plugin: self.id(),
            call: "no instance",
            outcome: self.failed(error),
            change: None,
            lines: Vec::new(),
            host_calls: Vec::new(),
            took: Duration::ZERO,
        }
    }

    fn failed(&self, error: &CallError) -> Outcome {
        let bypassed = self.settings.on_failure == OnFailure::Bypass;
        Outcome::Failed { why: error.to_string(), bypassed }
    }

    fn new_instance(&self) -> Result<Instance, CallError> {
        let mut instance = Instance::new(&self.template)?;
        instance.configure()?.map_err(|words| CallError::NotConfigured {
            plugin: Arc::clone(&self.template.shared.name),
            reason: one_line(&words, GUEST_TEXT_BYTES_MAX),
        })?;
        Ok(instance)
    }

    fn release(&self, instance: Instance) {
        if instance.is_worn() {
            self.template.shared.counters.add_recycled();
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

impl PooledInstance {
    /// The steps of the calls since the last time, if calls are traced. A call of a partitioner is a
    /// step for each message.
    pub fn take_steps(&mut self) -> Vec<Step> {
        self.tracer.as_mut().map(|tracer| std::mem::take(&mut tracer.steps)).unwrap_or_default()
    }

    /// Makes one call of a role: the only place where calls and traces meet. A call that is not
    /// traced costs one check more.
    pub(super) fn traced<S: TracedSubject, A: TracedAnswer>(
        &mut self,
        function: &'static str,
        subject: &mut S,
        call: impl FnOnce(&mut Self, &mut S) -> Result<A, CallError>,
    ) -> Result<A, CallError> {
        if self.tracer.is_none() {
            return call(self, subject);
        }
        let before = subject.message();
        self.collect_events();
        let began = Instant::now();
        let answer = call(self, subject);
        let took = began.elapsed();
        self.save_events();
        let (plugin, after) = (self.plugin.id(), subject.message());
        let ended = EndedCall { plugin, function, before, after, took };
        let Some(tracer) = &mut self.tracer else { return answer };
        match &answer {
            Ok(answer) => tracer.answered(ended, answer),
            Err(error) => tracer.failed(&ended, self.plugin.failed(error), subject.messages()),
        }
        answer
    }

    /// From now on the guest's log lines and host calls are kept.
    fn collect_events(&mut self) {
        if let (Some(_), Some(instance)) = (&self.tracer, &mut self.instance) {
            instance.state().events = Some(Box::default());
        }
    }

    /// Takes over what was kept, before the instance can be gone.
    fn save_events(&mut self) {
        if let (Some(tracer), Some(instance)) = (&mut self.tracer, &mut self.instance)
            && let Some(events) = instance.state().events.take()
        {
            tracer.events = *events;
        }
    }

    /// The instance in use, or another one after a failure or when it is worn: a long burst must
    /// not grow past the limit between two looks.
    pub(super) fn instance(&mut self) -> Result<&mut Instance, CallError> {
        if self.instance.as_ref().is_some_and(Instance::is_worn) {
            self.instance = None;
            self.plugin.template.shared.counters.add_recycled();
        }
        if self.instance.is_none() {
            self.take_instance()?;
        }
        let instance = self.instance.as_mut().expect("one was taken just above");
        instance.calls += 1;
        self.calls += 1;
        Ok(instance)
    }

    /// Takes an idle instance or makes one, unless the plugin is quarantined.
    fn take_instance(&mut self) -> Result<(), CallError> {
        let now = Instant::now();
        match self.plugin.quarantine.admit(now) {
            Admission::Trusted => {}
            Admission::Probe => self.is_probe = true,
            Admission::Refused { until } => {
                let left = until.saturating_duration_since(now);
                let plugin = Arc::clone(&self.plugin.template.shared.name);
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
                self.collect_events();
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Notes how a call ended. After a failure the instance is dropped.
    pub(super) fn settle<T>(&mut self, outcome: Result<T, CallError>) -> Result<T, CallError> {
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
        let plugin = Arc::clone(&self.plugin.template.shared.name);
        let error = CallError::BadAnswer { plugin, call, reason };
        self.note_failure(&error);
        error
    }

    fn fail<T>(&mut self, error: CallError) -> Result<T, CallError> {
        self.note_failure(&error);
        Err(error)
    }

    fn note_failure(&mut self, error: &CallError) {
        self.plugin.template.shared.counters.add_failure(error.kind());
        if !error.is_fault() {
            return;
        }
        self.plugin.template.shared.recent_lines.note(LogLevel::Error, &error.to_string());
        self.save_events();
        self.instance = None;
        self.is_probe = false;
        if self.plugin.quarantine.failed(Instant::now()) {
            warn!(plugin = self.plugin.name(), %error, "plugin quarantined");
            let why = "quarantined: it failed too often in a row, and is left alone for a while";
            self.plugin.template.shared.recent_lines.note(LogLevel::Warn, why);
        }
    }
}

impl Drop for PooledInstance {
    fn drop(&mut self) {
        self.plugin.template.shared.counters.add_calls(self.calls);
        if self.is_probe {
            self.plugin.quarantine.give_back_probe(Instant::now());
        }
        if let Some(mut instance) = self.instance.take() {
            instance.state().events = None;
            self.plugin.release(instance);
        }
    }
}
