//! A proxy before one broker. It understands just enough of Kafka's framing to know which answers
//! belong to a Produce, and can drop, delay or cut those; everything else passes untouched.

mod frames;
mod link;

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What happens to the answers to Produce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Treatment {
    /// They pass.
    #[default]
    Pass,
    /// They vanish; the connection stays.
    Drop,
    /// They, and what comes behind them, come so much later.
    Delay(Duration),
    /// In their place the connection ends.
    Cut,
}

/// A listening proxy; it and its connections end when this is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: String,
    shared: Arc<Shared>,
    target: watch::Sender<String>,
    accepting: JoinHandle<()>,
}

/// What the proxy and its connections share.
#[derive(Debug, Default)]
struct Shared {
    orders: Mutex<Orders>,
    fetches: Mutex<Fetches>,
}

/// Fetch requests that came by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fetches {
    /// All of them.
    pub asked: u64,
    /// Connections that asked for the first time.
    pub connections: u64,
    /// Without an answer now.
    pub open: u64,
    /// Without an answer at the same time, at most.
    pub most_open: u64,
}

/// What is to be done, and what was done.
#[derive(Debug, Default)]
struct Orders {
    treatment: Treatment,
    /// Answers that are still to be treated so; then they pass again.
    left: u64,
    /// Answers that were treated.
    treated: u64,
    /// Answers to Produce that came by, treated or not.
    seen: u64,
}

impl Shared {
    fn fetch_asked(&self, first_of_connection: bool) {
        let mut fetches = self.fetches.lock().expect("no holder panics");
        fetches.asked += 1;
        fetches.connections += u64::from(first_of_connection);
        fetches.open += 1;
        fetches.most_open = fetches.most_open.max(fetches.open);
    }

    fn fetch_answered(&self) {
        self.fetches.lock().expect("no holder panics").open -= 1;
    }

    /// What to do with one more answer to a Produce.
    fn next(&self) -> Treatment {
        let mut orders = self.orders.lock().expect("no holder panics");
        orders.seen += 1;
        if orders.left == 0 || orders.treatment == Treatment::Pass {
            return Treatment::Pass;
        }
        orders.left -= 1;
        orders.treated += 1;
        orders.treatment
    }
}

impl Proxy {
    /// Listens on a free port; connections wait for [`Self::lead_to`].
    ///
    /// # Errors
    /// As the system says.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let shared = Arc::new(Shared::default());
        let (target, led) = watch::channel(String::new());
        let accepting = tokio::spawn(accept(listener, led, Arc::clone(&shared)));
        Ok(Self { address, shared, target, accepting })
    }

    /// Where it listens, `ip:port`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Leads new connections to this address.
    pub fn lead_to(&self, address: &str) {
        self.target.send_replace(address.to_owned());
    }

    /// Treats the next `count` answers to Produce so, over all connections; then they pass again.
    pub fn treat(&self, treatment: Treatment, count: u64) {
        let mut orders = self.shared.orders.lock().expect("no holder panics");
        (orders.treatment, orders.left) = (treatment, count);
    }

    /// Answers to Produce that were dropped, delayed or cut so far.
    pub fn treated(&self) -> u64 {
        self.shared.orders.lock().expect("no holder panics").treated
    }

    /// Begins to count Fetch requests anew; those without an answer stay open.
    pub fn forget_fetches(&self) {
        let mut fetches = self.shared.fetches.lock().expect("no holder panics");
        *fetches = Fetches { open: fetches.open, most_open: fetches.open, ..Fetches::default() };
    }

    /// Fetch requests so far.
    pub fn fetches(&self) -> Fetches {
        *self.shared.fetches.lock().expect("no holder panics")
    }

    /// Answers to Produce that came by so far.
    pub fn seen(&self) -> u64 {
        self.shared.orders.lock().expect("no holder panics").seen
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Connections end with this task, since it owns theirs.
async fn accept(listener: TcpListener, target: watch::Receiver<String>, shared: Arc<Shared>) {
    let mut links = JoinSet::new();
    loop {
        let Ok((client, _)) = listener.accept().await else { continue };
        let (target, shared) = (target.clone(), Arc::clone(&shared));
        links.spawn(async move {
            let Some(broker) = reach(target).await else { return };
            link::pass(client, broker, &shared).await;
        });
        while links.try_join_next().is_some() {}
    }
}

/// The broker, or `None` if it is down: then the client's connection ends at once.
async fn reach(mut target: watch::Receiver<String>) -> Option<TcpStream> {
    let address = target.wait_for(|address| !address.is_empty()).await.ok()?.clone();
    let broker = TcpStream::connect(address).await.ok()?;
    broker.set_nodelay(true).ok()?;
    Some(broker)
}

#[cfg(test)]
mod tests;
