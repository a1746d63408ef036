//! Who is connected: what CLIENT LIST shows.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

/// All connected clients.
#[derive(Debug)]
pub struct Registry {
    next: AtomicU64,
    /// Held for reading or changing one entry, never across an await.
    clients: Mutex<BTreeMap<u64, Client>>,
}

#[derive(Debug)]
struct Client {
    peer: String,
    user: String,
    name: String,
    /// The group it is a member of; empty if it is of none.
    group: String,
    library: String,
    version: String,
    since: Instant,
}

impl Default for Registry {
    fn default() -> Self {
        Self { next: AtomicU64::new(1), clients: Mutex::default() }
    }
}

impl Registry {
    fn clients(&self) -> MutexGuard<'_, BTreeMap<u64, Client>> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a client on the list until its card is dropped.
    pub(super) fn register(self: &Arc<Self>, peer: String) -> Card {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let client = Client {
            peer,
            user: "default".into(),
            name: String::new(),
            group: String::new(),
            library: String::new(),
            version: String::new(),
            since: Instant::now(),
        };
        self.clients().insert(id, client);
        Card { id, registry: Arc::clone(self) }
    }

    /// How many are connected.
    pub(super) fn count(&self) -> usize {
        self.clients().len()
    }

    /// Addresses (`ip:port`) of the clients that consume in a group; those of a unix socket have
    /// none.
    pub(crate) fn addresses_in(&self, group: &str) -> Vec<String> {
        let clients = self.clients();
        let members = clients.values().filter(|c| c.group == group && c.peer.contains(':'));
        members.map(|client| client.peer.clone()).collect()
    }

    /// One line a client, in Redis' form; `only` limits it to one.
    pub(super) fn list(&self, only: Option<u64>) -> String {
        let mut lines = String::new();
        for (id, client) in self.clients().iter().filter(|(id, _)| only.is_none_or(|o| o == **id)) {
            let age = client.since.elapsed().as_secs();
            lines.push_str(&format!(
                "id={id} addr={} name={} age={age} db=0 user={} lib-name={} lib-ver={}\n",
                client.peer, client.name, client.user, client.library, client.version
            ));
        }
        lines
    }
}

/// One client's entry.
#[derive(Debug)]
pub(super) struct Card {
    id: u64,
    registry: Arc<Registry>,
}

impl Card {
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    fn change(&self, change: impl FnOnce(&mut Client)) {
        if let Some(client) = self.registry.clients().get_mut(&self.id) {
            change(client);
        }
    }

    pub(super) fn set_user(&self, user: &str) {
        self.change(|client| user.clone_into(&mut client.user));
    }

    pub(super) fn set_name(&self, name: &str) {
        self.change(|client| name.clone_into(&mut client.name));
    }

    pub(super) fn set_group(&self, group: &str) {
        self.change(|client| group.clone_into(&mut client.group));
    }

    pub(super) fn set_library(&self, name: &str) {
        self.change(|client| name.clone_into(&mut client.library));
    }

    pub(super) fn set_library_version(&self, version: &str) {
        self.change(|client| version.clone_into(&mut client.version));
    }

    pub(super) fn name(&self) -> String {
        self.registry.clients().get(&self.id).map(|c| c.name.clone()).unwrap_or_default()
    }

    pub(super) fn peer(&self) -> String {
        self.registry.clients().get(&self.id).map(|c| c.peer.clone()).unwrap_or_default()
    }
}

impl Drop for Card {
    fn drop(&mut self) {
        self.registry.clients().remove(&self.id);
    }
}
