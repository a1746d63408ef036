//! What a guest can call, and the state of one instance that these host functions work on.
//!
//! One file for each interface of the contract that plugins import. Each implements its interface
//! on its own part of the state and knows no other.

use std::sync::Arc;

use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi::{WasiCtxView, WasiView};

use super::{
    bindings::sluicegate::plugin::{
        burst as burst_interface, current as current_interface, log as log_interface,
        metrics as metrics_interface, redis as redis_interface, sql as sql_interface,
        types as types_interface,
    },
    call_events::CallEvents,
    call_output::CallOutput,
    limits::PluginLimits,
    reach::StoreCallBudget,
    shared::Shared,
};

mod burst;
mod current;
mod log;
mod memory;
mod metrics;
mod reaching;
mod redis;
mod sql;
pub(super) mod wasi;

use burst::BurstInHand;
use current::Current;
use log::GuestLog;
use memory::MemoryGuard;
use metrics::GuestMetrics;
use reaching::StoreCaller;
use wasi::Wasi;

pub(super) use current::{Access, Changes};

/// The host's side of one instance.
pub(super) struct HostState {
    shared: Arc<Shared>,
    /// The message of the current call.
    pub(super) current: Current,
    /// The burst of the current call.
    pub(super) burst: BurstInHand,
    /// Held during a login, which may wait for stores.
    pub(super) reach: Option<StoreCallBudget>,
    pub(super) memory: MemoryGuard,
    /// What the guest said in the current call, in case it fails.
    pub(super) output: CallOutput,
    /// What the guest logs and asks in a traced call; `None` in all others.
    pub(super) events: Option<Box<CallEvents>>,
    /// An empty world, for guests whose language runtime expects one.
    wasi: Option<Box<Wasi>>,
}

impl HostState {
    /// The state of a new instance.
    pub(super) fn new(shared: Arc<Shared>, limits: &PluginLimits, wasi: Option<Box<Wasi>>) -> Self {
        Self {
            memory: MemoryGuard::new(Arc::clone(&shared), limits),
            shared,
            current: Current::default(),
            burst: BurstInHand::default(),
            reach: None,
            output: CallOutput::default(),
            events: None,
            wasi,
        }
    }

    fn log(&mut self) -> GuestLog<'_> {
        let events = self.events.as_deref_mut();
        GuestLog { plugin: &self.shared, output: &mut self.output, events }
    }

    fn metrics(&mut self) -> GuestMetrics<'_> {
        GuestMetrics(&self.shared.counters)
    }

    fn stores(&mut self) -> StoreCaller<'_> {
        let events = self.events.as_deref_mut();
        StoreCaller { plugin: &self.shared, access: self.reach.as_mut(), events }
    }
}

/// Offers the interfaces of the contract; who may import which was checked before.
pub(super) fn link(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    types_interface::add_to_linker::<_, HasSelf<HostState>>(linker, |state| state)?;
    log_interface::add_to_linker::<_, log::HasLog>(linker, HostState::log)?;
    metrics_interface::add_to_linker::<_, metrics::HasMetrics>(linker, HostState::metrics)?;
    current_interface::add_to_linker::<_, HasSelf<Current>>(linker, |state| &mut state.current)?;
    burst_interface::add_to_linker::<_, HasSelf<BurstInHand>>(linker, |state| &mut state.burst)?;
    redis_interface::add_to_linker::<_, reaching::HasStores>(linker, HostState::stores)?;
    sql_interface::add_to_linker::<_, reaching::HasStores>(linker, HostState::stores)
}

impl types_interface::Host for HostState {}

impl WasiView for HostState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.wasi.as_mut().expect("WASI is linked only where the state has it").view()
    }
}
