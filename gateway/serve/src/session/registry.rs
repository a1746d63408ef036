//! Who is connected, and what one client may do to another: CLIENT LIST, KILL, UNBLOCK.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

use super::monitor::Monitors;

mod client;
mod line;

pub use client::Peer;
pub(super) use client::{Client, Order};
pub(super) use line::Filter;

/// All connected clients.
#[derive(Debug)]
pub struct Registry {
    next: AtomicU64,
    /// Those in a blocking command.
    blocked: AtomicUsize,
    /// Those who see the commands of all.
    pub(super) monitors: Monitors,
    /// Held for one look or change, never across an await.
    clients: Mutex<BTreeMap<u64, Arc<Client>>>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            next: AtomicU64::new(1),
            blocked: AtomicUsize::new(0),
            monitors: Monitors::default(),
            clients: Mutex::default(),
        }
    }
}

impl Registry {
    fn clients(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Client>>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a client on the list until its card is dropped.
    pub(super) fn register(self: &Arc<Self>, peer: Peer) -> Card {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let client = Arc::new(Client::new(id, peer));
        self.clients().insert(id, Arc::clone(&client));
        Card { client, registry: Arc::clone(self) }
    }

    /// How many are connected.
    pub(super) fn count(&self) -> usize {
        self.clients().len()
    }

    /// How many wait in a blocking command.
    pub(super) fn blocked(&self) -> usize {
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
    pub(super) fn get(&self, id: u64) -> Option<Arc<Client>> {
        self.clients().get(&id).cloned()
    }

    /// The clients that fit, by id.
    pub(super) fn select(&self, filter: &Filter) -> Vec<Arc<Client>> {
        self.clients().values().filter(|client| filter.fits(client)).cloned().collect()
    }
}

/// One client's place on the list, held by its session.
#[derive(Debug)]
pub(super) struct Card {
    client: Arc<Client>,
    registry: Arc<Registry>,
}

impl Card {
    pub(super) fn id(&self) -> u64 {
        self.client.id()
    }

    pub(super) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// Rung when an order has come, or a message for a subscriber.
    pub(super) fn bell(&self) -> &Arc<Notify> {
        self.client.bell()
    }

    /// The client waits in a blocking command, until that has ended.
    pub(super) fn block(&self) {
        if self.client.set_blocked(true) {
            self.registry.blocked.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The command has ended, and with it any wish to end its wait.
    pub(super) fn unblock(&self) {
        if self.client.set_blocked(false) {
            self.registry.blocked.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(super) fn set_user(&self, user: &str) {
        user.clone_into(&mut self.client.texts().user);
    }

    pub(super) fn set_name(&self, name: &str) {
        name.clone_into(&mut self.client.texts().name);
    }

    pub(super) fn set_group(&self, group: &str) {
        group.clone_into(&mut self.client.texts().group);
    }

    pub(super) fn set_library(&self, name: &str) {
        name.clone_into(&mut self.client.texts().library);
    }

    pub(super) fn set_library_version(&self, version: &str) {
        version.clone_into(&mut self.client.texts().version);
    }

    pub(super) fn name(&self) -> String {
        self.client.texts().name.clone()
    }

    pub(super) fn peer(&self) -> String {
        self.client.peer().address.clone()
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.unblock();
        self.registry.clients().remove(&self.id());
    }
}
