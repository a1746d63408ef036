//! One row of permissions.

use std::env;

/// What a group may do with a topic, and the application's key and secret that open it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Group, without colour.
    pub group: String,
    /// The one topic.
    pub topic: String,
    /// Bit 1 consumes, bit 2 publishes.
    pub operation: u8,
    /// Application key.
    pub key: String,
    /// Application secret.
    pub secret: String,
    /// Cluster of the topic.
    pub cluster: String,
}

impl Row {
    /// A row that allows both on the topic `orders`, with a key and secret of its own.
    pub fn new(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            topic: "orders".to_owned(),
            operation: 3,
            key: format!("key-{group}"),
            secret: format!("secret-{group}"),
            cluster: default_cluster().to_owned(),
        }
    }

    /// The row of the examples in the databus documentation.
    pub fn example() -> Self {
        Self {
            group: "group_name1".to_owned(),
            topic: "test156".to_owned(),
            operation: 3,
            key: "app_key1".to_owned(),
            secret: "app_secret1".to_owned(),
            cluster: default_cluster().to_owned(),
        }
    }

    /// The same row with another secret.
    #[must_use]
    pub fn secret(mut self, secret: &str) -> Self {
        secret.clone_into(&mut self.secret);
        self
    }

    /// The same row with other rights.
    #[must_use]
    pub fn operation(mut self, operation: u8) -> Self {
        self.operation = operation;
        self
    }

    /// The same row in another cluster.
    #[must_use]
    pub fn cluster(mut self, cluster: &str) -> Self {
        cluster.clone_into(&mut self.cluster);
        self
    }

    /// What a client of this row sends to get in; an MGET waits for 300 ms.
    pub fn dsn(&self, role: &str) -> String {
        let Self { group, topic, key, secret, .. } = self;
        format!("{key}:{secret}@{group}/topic={topic}&role={role}&block=300&offset=oldest")
    }
}

/// The name by which rows lead to the broker that the scenes run over; the embedded log takes any,
/// so that it is the one of the documentation.
pub fn default_cluster() -> &'static str {
    let is_kafka = env::var("SLUICEGATE_TEST_BROKER").is_ok_and(|kind| kind == "kafka");
    if is_kafka { "main" } else { "cluster1" }
}
