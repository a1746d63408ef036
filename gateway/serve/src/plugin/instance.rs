//! One running copy of a plugin, and the guard around each of its calls.

use std::{sync::Arc, thread};

use tokio::runtime::{Handle, RuntimeFlavor};
use wasmtime::Store;

use super::{
    call::{CONFIGURE, Call, START},
    call_error::CallError,
    contract::WasiUse,
    engine::InstancePermit,
    fault::{self, Circumstances},
    host::HostState,
    link::{Exports, InstanceTemplate},
};

/// One copy. After a failed call it must not be used again: its memory may be in any state.
pub(super) struct Instance {
    store: Store<HostState>,
    exports: Exports,
    template: Arc<InstanceTemplate>,
    /// Role calls so far.
    pub(super) calls: u64,
    /// Memory it had when it was configured, and the mark that follows from that.
    configured_bytes: usize,
    recycle_above: Option<usize>,
    /// Counted until the instance is dropped.
    _permit: InstancePermit,
    _counted: Counted,
}

/// Keeps the plugin's count of instances true.
struct Counted(Arc<InstanceTemplate>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.shared.counters.give_back_instance();
    }
}

impl Instance {
    /// Makes a copy, if the limits of the plugin and the process allow one more.
    pub(super) fn new(template: &Arc<InstanceTemplate>) -> Result<Self, CallError> {
        let limits = &template.limits;
        let shared = &template.shared;
        let busy = |limit| CallError::Busy { plugin: Arc::clone(&shared.name), limit };
        if !shared.counters.take_instance(limits.instances_max) {
            return Err(busy(limits.instances_max));
        }
        let counted = Counted(Arc::clone(template));
        let permit =
            template.engine.instance_permit().ok_or_else(|| busy(template.engine.instances()))?;
        let wasi = (template.outline.wasi != WasiUse::None).then(Box::default);
        let state = HostState::new(Arc::clone(shared), limits, wasi);
        let mut store = Store::new(template.engine.wasm(), state);
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(limits.result_bytes_max);
        let call = Call { name: START, limit: limits.start_deadline };
        let exports =
            guarded(&mut store, template, call, |store| template.linked.instantiate(store))?;
        let template = Arc::clone(template);
        Ok(Self {
            store,
            exports,
            template,
            calls: 0,
            configured_bytes: 0,
            recycle_above: None,
            _permit: permit,
            _counted: counted,
        })
    }

    /// Hands the settings to the instance; the inner error holds the plugin's own words.
    pub(super) fn configure(&mut self) -> Result<Result<(), String>, CallError> {
        let template = Arc::clone(&self.template);
        let call = Call { name: CONFIGURE, limit: template.limits.start_deadline };
        let settings = template.settings_json.as_str();
        let agreed =
            self.call(call, |store, exports| exports.lifecycle.call_configure(store, settings))?;
        self.begins_to_work();
        Ok(agreed)
    }

    /// Calls a function of the guest within its limits.
    pub(super) fn call<T: Send>(
        &mut self,
        call: Call,
        run: impl FnOnce(&mut Store<HostState>, &Exports) -> wasmtime::Result<T> + Send,
    ) -> Result<T, CallError> {
        let exports = &self.exports;
        guarded(&mut self.store, &self.template, call, |store| run(store, exports))
    }

    pub(super) fn state(&mut self) -> &mut HostState {
        self.store.data_mut()
    }

    /// Called when it is configured: what its memory grows by from here on comes of its calls.
    fn begins_to_work(&mut self) {
        let limits = &self.template.limits;
        let bytes = self.store.data().memory.bytes();
        self.configured_bytes = bytes;
        self.recycle_above = limits.recycle_above_bytes.of(bytes, limits.memory_bytes_max);
        self.template.shared.counters.set_recycle_above(self.recycle_above);
    }

    /// True once it has served its time or its memory has grown to the mark.
    pub(super) fn is_worn(&self) -> bool {
        let bytes = self.store.data().memory.bytes();
        let limit = self.template.limits.recycle_after_calls;
        limit.is_some_and(|calls| self.calls >= calls)
            || (bytes > self.configured_bytes && self.recycle_above.is_some_and(|m| bytes >= m))
    }
}

/// Runs guest code in `store` with the clock set, and puts a failure into words.
fn guarded<T: Send>(
    store: &mut Store<HostState>,
    template: &InstanceTemplate,
    call: Call,
    run: impl FnOnce(&mut Store<HostState>) -> wasmtime::Result<T> + Send,
) -> Result<T, CallError> {
    store.set_epoch_deadline(call.ticks());
    let state = store.data_mut();
    state.memory.forget_refused();
    state.output.forget();
    let outcome = if template.outline.wasi == WasiUse::MayBlock {
        may_block(|| run(&mut *store))
    } else {
        run(&mut *store)
    };
    outcome.map_err(|error| {
        let state = store.data_mut();
        let (refused, output) = (state.memory.refused(), std::mem::take(&mut state.output));
        fault::into_words(&error, call, Circumstances { refused, output }, template)
    })
}

/// Runs `call` where host functions may wait for a future, as WASI's do.
///
/// Waiting inside a task panics, so the worker thread is given up for that long. Only plugins that
/// import the parts of WASI that wait pay for it.
fn may_block<T: Send>(call: impl FnOnce() -> T + Send) -> T {
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Err(_) => call(),
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(call),
        Ok(_) => thread::scope(|scope| {
            scope.spawn(call).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        }),
    }
}
