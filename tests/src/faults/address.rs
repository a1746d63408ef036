//! Where the gateways are now: one that was killed comes back on another port.

use std::{
    sync::{Arc, RwLock},
    time::Duration,
};

use tokio::time::{sleep, timeout};

use crate::{Client, Reply};

/// Longest time for a connection and its login; a client that waits longer tries elsewhere.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// Pause between two attempts to connect.
const CONNECT_PAUSE: Duration = Duration::from_millis(50);

/// The gateways' addresses, shared by everyone who connects to them.
#[derive(Clone, Debug, Default)]
pub struct Addresses(Arc<RwLock<Vec<Option<String>>>>);

impl Addresses {
    /// Gateway `n` listens there now, or is down.
    pub fn set(&self, n: usize, address: Option<String>) {
        let mut addresses = self.0.write().expect("no holder panics");
        if addresses.len() <= n {
            addresses.resize(n + 1, None);
        }
        addresses[n] = address;
    }

    fn get(&self, n: usize) -> (usize, Option<String>) {
        let addresses = self.0.read().expect("no holder panics");
        let n = n % addresses.len().max(1);
        (n, addresses.get(n).cloned().flatten())
    }

    /// Connects to the gateway `first` names, or to the next one that takes the connection and
    /// these credentials; goes on until one does. Answers its number too.
    pub async fn connect(&self, first: usize, login: &[String]) -> (usize, Client) {
        for turn in first.. {
            if let (n, Some(address)) = self.get(turn)
                && let Ok(Some(client)) = timeout(CONNECT_MAX, log_in(&address, login)).await
            {
                return (n, client);
            }
            sleep(CONNECT_PAUSE).await;
        }
        unreachable!("numbers do not end")
    }
}

/// A connection that is logged in; `None` if it did not come so far.
async fn log_in(address: &str, login: &[String]) -> Option<Client> {
    let mut client = Client::connect(address).await.ok()?;
    client.write(&crate::client::encode(login)).await.ok()?;
    let reply = client.next().await.ok()??;
    (reply == Reply::Simple("OK".to_owned())).then_some(client)
}
