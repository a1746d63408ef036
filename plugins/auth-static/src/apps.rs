//! Login by databus DSN.

use std::collections::BTreeMap;

use sluicegate_plugin::{
    Denial, Grant,
    databus::{Dsn, Permission},
};

use crate::{
    secret::{Secret, is_same},
    settings::{App, Operation},
};

/// All applications by group and topic.
#[derive(Debug)]
pub(crate) struct Apps {
    known: BTreeMap<(String, String), Row>,
    clusters: Vec<String>,
    /// What a stranger's secret is compared with, so that it takes as long as an app's.
    stand_in: Option<Secret>,
}

#[derive(Debug)]
struct Row {
    key: String,
    secret: Secret,
    permission: Permission,
}

impl Apps {
    /// Refuses two of one group and topic, one without a secret, and a topic that is a pattern.
    pub(crate) fn new(apps: Vec<App>, clusters: Vec<String>) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        let mut stand_in = None;
        for app in apps {
            let whose = format!("app of group `{}` and topic `{}`", app.group, app.topic);
            if app.topic.is_empty() || app.topic.contains('*') {
                return Err(format!("{whose}: `topic` must be one topic, not a pattern"));
            }
            let secret = Secret::new(&whose, app.secret, app.hash)?;
            stand_in.get_or_insert_with(|| secret.clone());
            let permission = Permission {
                publishes: app.operation != Operation::Sub,
                consumes: app.operation != Operation::Pub,
                cluster: app.cluster,
            };
            let row = Row { key: app.key, secret, permission };
            if known.insert((app.group, app.topic), row).is_some() {
                return Err(format!("{whose} is there twice"));
            }
        }
        Ok(Self { known, clusters, stand_in })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Group, topic, key, secret, role, cluster: in this order, and up to the secret with one
    /// answer and in one time, so that a stranger learns nothing of what exists.
    pub(crate) fn authenticate(&self, secret: &str) -> Result<Grant, Denial> {
        let dsn = Dsn::parse(secret)?;
        let row = self.known.get(&(dsn.group.to_owned(), dsn.topic.to_owned()));
        let is_key = is_same(row.map_or("", |row| &row.key), dsn.key);
        let expected = row.map(|row| &row.secret).or(self.stand_in.as_ref());
        let is_secret = expected.is_some_and(|expected| expected.is(dsn.secret));
        let Some(row) = row.filter(|_| is_key & is_secret) else {
            return Err(Denial::wrong_login());
        };
        let grant = dsn.grant(&row.permission)?;
        match &grant.cluster {
            Some(cluster) if !self.knows_cluster(cluster) => Err(Denial::unknown_cluster()),
            _ => Ok(grant),
        }
    }

    fn knows_cluster(&self, cluster: &String) -> bool {
        self.clusters.is_empty() || self.clusters.contains(cluster)
    }
}
