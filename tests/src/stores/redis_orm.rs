//! Rows in Redis, written step by step as the Go library `redis_orm` writes them.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::{PASSWORD, Row, Sidecar};
use crate::{Client, Reply, redis::Redis};

/// When the example rows of the layout's description were written.
const CREATED: &str = "1795206190";

/// How the two tables are called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// `authtb`, `apptb`: by Go code.
    Code,
    /// `auth_tb`, `app_tb`: in the library's web workbench.
    Workbench,
}

/// The two tables, in a Redis of their own that asks for a password.
#[derive(Debug)]
pub struct RedisOrm {
    /// The server.
    pub server: Redis,
    auth: &'static str,
    app: &'static str,
}

impl RedisOrm {
    pub(super) async fn start(spelling: Spelling, arguments: &[&str]) -> Option<Self> {
        let (auth, app) = match spelling {
            Spelling::Code => ("authtb", "apptb"),
            Spelling::Workbench => ("auth_tb", "app_tb"),
        };
        let lasting = ["--requirepass", PASSWORD, "--appendonly", "yes", "--appendfsync", "always"];
        Some(Self { server: Redis::start(&[&lasting, arguments].concat()).await?, auth, app })
    }

    pub(super) fn sidecar(&self, sidecar: Sidecar) -> String {
        let (head, timeout) = (sidecar.head(), sidecar.timeout_ms);
        let address = &self.server.address;
        format!(
            "{head}[redis.users]\nurl = \"redis://:${{STORE_PASSWORD}}@{address}/0\"\n\
             commands = [\"ZSCORE\", \"HMGET\"]\nkeys = [\"tb:*\", \"ix:*\"]\n\
             timeout_ms = {timeout}\n"
        )
    }

    /// Name of the hash with all permissions.
    pub fn auth_table(&self) -> String {
        format!("tb:{}", self.auth)
    }

    /// Name of the hash with all applications.
    pub fn app_table(&self) -> String {
        format!("tb:{}", self.app)
    }

    /// Name of the index by group.
    pub fn group_index(&self) -> String {
        format!("ix:{}_group", self.auth)
    }

    /// Sends one command, past the gateway.
    ///
    /// # Panics
    /// If Redis refuses it.
    pub async fn send(&self, command: &[&str]) -> Reply {
        let mut client = Client::connect(&self.server.address).await.expect("it listens");
        assert_eq!(client.send_args(&["AUTH", PASSWORD]).await, "+OK");
        let reply = client.send_args(command).await;
        assert_eq!(reply.error(), None, "{command:?}");
        reply
    }

    /// Inserts an application and its permission, and tells the ids of permission and application.
    pub async fn insert(&self, row: &Row) -> (String, String) {
        let Row { group, topic, operation, key, secret, cluster } = row;
        let taken = self.send(&["ZSCORE", &self.group_index(), group]).await;
        assert_eq!(taken, Reply::Null, "group {group} is there already");
        let app = [("AppKey", key.as_str()), ("AppSecret", secret), ("Cluster", cluster)];
        let app = self.insert_into(self.app, &app).await;
        let operation = operation.to_string();
        let auth = [
            ("AppId", app.as_str()),
            ("Group", group),
            ("Operation", &operation),
            ("Topic", topic),
        ];
        let auth = self.insert_into(self.auth, &auth).await;
        self.send(&["ZADD", &self.group_index(), &auth, group]).await;
        (auth, app)
    }

    /// Counter, fields, index of ids.
    async fn insert_into(&self, table: &str, fields: &[(&str, &str)]) -> String {
        let hash = format!("tb:{table}");
        let id = self.send(&["HINCRBY", &hash, "autoincr_last_id", "1"]).await;
        let id = id.to_string().trim_start_matches(':').to_owned();
        let times = [("CreatedAt", CREATED), ("UpdatedAt", CREATED)];
        let id_field = [("Id", id.as_str())];
        let all = id_field.iter().chain(fields).chain(&times);
        let words: Vec<String> =
            all.flat_map(|(name, value)| [format!("{id}_{name}"), (*value).to_owned()]).collect();
        let mut command = vec!["HMSET", &hash];
        command.extend(words.iter().map(String::as_str));
        assert_eq!(self.send(&command).await, "+OK");
        self.send(&["ZADD", &format!("ix:{table}_id"), &id, &id]).await;
        id
    }

    pub(super) async fn update(&self, row: &Row) {
        let (auth, app) = self.ids(&row.group).await;
        let field = |id: &str, name: &str| format!("{id}_{name}");
        let operation = row.operation.to_string();
        let changed =
            [(field(&auth, "Operation"), &operation), (field(&auth, "Topic"), &row.topic)];
        self.set(&self.auth_table(), &changed).await;
        let changed = [
            (field(&app, "AppKey"), &row.key),
            (field(&app, "AppSecret"), &row.secret),
            (field(&app, "Cluster"), &row.cluster),
        ];
        self.set(&self.app_table(), &changed).await;
    }

    async fn set(&self, hash: &str, fields: &[(String, &String)]) {
        let mut command = vec!["HMSET", hash];
        command.extend(fields.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]));
        self.send(&command).await;
    }

    /// All fields, then both indexes.
    pub(super) async fn delete(&self, group: &str) {
        let (id, _) = self.ids(group).await;
        let hash = self.auth_table();
        let names = ["Id", "AppId", "Group", "Operation", "Topic", "CreatedAt", "UpdatedAt"];
        let fields = names.map(|name| format!("{id}_{name}"));
        let mut command = vec!["HDEL", &hash];
        command.extend(fields.iter().map(String::as_str));
        self.send(&command).await;
        self.send(&["ZREM", &format!("ix:{}_id", self.auth), &id]).await;
        self.send(&["ZREMRANGEBYSCORE", &self.group_index(), &id, &id]).await;
    }

    /// Ids of the group's permission and application.
    pub async fn ids(&self, group: &str) -> (String, String) {
        let text = |reply: &Reply| String::from_utf8_lossy(reply.bytes()).into_owned();
        let auth = text(&self.send(&["ZSCORE", &self.group_index(), group]).await);
        let field = format!("{auth}_AppId");
        let app = text(&self.send(&["HGET", &self.auth_table(), &field]).await);
        (auth, app)
    }

    /// ZSCORE and HMGET together, the writer's own among them.
    pub(super) async fn questions(&self) -> u64 {
        let told = self.send(&["INFO", "commandstats"]).await;
        let told = String::from_utf8_lossy(told.bytes()).into_owned();
        let calls = |command: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(command));
            let digits = line.and_then(|line| line.split(',').next());
            digits.and_then(|digits| digits.parse::<u64>().ok()).unwrap_or_default()
        };
        calls("cmdstat_zscore:calls=") + calls("cmdstat_hmget:calls=")
    }

    /// CLIENT PAUSE: nothing is answered to anyone.
    pub(super) async fn hang(&self, time: Duration) -> JoinHandle<()> {
        self.send(&["CLIENT", "PAUSE", &time.as_millis().to_string(), "ALL"]).await;
        tokio::spawn(tokio::time::sleep(time))
    }
}
