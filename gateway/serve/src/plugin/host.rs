//! What a guest may reach, and the state of one instance that those host functions work on.
//!
//! One file for each interface of the contract that plugins import.

use std::sync::Arc;

use wasmtime::component::{HasSelf, Linker};

use super::{
    bindings::sluicegate::plugin::{
        burst as burst_interface, current as current_interface, log as log_interface,
        metrics as metrics_interface, redis as redis_interface, sql as sql_interface,
        types as types_interface,
    },
    limits::PluginLimits,
    logbook::LogBook,
    reach::{Reach, ReachInHand, StoreUse},
    recording::Heard,
    said::Said,
    stats::Counters,
};

mod burst;
mod current;
mod log;
mod memory;
mod metrics;
mod reaching;
mod redis;
mod sql;
mod wasi;

pub(super) use burst::BurstInHand;
pub(super) use current::{Access, MessageInHand};
pub(super) use log::LogGate;
pub(super) use memory::MemoryGuard;
pub(super) use wasi::{
    Wasi, is_satisfied as is_satisfied_wasi, link as link_wasi, may_block as may_block_wasi,
};

/// What all instances of a plugin have in common.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) name: Arc<str>,
    pub(super) counters: Counters,
    pub(super) log: LogGate,
    pub(super) book: Arc<LogBook>,
    /// What it was granted outside the process.
    pub(super) reach: Arc<Reach>,
    /// What becomes of its questions there.
    pub(super) store_use: StoreUse,
    /// A twin's lines are for the trace, not for the gateway's log.
    pub(super) is_twin: bool,
}

/// The host's side of one instance.
pub(super) struct HostState {
    pub(super) shared: Arc<Shared>,
    /// The message that the call now running is about.
    pub(super) message: Option<MessageInHand>,
    /// The burst that the call now running is about.
    pub(super) burst: BurstInHand,
    /// Held during a login, which may wait for stores.
    pub(super) reach: Option<ReachInHand>,
    pub(super) memory: MemoryGuard,
    /// What the guest said in the call now running, in case it fails.
    pub(super) said: Said,
    /// What a call that is recorded said and asked; `None` in all others.
    pub(super) heard: Option<Box<Heard>>,
    /// An empty world, for guests whose language runtime expects one.
    pub(super) wasi: Option<Box<Wasi>>,
}

impl HostState {
    pub(super) fn new(shared: Arc<Shared>, limits: &PluginLimits, with_wasi: bool) -> Self {
        Self {
            memory: MemoryGuard::new(Arc::clone(&shared), limits),
            shared,
            message: None,
            burst: BurstInHand::default(),
            reach: None,
            said: Said::default(),
            heard: None,
            wasi: with_wasi.then(Box::default),
        }
    }
}

/// Offers the interfaces of the contract; who may import which was checked before.
pub(super) fn link(linker: &mut Linker<HostState>) -> wasmtime::Result<()> {
    types_interface::add_to_linker::<HostState, HasSelf<HostState>>(linker, |state| state)?;
    log_interface::add_to_linker::<HostState, HasSelf<HostState>>(linker, |state| state)?;
    metrics_interface::add_to_linker::<HostState, HasSelf<HostState>>(linker, |state| state)?;
    current_interface::add_to_linker::<HostState, HasSelf<HostState>>(linker, |state| state)?;
    burst_interface::add_to_linker::<HostState, HasSelf<HostState>>(linker, |state| state)?;
    redis_interface::add_to_linker::<HostState, HasSelf<HostState>>(linker, |state| state)?;
    sql_interface::add_to_linker::<HostState, HasSelf<HostState>>(linker, |state| state)
}

impl types_interface::Host for HostState {}
