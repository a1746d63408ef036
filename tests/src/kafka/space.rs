//! Names of its own in a Kafka that many tests share.

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use super::{NEWEST, Outside, Tools};
use crate::missing;

/// Where Kafka is, and how names of this test begin in it.
#[derive(Clone, Debug)]
pub struct Space {
    bootstrap: Vec<String>,
    direct: Vec<String>,
    prefix: String,
    version: String,
}

/// A name space of its own in the Kafka that `SLUICEGATE_KAFKA` names, as the program
/// `with-kafka` sets it; `None`, counted, where nothing is set.
pub fn space() -> Option<Space> {
    let Ok(address) = env::var("SLUICEGATE_KAFKA") else {
        missing::skip("SLUICEGATE_KAFKA names no Kafka: run it inside `with-kafka`");
        return None;
    };
    let version = env::var("SLUICEGATE_KAFKA_VERSION").unwrap_or_else(|_| NEWEST.to_owned());
    let bootstrap = vec![address];
    Some(Space::new(bootstrap.clone(), bootstrap, &version))
}

impl Space {
    pub(super) fn new(bootstrap: Vec<String>, direct: Vec<String>, version: &str) -> Self {
        Self { bootstrap, direct, prefix: prefix(), version: version.to_owned() }
    }

    /// Where clients find Kafka.
    pub fn bootstrap(&self) -> &[String] {
        &self.bootstrap
    }

    /// How names begin, with its dot.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Kafka's name of a topic or group.
    pub fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A client past the gateway, which is asked for topics by their names without the prefix.
    pub async fn outside(&self) -> Outside {
        Outside::connect(&self.direct, &self.prefix).await
    }

    /// Kafka's own tools; names are Kafka's.
    pub fn tools(&self) -> Tools {
        Tools::new(&self.direct, &self.version)
    }
}

/// Unlike any other of this machine's: process, time and count.
fn prefix() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("t{:x}-{:x}-{count}.", since.as_millis() % (1 << 32), process::id())
}
