//! One broker: its ports, its folder, its process.

use std::{collections::BTreeSet, fs, path::PathBuf, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use tokio::{process::Command, time::timeout};

use super::{Listener, Outside, jars};
use crate::{
    command::finish,
    process::{PATIENCE, Process},
};

/// Heap of a broker in megabytes; three of them fit on a small machine.
const HEAP_MB: u32 = 320;

/// Any UUID will do: clusters that do not know each other may share it.
const CLUSTER_ID: &str = "U2x1aWNlZ2F0ZVRlc3RzMQ";

/// What a broker writes when it takes part in the cluster and serves clients.
const STARTED: &str = "Kafka Server started";

/// One broker, running or not.
#[derive(Debug)]
pub(super) struct Node {
    /// From 1.
    pub(super) number: usize,
    pub(super) ports: Ports,
    /// The further listeners and their ports.
    pub(super) further: Vec<(Listener, u16)>,
    /// What it tells clients to connect to.
    pub(super) advertised: String,
    /// Its properties and its data.
    pub(super) folder: PathBuf,
    pub(super) process: Option<Process>,
}

/// The listeners that every broker has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ports {
    /// For the quorum.
    pub(super) controller: u16,
    /// For the other brokers, and for tests that must not go through a proxy.
    pub(super) internal: u16,
    /// For clients.
    pub(super) client: u16,
}

impl Node {
    /// Writes its properties.
    pub(super) fn write(&self, cluster: &[(usize, Ports)], more: &[(String, String)]) {
        fs::create_dir_all(self.data()).expect("the folder is new");
        fs::write(self.file(), self.properties(cluster, more)).expect("it can be written");
    }

    /// Makes its data folder that of a new cluster.
    ///
    /// # Panics
    /// If Kafka does not take the properties; the message shows what it says.
    pub(super) async fn format(&self, version: &str) {
        let mut format = jars::java(version, 128, "kafka.tools.StorageTool");
        format.args(["format", "--cluster-id", CLUSTER_ID, "--config"]).arg(self.file());
        let users = self.further.iter().filter_map(|(listener, _)| listener.scram_user());
        for user in users.collect::<BTreeSet<_>>() {
            format.args(["--add-scram", &user]);
        }
        finish(format, "").await.output_of_success();
    }

    /// Makes its data folder that of another broker of the same new cluster: a Java less.
    pub(super) fn format_like(&self, first: &Self) {
        let file = "bootstrap.checkpoint";
        fs::copy(first.data().join(file), self.data().join(file)).expect("it was formatted");
        let id = [u8::try_from(self.number).expect("brokers are few"); 16];
        let meta = format!(
            "version=1\ncluster.id={CLUSTER_ID}\nnode.id={}\ndirectory.id={}\n",
            self.number,
            URL_SAFE_NO_PAD.encode(id)
        );
        fs::write(self.data().join("meta.properties"), meta).expect("it can be written");
    }

    /// Starts its process without waiting for it.
    pub(super) fn launch(&mut self, version: &str) {
        let mut command: Command = jars::java(version, HEAP_MB, "kafka.Kafka");
        command.arg(self.file()).current_dir(&self.folder);
        self.process = Some(Process::start(command));
    }

    /// Waits until it takes part in the cluster and answers clients.
    ///
    /// # Errors
    /// Its log, if it ends or takes too long.
    pub(super) async fn serves(&mut self) -> Result<(), String> {
        let process = self.process.as_mut().expect("it was launched");
        let log = process.log().clone();
        let started = async {
            // Twice the patience: several Javas may start at once on few cores.
            log.wait_for(STARTED).await.is_some() || log.wait_for(STARTED).await.is_some()
        };
        let is_started = tokio::select! {
            is_started = started => is_started,
            () = ended(process) => false,
        };
        let direct = vec![format!("127.0.0.1:{}", self.ports.internal)];
        let answers = async {
            while Outside::try_connect(&direct).await.is_err() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        if is_started && timeout(PATIENCE, answers).await.is_ok() {
            return Ok(());
        }
        // The pipe may still hold the last lines.
        tokio::time::sleep(Duration::from_millis(50)).await;
        Err(log.text())
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn file(&self) -> PathBuf {
        self.folder.join("server.properties")
    }

    fn properties(&self, cluster: &[(usize, Ports)], more: &[(String, String)]) -> String {
        let Ports { controller, internal, client } = self.ports;
        let voters = cluster.iter().map(|(n, ports)| format!("{n}@127.0.0.1:{}", ports.controller));
        let copies = cluster.len().min(3);
        let in_sync = copies.div_ceil(2);
        let (mut listeners, mut advertised, mut protocols) =
            (String::new(), String::new(), String::new());
        for (listener, port) in &self.further {
            let name = &listener.name;
            listeners += &format!(",{name}://127.0.0.1:{port}");
            advertised += &format!(",{name}://127.0.0.1:{port}");
            protocols += &format!(",{name}:{}", listener.protocol());
        }
        let mut text = format!(
            "process.roles=broker,controller\n\
             node.id={number}\n\
             controller.quorum.voters={voters}\n\
             controller.listener.names=CONTROLLER\n\
             inter.broker.listener.name=INTERNAL\n\
             listeners=CONTROLLER://127.0.0.1:{controller},INTERNAL://127.0.0.1:{internal},\
             CLIENT://127.0.0.1:{client}{listeners}\n\
             advertised.listeners=INTERNAL://127.0.0.1:{internal},CLIENT://{told}{advertised}\n\
             listener.security.protocol.map=CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,\
             CLIENT:PLAINTEXT{protocols}\n\
             log.dirs={data}\n\
             num.partitions=1\n\
             auto.create.topics.enable=false\n\
             default.replication.factor={copies}\n\
             min.insync.replicas={in_sync}\n\
             offsets.topic.replication.factor={copies}\n\
             offsets.topic.num.partitions=3\n\
             transaction.state.log.replication.factor={copies}\n\
             transaction.state.log.min.isr={in_sync}\n\
             transaction.state.log.num.partitions=3\n\
             group.initial.rebalance.delay.ms=0\n",
            number = self.number,
            voters = voters.collect::<Vec<_>>().join(","),
            told = self.advertised,
            data = self.data().display(),
        );
        let further = self.further.iter().flat_map(|(listener, _)| listener.properties());
        for (key, value) in further.chain(more.iter().cloned()) {
            text += &format!("{key}={value}\n");
        }
        text
    }
}

/// Waits for the end of a process, however long it runs.
async fn ended(process: &mut Process) {
    while process.wait().await.is_err() {}
}
