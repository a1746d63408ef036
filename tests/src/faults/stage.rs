//! Brokers, proxies and gateways of a run, and the faults that are done to them.

mod deeds;

use std::{collections::BTreeMap, io, time::Duration};

use tokio::time::{Instant, sleep};

use super::{
    address::Addresses,
    history::{MessageId, Place, Stored},
    proxy::Proxy,
    replicas,
    shape::{LOGINS, Shape, TOPIC},
};
use crate::{
    Gateway, gateway,
    kafka::{self, Cluster, Found, Space},
};

/// Settings that make brokers notice a dead one within seconds, as a fault lasts seconds.
const PROPERTIES: [(&str, &str); 4] = [
    ("broker.session.timeout.ms", "3000"),
    ("broker.heartbeat.interval.ms", "500"),
    // A paused follower must not hold up acknowledgements for half a minute.
    ("replica.lag.time.max.ms", "5000"),
    ("auto.leader.rebalance.enable", "false"),
];

/// What the gateways are told about the cluster.
const CLUSTER: &str = "session_timeout_ms = 6000\n";

/// Longest time for all copies to be in step again.
const HEAL_MAX: Duration = Duration::from_mins(1);

/// Letters of a log line that are shown.
const COMPLAINT_MAX: usize = 200;

/// Pause between two looks at the copies.
const HEAL_PAUSE: Duration = Duration::from_millis(200);

/// Everything but the clients.
#[derive(Debug)]
pub struct Stage {
    cluster: Cluster,
    space: Space,
    proxies: Vec<Proxy>,
    gateways: Vec<Gateway>,
    addresses: Addresses,
}

impl Stage {
    /// Starts brokers behind their proxies, the topic, and gateways; `None`, counted, where the
    /// machine has no Kafka.
    ///
    /// # Errors
    /// As the system says of the proxies.
    pub async fn start(shape: &Shape) -> io::Result<Option<Self>> {
        let mut proxies = Vec::new();
        let mut description = kafka::cluster().brokers(shape.brokers);
        for (key, value) in PROPERTIES {
            description = description.property(key, value);
        }
        for broker in 1..=shape.brokers {
            let proxy = Proxy::start().await?;
            description = description.advertise(broker, proxy.address());
            proxies.push(proxy);
        }
        let Some(cluster) = description.start().await else { return Ok(None) };
        for (index, proxy) in proxies.iter().enumerate() {
            proxy.lead_to(&cluster.address(index + 1));
        }
        let space = cluster.space();
        let copies = i16::try_from(shape.brokers.min(3)).expect("it is at most 3");
        space.outside().await.create_topic(TOPIC, shape.partitions, copies).await;
        let addresses = Addresses::default();
        let mut gateways = Vec::new();
        for n in 0..shape.gateways {
            let started = start_gateway(&space, shape).await;
            addresses.set(n, Some(started.address.clone()));
            gateways.push(started);
        }
        Ok(Some(Self { cluster, space, proxies, gateways, addresses }))
    }

    /// Where the gateways are, now and later.
    pub fn addresses(&self) -> Addresses {
        self.addresses.clone()
    }

    /// The brokers.
    pub fn cluster(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// Gateway `n`.
    pub fn gateway(&self, n: usize) -> &Gateway {
        &self.gateways[n]
    }

    /// Answers to Produce that the proxies saw, and those they dropped, delayed or cut.
    pub fn answers(&self) -> (u64, u64) {
        let seen = self.proxies.iter().map(Proxy::seen).sum();
        (seen, self.proxies.iter().map(Proxy::treated).sum())
    }

    /// Waits until all copies of everything are in step; false if that takes too long.
    pub async fn heal(&self) -> bool {
        let began = Instant::now();
        while began.elapsed() < HEAL_MAX {
            let mut are_in_step = true;
            for address in self.cluster.direct() {
                are_in_step &= replicas::are_in_step(&address).await;
            }
            if are_in_step {
                return true;
            }
            sleep(HEAL_PAUSE).await;
        }
        false
    }

    /// Everything in the topic, read past proxies and gateways, by partition and offset.
    ///
    /// # Panics
    /// If a record holds no message of ours.
    pub async fn content(&self) -> Vec<Stored> {
        let outside = self.space.outside().await;
        let mut records = Vec::new();
        for partition in 0..outside.partitions(TOPIC).await {
            records.extend(outside.read_partition(TOPIC, partition).await.iter().map(stored));
        }
        records
    }

    /// What the gateways' logs warn of since each was last started: equal lines once, with their
    /// number.
    pub fn complaints(&self) -> BTreeMap<String, usize> {
        let mut complaints = BTreeMap::new();
        for (n, gateway) in self.gateways.iter().enumerate() {
            for line in gateway.process().log().lines() {
                if let Some(complaint) = complaint(&line) {
                    *complaints.entry(format!("gateway {n}: {complaint}")).or_default() += 1;
                }
            }
        }
        complaints
    }
}

/// The words of a line that warns, or that is no event at all: a panic.
fn complaint(line: &str) -> Option<String> {
    let Ok(event) = serde_json::from_str::<serde_json::Value>(line) else {
        return Some(line.to_owned());
    };
    let is_harmless = matches!(event["level"].as_str(), Some("INFO" | "DEBUG" | "TRACE"));
    let error = event["error"].as_str().unwrap_or_default();
    let words = format!("{} {error}", event["message"].as_str().unwrap_or_default());
    (!is_harmless).then(|| words.chars().take(COMPLAINT_MAX).collect())
}

fn stored(found: &Found) -> Stored {
    let place = Place { partition: found.partition, offset: found.offset };
    let id = found.value.as_deref().and_then(MessageId::find);
    let id = id.unwrap_or_else(|| panic!("record {place} holds no message of ours: {found:?}"));
    Stored { place, id }
}

async fn start_gateway(space: &Space, shape: &Shape) -> Gateway {
    let protocol = format!("group_protocol = {:?}\n", shape.group_protocol);
    let gateway = gateway().kafka(space).cluster("main", CLUSTER).cluster("main", &protocol);
    gateway.plugin("auth-static", LOGINS).start().await
}
