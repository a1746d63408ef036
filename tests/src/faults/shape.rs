//! The size of a run: how many of each, and how long they may take.

use std::time::Duration;

/// The topic that everyone writes and reads.
pub const TOPIC: &str = "faults";

/// What the gateways' `auth-static` is told about writers and consumers.
pub const LOGINS: &str = r#"
[[settings.users]]
name = "writer"
secret = "s"
publish = ["*"]
consume = ["*"]

[[settings.apps]]
group = "writers"
topic = "faults"
operation = "pub"
key = "k"
secret = "s"

[[settings.apps]]
group = "red"
topic = "faults"
operation = "sub"
key = "k"
secret = "s"

[[settings.apps]]
group = "blue"
topic = "faults"
operation = "sub"
key = "k"
secret = "s"
"#;

/// The consumer groups that [`LOGINS`] lets in.
pub const GROUPS: [&str; 2] = ["red", "blue"];

/// Longest time a publish may take: the gateway's own deadline, and what a busy machine adds.
pub const PUBLISH_MAX: Duration = Duration::from_secs(3);

/// What an MGET waits for messages.
pub const BLOCK: Duration = Duration::from_secs(1);

/// What an MGET may take beyond that, and a commit in all: a client's own time-out for its command.
pub const ASK_MAX: Duration = Duration::from_secs(3);

/// A client that has no answer for so long gives its connection up.
pub const SILENCE_MAX: Duration = Duration::from_secs(10);

/// How many of each.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Where all chance comes from.
    pub seed: u64,
    /// Brokers of the cluster.
    pub brokers: usize,
    /// Gateways over it.
    pub gateways: usize,
    /// Partitions of the topic.
    pub partitions: u32,
    /// Connections that write.
    pub writers: u16,
    /// Most messages in flight on one connection.
    pub depth: usize,
    /// Consumers of each group; without any there are no groups.
    pub consumers: usize,
    /// Messages a second that all writers together try to reach.
    pub rate: u64,
    /// How gateways agree on partitions: `classic` or `consumer`.
    pub group_protocol: String,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            seed: 1,
            brokers: 3,
            gateways: 2,
            partitions: 6,
            writers: 24,
            depth: 16,
            consumers: 4,
            rate: 2000,
            group_protocol: "classic".to_owned(),
        }
    }
}
