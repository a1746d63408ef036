//! Login by databus DSN.

use std::collections::BTreeMap;

use sluicegate_plugin::{
    Denial, Grant,
    databus::{Account, Checks, Dsn, is_topic},
    secret::Plain,
};

use crate::{
    secret::Secret,
    settings::{App, Operation},
};

/// All applications by group and topic.
#[derive(Debug)]
pub(crate) struct Apps {
    known: BTreeMap<(String, String), Account<Secret>>,
    checks: Checks<Secret>,
}

impl Apps {
    /// Refuses two of one group and topic, one without a secret, and a topic that is a pattern.
    pub(crate) fn new(apps: Vec<App>, clusters: Vec<String>) -> Result<Self, String> {
        let mut known = BTreeMap::new();
        for app in apps {
            let whose = format!("app of group `{}` and topic `{}`", app.group, app.topic);
            if !is_topic(&app.topic) {
                return Err(format!("{whose}: `topic` must be the name of one topic"));
            }
            let account = Account {
                group: app.group,
                topic: app.topic,
                publishes: app.operation != Operation::Sub,
                consumes: app.operation != Operation::Pub,
                key: app.key,
                secret: Secret::new(&whose, app.secret, app.hash)?,
                cluster: app.cluster,
            };
            if known.insert((account.group.clone(), account.topic.clone()), account).is_some() {
                return Err(format!("{whose} is there twice"));
            }
        }
        // So that a stranger's secret takes as long as an app's.
        let some_secret = known.values().next().map(|account| account.secret.clone());
        let stand_in = some_secret.unwrap_or_else(|| Secret::Plain(Plain::new("")));
        Ok(Self { known, checks: Checks::new(clusters, stand_in) })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(crate) fn authenticate(&self, secret: &str) -> Result<Grant, Denial> {
        let dsn = Dsn::parse(secret)?;
        self.checks.dsn(&dsn, self.known.get(&(dsn.group.to_owned(), dsn.topic.to_owned())))
    }
}
