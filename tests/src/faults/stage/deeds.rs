//! The faults, done and undone.

use std::{fs, time::Duration};

use serde_json::json;
use tokio::time::sleep;

use super::{Stage, TOPIC};
use crate::{
    console::tell,
    faults::{clients::Clients, fault::Fault, proxy::Treatment},
    kafka::{Outside, Tools},
};

/// Where Kafka keeps the groups' offsets: the leader of a partition is the coordinator of groups.
const OFFSETS: &str = "__consumer_offsets";

impl Stage {
    /// Does the fault, and undoes it after its time; what cannot be undone heals by itself.
    pub async fn apply(&mut self, fault: &Fault, partitions: u32, clients: &Clients) {
        match *fault {
            Fault::KillBroker { broker, down } => self.kill_brokers(&[broker], down).await,
            Fault::KillTwoBrokers { left, down } => {
                let others: Vec<_> = (1..=self.cluster.len()).filter(|n| *n != left).collect();
                self.kill_brokers(&others[..others.len().min(2)], down).await;
            }
            Fault::RestartBroker { broker, down } => {
                self.cluster.stop(broker).await;
                sleep(down).await;
                self.cluster.start_again(broker).await;
            }
            Fault::PauseBroker { broker, time } => {
                self.cluster.pause(broker);
                sleep(time).await;
                self.cluster.resume(broker);
            }
            Fault::MoveLeaders { shift } => self.move_leaders(shift, partitions).await,
            Fault::TreatAnswers { treatment, count, time } => {
                self.treat(treatment, count, time).await;
            }
            Fault::StrictReplicas { broker, down } => self.strict_replicas(broker, down).await,
            Fault::KillGateway { gateway, down } => self.kill_gateway(gateway, down).await,
            Fault::KillClients { draw } => clients.break_off(draw),
        }
    }

    async fn kill_brokers(&mut self, brokers: &[usize], down: Duration) {
        for broker in brokers {
            self.cluster.kill(*broker).await;
        }
        sleep(down).await;
        // One alone may have no majority to start with.
        for broker in brokers {
            self.cluster.launch(*broker);
        }
        for broker in brokers {
            self.cluster.serves(*broker).await;
        }
    }

    async fn treat(&mut self, treatment: Treatment, count: u64, time: Duration) {
        for proxy in &self.proxies {
            proxy.treat(treatment, count);
        }
        sleep(time).await;
        for proxy in &self.proxies {
            proxy.treat(Treatment::Pass, 0);
        }
    }

    async fn strict_replicas(&mut self, broker: usize, down: Duration) {
        let topic = self.space.name(TOPIC);
        let tools = self.space.tools();
        tools.configure_topic(&topic, "min.insync.replicas=3").await;
        self.kill_brokers(&[broker], down).await;
        tools.configure_topic(&topic, "min.insync.replicas=2").await;
    }

    async fn kill_gateway(&mut self, n: usize, down: Duration) {
        self.addresses.set(n, None);
        self.gateways[n].kill().await;
        sleep(down).await;
        self.gateways[n].start_again().await;
        self.addresses.set(n, Some(self.gateways[n].address.clone()));
    }

    /// Turns the order of each partition's replicas by `shift`, so that another one is preferred,
    /// and has the preferred ones elected.
    async fn move_leaders(&self, shift: usize, partitions: u32) {
        let outside = Outside::connect(&self.cluster.direct(), "").await;
        let ours = (0..partitions).map(|partition| (self.space.name(TOPIC), partition));
        let offsets = (0..outside.partitions(OFFSETS).await).map(|n| (OFFSETS.to_owned(), n));
        let brokers = self.cluster.len();
        let moves: Vec<_> = ours
            .chain(offsets)
            .map(|(topic, partition)| {
                let first = shift + partition as usize;
                let replicas: Vec<_> = (0..brokers).map(|n| 1 + (first + n) % brokers).collect();
                json!({ "topic": topic, "partition": partition, "replicas": replicas })
            })
            .collect();
        let plan = json!({ "version": 1, "partitions": moves });
        // Kafka may refuse it while it still moves what was moved before: then nothing is moved.
        let done = tokio::spawn(reassign(self.space.tools(), plan)).await;
        if done.is_err() {
            tell("the leaders could not be moved");
        }
    }
}

async fn reassign(tools: Tools, plan: serde_json::Value) {
    let folder = tempfile::TempDir::new().expect("a temporary folder can be made");
    let file = folder.path().join("plan.json");
    fs::write(&file, plan.to_string()).expect("it can be written");
    let file = file.display().to_string();
    let class = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
    tools.run(class, &["--reassignment-json-file", &file, "--execute"]).await;
    tools.elect_preferred_leaders().await;
}
