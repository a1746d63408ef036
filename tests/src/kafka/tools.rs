//! Kafka's own command line tools, for what other clients cannot do.

use super::jars;
use crate::command::finish;

/// The tools of one cluster. Each call starts a Java, so it takes a second or two; names are
/// Kafka's. Methods panic where the tool fails and show what it wrote.
#[derive(Clone, Debug)]
pub struct Tools {
    bootstrap: String,
    version: String,
}

impl Tools {
    pub(super) fn new(bootstrap: &[String], version: &str) -> Self {
        Self { bootstrap: bootstrap.join(","), version: version.to_owned() }
    }

    /// Makes a topic with settings, such as `max.message.bytes=1000`.
    pub async fn create_topic(&self, topic: &str, partitions: u32, settings: &[&str]) {
        let partitions = partitions.to_string();
        let mut arguments = vec!["--create", "--topic", topic, "--partitions", &partitions];
        arguments.extend(settings.iter().flat_map(|setting| ["--config", setting]));
        self.run("org.apache.kafka.tools.TopicCommand", &arguments).await;
    }

    /// Gives a topic more partitions.
    pub async fn grow_topic(&self, topic: &str, partitions: u32) {
        let partitions = partitions.to_string();
        let arguments = ["--alter", "--topic", topic, "--partitions", &partitions];
        self.run("org.apache.kafka.tools.TopicCommand", &arguments).await;
    }

    /// Changes settings of a topic, such as `min.insync.replicas=3`.
    pub async fn configure_topic(&self, topic: &str, settings: &str) {
        let arguments = [
            "--alter",
            "--entity-type",
            "topics",
            "--entity-name",
            topic,
            "--add-config",
            settings,
        ];
        self.run("kafka.admin.ConfigCommand", &arguments).await;
    }

    /// What Kafka says about a topic: leaders, replicas, settings.
    pub async fn describe_topic(&self, topic: &str) -> String {
        self.run("org.apache.kafka.tools.TopicCommand", &["--describe", "--topic", topic]).await
    }

    /// Gives every partition back to the first of its replicas that is there.
    pub async fn elect_preferred_leaders(&self) {
        let arguments = ["--election-type", "preferred", "--all-topic-partitions"];
        self.run("org.apache.kafka.tools.LeaderElectionCommand", &arguments).await;
    }

    /// The members of all groups whose names begin so: their ids.
    pub async fn members(&self, groups: &str) -> Vec<String> {
        let said = self.group(&["--describe", "--members", "--all-groups"]).await;
        // GROUP CONSUMER-ID HOST CLIENT-ID …, below a heading.
        let rows = said.lines().filter(|line| line.starts_with(groups));
        rows.filter_map(|row| row.split_whitespace().nth(1).map(ToOwned::to_owned)).collect()
    }

    /// What Kafka says about a group's offsets.
    pub async fn describe_group(&self, group: &str) -> String {
        self.group(&["--describe", "--offsets", "--group", group]).await
    }

    async fn group(&self, arguments: &[&str]) -> String {
        self.run("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", arguments).await
    }

    /// Runs one tool and answers its output.
    pub async fn run(&self, class: &str, arguments: &[&str]) -> String {
        let mut command = jars::java(&self.version, 128, class);
        command.args(["--bootstrap-server", &self.bootstrap]).args(arguments);
        finish(command, "").await.output_of_success()
    }

    pub(super) fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }
}
