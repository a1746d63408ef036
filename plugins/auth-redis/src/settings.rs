//! What the TOML file says.

use serde::Deserialize;
use sluicegate_plugin::databus::RefreshSecs;

/// The `[settings]` table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The NAME of `[redis.NAME]`.
    pub connection: String,
    /// Where groups are looked for, one pair of tables after the other.
    pub tables: Vec<Tables>,
    /// How long a login holds before Redis is asked again.
    pub refresh_secs: RefreshSecs,
    /// Clusters that rows may name; any if empty.
    pub clusters: Vec<String>,
    /// May a group log in with its app secret, without a DSN?
    pub plain_logins: bool,
}

/// Two tables that belong together, by their names in `redis_orm`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// Who may do what.
    pub auth: String,
    /// Keys and secrets.
    pub app: String,
}

impl Tables {
    fn named(auth: &str, app: &str) -> Self {
        Self { auth: auth.to_owned(), app: app.to_owned() }
    }
}

/// Both spellings that are in the field: Go code's, then the web workbench's.
impl Default for Settings {
    fn default() -> Self {
        Self {
            connection: "users".to_owned(),
            tables: vec![Tables::named("authtb", "apptb"), Tables::named("auth_tb", "app_tb")],
            refresh_secs: RefreshSecs::default(),
            clusters: Vec::new(),
            plain_logins: true,
        }
    }
}
