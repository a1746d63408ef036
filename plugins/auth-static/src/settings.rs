//! What the TOML file says.

use serde::Deserialize;

/// The `[settings]` table.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Who may log in by name and password.
    pub users: Vec<User>,
    /// Who may log in by databus DSN.
    pub apps: Vec<App>,
    /// Names of clusters that apps may be in; any if empty.
    pub clusters: Vec<String>,
}

/// One user. Has either `secret` or `hash`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// User name.
    pub name: String,
    /// The password itself, best as `${ENV}`.
    pub secret: Option<String>,
    /// The password's hash: `pbkdf2-sha256$ITERATIONS$SALT$HASH`.
    pub hash: Option<String>,
    /// Topics it may publish to; `*` stands for any characters.
    #[serde(default)]
    pub publish: Vec<String>,
    /// Topics it may consume from.
    #[serde(default)]
    pub consume: Vec<String>,
    /// Consumer group; the name if there is none.
    pub group: Option<String>,
    /// May it use commands about the gateway itself?
    #[serde(default)]
    pub admin: bool,
    /// Cluster its traffic goes to.
    pub cluster: Option<String>,
}

/// What one group may do with one topic, and the key and secret that open it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Group, without colour.
    pub group: String,
    /// The topic, not a pattern.
    pub topic: String,
    /// `pub`, `sub` or `pubsub`.
    pub operation: Operation,
    /// Application key.
    pub key: String,
    /// Application secret, best as `${ENV}`.
    pub secret: Option<String>,
    /// The secret's hash.
    pub hash: Option<String>,
    /// Cluster of the topic.
    pub cluster: Option<String>,
}

/// What an app may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Publish.
    Pub,
    /// Consume.
    Sub,
    /// Both.
    PubSub,
}
