//! Rows in the settings of `auth-static`: changed by dropping a new file beside the plugin.

use std::{fs, path::PathBuf};

use super::{OPERATOR, Row};
use crate::{Client, Gateway};

/// The rows, and the gateway that reads them.
#[derive(Debug, Default)]
pub struct Fixed {
    rows: Vec<Row>,
    reader: Option<Reader>,
}

#[derive(Debug)]
struct Reader {
    settings: PathBuf,
    address: String,
}

impl Fixed {
    pub(super) fn attach(&mut self, gateway: &Gateway) {
        let settings = gateway.plugins().join("auth-static.toml");
        self.reader = Some(Reader { settings, address: gateway.address.clone() });
    }

    pub(super) async fn put(&mut self, row: &Row) {
        self.rows.retain(|known| known.group != row.group);
        self.rows.push(row.clone());
        self.write().await;
    }

    pub(super) async fn remove(&mut self, group: &str) {
        self.rows.retain(|known| known.group != group);
        self.write().await;
    }

    pub(super) fn sidecar(&self, clusters: &[&str]) -> String {
        let rows = self.rows.iter().map(settings_of).collect::<String>();
        format!("order = 10\n[settings]\nclusters = {clusters:?}\n{rows}")
    }

    /// Into the folder of the gateway, once there is one, and waits until it is in force.
    async fn write(&self) {
        let Some(reader) = &self.reader else { return };
        let aside = reader.settings.with_extension("part");
        fs::write(&aside, self.sidecar(&[])).expect("the plugin folder can be written");
        fs::rename(&aside, &reader.settings).expect("a file can be renamed within a folder");
        let mut operator = Client::connect(&reader.address).await.expect("the gateway listens");
        assert_eq!(operator.send_args(&["AUTH", OPERATOR, OPERATOR]).await, "+OK");
        assert_eq!(operator.send("PLUGIN RELOAD").await.error(), None);
    }
}

/// The row as an application, and as the user that a plain login names.
fn settings_of(row: &Row) -> String {
    let Row { group, topic, operation, key, secret, cluster } = row;
    let word = match operation {
        1 => "sub",
        2 => "pub",
        _ => "pubsub",
    };
    let topics = |bit| if operation & bit == 0 { String::new() } else { format!("{topic:?}") };
    let (consume, publish) = (topics(1), topics(2));
    format!(
        "[[settings.apps]]\ngroup = {group:?}\ntopic = {topic:?}\noperation = {word:?}\n\
         key = {key:?}\nsecret = {secret:?}\ncluster = {cluster:?}\n\
         [[settings.users]]\nname = {group:?}\nsecret = {secret:?}\npublish = [{publish}]\n\
         consume = [{consume}]\ncluster = {cluster:?}\n"
    )
}
