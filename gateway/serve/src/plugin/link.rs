//! From a checked component to something that can be copied: imports resolved, functions found.

use std::sync::Arc;

use wasmtime::{
    Store,
    component::{Component, InstancePre, Linker},
};

use super::{
    bindings::exports::sluicegate::plugin::{
        authenticator, filter, lifecycle, partitioner, router, transcoder,
    },
    contract::{Outline, WasiUse},
    engine::Engine,
    host::{self, HostState},
    limits::PluginLimits,
    shared::Shared,
};
use crate::message::Role;

/// All that instances of one plugin have in common.
pub(super) struct InstanceTemplate {
    pub(super) engine: Engine,
    /// Shared with the forks of the plugin.
    pub(super) linked: Arc<Linked>,
    pub(super) outline: Outline,
    pub(super) shared: Arc<Shared>,
    pub(super) limits: PluginLimits,
    pub(super) settings_json: String,
}

/// A component whose imports are resolved and whose functions are found.
pub(super) struct Linked {
    pre: InstancePre<HostState>,
    lifecycle: lifecycle::GuestIndices,
    authenticator: Option<authenticator::GuestIndices>,
    filter: Option<filter::GuestIndices>,
    router: Option<router::GuestIndices>,
    partitioner: Option<partitioner::GuestIndices>,
    transcoder: Option<transcoder::GuestIndices>,
}

/// The functions of one instance.
pub(super) struct Exports {
    pub(super) lifecycle: lifecycle::Guest,
    pub(super) authenticator: Option<authenticator::Guest>,
    pub(super) filter: Option<filter::Guest>,
    pub(super) router: Option<router::Guest>,
    pub(super) partitioner: Option<partitioner::Guest>,
    pub(super) transcoder: Option<transcoder::Guest>,
}

/// The functions of a role that the plugin was checked to have.
pub(super) fn having<T>(role: Option<&T>) -> wasmtime::Result<&T> {
    role.ok_or_else(|| wasmtime::Error::msg("the plugin does not have the role it was called for"))
}

impl Linked {
    /// Resolves the imports and finds the functions of every role in `outline`.
    pub(super) fn new(component: &Component, outline: &Outline) -> wasmtime::Result<Self> {
        let mut linker = Linker::new(component.engine());
        host::link(&mut linker)?;
        if outline.wasi != WasiUse::None {
            host::wasi::link(&mut linker)?;
        }
        let pre = linker.instantiate_pre(component)?;
        let having = |role| outline.roles.contains(&role).then_some(&pre);
        Ok(Self {
            lifecycle: lifecycle::GuestIndices::new(&pre)?,
            authenticator: having(Role::Authenticator)
                .map(authenticator::GuestIndices::new)
                .transpose()?,
            filter: having(Role::Filter).map(filter::GuestIndices::new).transpose()?,
            router: having(Role::Router).map(router::GuestIndices::new).transpose()?,
            partitioner: having(Role::Partitioner)
                .map(partitioner::GuestIndices::new)
                .transpose()?,
            transcoder: having(Role::Transcoder).map(transcoder::GuestIndices::new).transpose()?,
            pre,
        })
    }

    /// Makes a copy in `store`. Guest code may run: its start function.
    pub(super) fn instantiate(&self, store: &mut Store<HostState>) -> wasmtime::Result<Exports> {
        let instance = &self.pre.instantiate(&mut *store)?;
        let authenticator = self.authenticator.as_ref();
        let filter = self.filter.as_ref();
        let router = self.router.as_ref();
        let partitioner = self.partitioner.as_ref();
        let transcoder = self.transcoder.as_ref();
        Ok(Exports {
            lifecycle: self.lifecycle.load(&mut *store, instance)?,
            authenticator: authenticator.map(|g| g.load(&mut *store, instance)).transpose()?,
            filter: filter.map(|g| g.load(&mut *store, instance)).transpose()?,
            router: router.map(|g| g.load(&mut *store, instance)).transpose()?,
            partitioner: partitioner.map(|g| g.load(&mut *store, instance)).transpose()?,
            transcoder: transcoder.map(|g| g.load(&mut *store, instance)).transpose()?,
        })
    }
}
