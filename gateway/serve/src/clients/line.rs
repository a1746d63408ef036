//! How a client shows in CLIENT LIST, and which clients are meant.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Client;
/// Which clients are meant; what is `None` or empty says nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) ids: Option<Vec<u64>>,
    pub(crate) address: Option<String>,
    pub(crate) local: Option<String>,
    pub(crate) user: Option<String>,
    /// Subscribers, or all others.
    pub(crate) listens: Option<bool>,
    /// Masters and replicas: there are none.
    pub(crate) is_nobody: bool,
    /// Connected for so many seconds, or longer.
    pub(crate) age_secs: Option<u64>,
    /// Not this one.
    pub(crate) but: Option<u64>,
}

impl Filter {
    pub(crate) fn fits(&self, client: &Client) -> bool {
        !self.is_nobody
            && self.but != Some(client.id())
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&client.id()))
            && self.address.as_ref().is_none_or(|address| *address == client.address())
            && self.local.as_ref().is_none_or(|local| *local == client.peer().local)
            && self.user.as_ref().is_none_or(|user| *user == client.texts().user)
            && self.listens.is_none_or(|listens| listens == client.listens())
            && self.age_secs.is_none_or(|age| client.age_secs() >= age)
    }
}

impl Client {
    /// `ip:port`; one of the unix socket has the socket's own path, as in Redis.
    fn address(&self) -> String {
        let peer = self.peer();
        if peer.address.contains(':') { peer.address.clone() } else { peer.local.clone() }
    }

    /// Redis' letters for what the client is doing.
    fn flags(&self) -> String {
        let in_transaction = self.queued.load(Ordering::Relaxed) >= 0;
        let is_local = !self.peer().address.contains(':');
        let letters = [
            (self.is_monitor(), 'O'),
            (self.listens(), 'P'),
            (in_transaction, 'x'),
            (self.is_blocked(), 'b'),
            (is_local, 'U'),
        ];
        let set: String = letters.iter().filter(|(is_set, _)| *is_set).map(|(_, l)| *l).collect();
        if set.is_empty() { "N".to_owned() } else { set }
    }

    /// The second word of its last command, where that is one of several under a name.
    pub(crate) fn subcommand(&self) -> String {
        self.texts().subcommand.clone()
    }

    /// The line of CLIENT LIST, in Redis' form. Sizes that the gateway does not keep are 0.
    pub(crate) fn line(&self, command: &str) -> String {
        let count = |count: &AtomicUsize| count.load(Ordering::Relaxed);
        let (chunks, waiting) = self.subscriber().map_or((0, 0), |s| s.waiting());
        let (address, flags) = (self.address(), self.flags());
        let unhandled = count(&self.unhandled);
        let texts = self.texts();
        format!(
            "id={id} addr={address} laddr={local} fd={fd} name={name} age={age} idle={idle} \
             flags={flags} db=0 sub={sub} psub={psub} ssub={ssub} multi={multi} qbuf={unhandled} \
             qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll={chunks} omem={waiting} \
             tot-mem={total} events=r cmd={command} user={user} redir=-1 resp={resp} \
             lib-name={library} lib-ver={version}\n",
            id = self.id(),
            local = self.peer().local,
            fd = self.peer().fd,
            name = texts.name,
            age = self.age_secs(),
            idle = self.idle_secs(),
            sub = count(&self.channels),
            psub = count(&self.patterns),
            ssub = count(&self.shards),
            multi = self.queued.load(Ordering::Relaxed),
            total = unhandled + waiting,
            user = texts.user,
            resp = if self.is_resp3() { 3 } else { 2 },
            library = texts.library,
            version = texts.version,
        )
    }
}
