//! Who is connected, and what one client may do to another: CLIENT LIST, KILL, UNBLOCK.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

mod client;
mod line;
mod monitors;

pub use client::Peer;
pub(crate) use client::{Client, Interrupt};
pub(crate) use line::Filter;
pub(crate) use monitors::MonitorHandle;
pub use monitors::Monitors;

/// All connected clients.
#[derive(Debug)]
pub struct Registry {
    next: AtomicU64,
    /// Those in a blocking command.
    blocked: AtomicUsize,
    /// Held for one look or change, never across an await.
    clients: Mutex<BTreeMap<u64, Arc<Client>>>,
}

impl Default for Registry {
    fn default() -> Self {
        Self { next: AtomicU64::new(1), blocked: AtomicUsize::new(0), clients: Mutex::default() }
    }
}

impl Registry {
    fn clients(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a client on the list until its handle is dropped.
    pub(crate) fn register(self: &Arc<Self>, peer: Peer) -> ClientHandle {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let client = Arc::new(Client::new(id, peer));
        self.clients().insert(id, Arc::clone(&client));
        ClientHandle { entry: client, registry: Arc::clone(self) }
    }

    /// How many are connected.
    pub(crate) fn count(&self) -> usize {
        self.clients().len()
    }

    /// How many wait in a blocking command.
    pub(crate) fn blocked(&self) -> usize {
        self.blocked.load(Ordering::Relaxed)
    }

    /// Addresses (`ip:port`) of the clients that consume in a group; those of a unix socket have
    /// none.
    pub(crate) fn addresses_in(&self, group: &str) -> Vec<String> {
        let clients = self.clients();
        let members = clients.values().filter(|client| client.texts().group == group);
        let addresses = members.map(|client| client.peer().address.clone());
        addresses.filter(|address| address.contains(':')).collect()
    }

    /// The client with this id.
    pub(crate) fn get(&self, id: u64) -> Option<Arc<Client>> {
        self.clients().get(&id).cloned()
    }

    /// The clients that fit, by id.
    pub(crate) fn select(&self, filter: &Filter) -> Vec<Arc<Client>> {
        self.clients().values().filter(|client| filter.fits(client)).cloned().collect()
    }
}

/// One client's entry in the list, removed when this is dropped.
#[derive(Debug)]
pub(crate) struct ClientHandle {
    entry: Arc<Client>,
    registry: Arc<Registry>,
}

impl ClientHandle {
    pub(crate) fn id(&self) -> u64 {
        self.entry.id()
    }

    pub(crate) fn entry(&self) -> &Arc<Client> {
        &self.entry
    }

    /// Rung when an order has come, or a message for a subscriber.
    pub(crate) fn notify(&self) -> &Arc<Notify> {
        self.entry.notify()
    }

    /// The client waits in a blocking command, until that has ended.
    pub(crate) fn block(&self) {
        if self.entry.set_blocked(true) {
            self.registry.blocked.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The command has ended, and with it any wish to end its wait.
    pub(crate) fn unblock(&self) {
        if self.entry.set_blocked(false) {
            self.registry.blocked.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn set_user(&self, user: &str) {
        user.clone_into(&mut self.entry.texts().user);
    }

    pub(crate) fn set_name(&self, name: &str) {
        name.clone_into(&mut self.entry.texts().name);
    }

    pub(crate) fn set_group(&self, group: &str) {
        group.clone_into(&mut self.entry.texts().group);
    }

    pub(crate) fn set_library(&self, name: &str) {
        name.clone_into(&mut self.entry.texts().library);
    }

    pub(crate) fn set_library_version(&self, version: &str) {
        version.clone_into(&mut self.entry.texts().version);
    }

    pub(crate) fn name(&self) -> String {
        self.entry.texts().name.clone()
    }

    pub(crate) fn peer(&self) -> String {
        self.entry.peer().address.clone()
    }
}

impl Drop for ClientHandle {
    fn drop(&mut self) {
        self.unblock();
        self.registry.clients().remove(&self.id());
    }
}
