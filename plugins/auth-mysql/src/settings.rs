//! What the TOML file says.

use serde::Deserialize;
use sluicegate_plugin::databus::RefreshSecs;

/// The `[settings]` table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The NAME of `[sql.NAME]`.
    pub connection: String,
    /// A statement of `[sql.NAME.statements]` to run instead of the plugin's own SELECT.
    pub statement: Option<String>,
    /// Who may do what.
    pub auth: AuthTable,
    /// Keys and secrets.
    pub app: AppTable,
    /// How long a login holds before the database is asked again.
    pub refresh_secs: RefreshSecs,
    /// Clusters that rows may name; any if empty.
    pub clusters: Vec<String>,
    /// May a group log in with its app secret, without a DSN?
    pub plain_logins: bool,
}

/// The table that says who may do what, and its columns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuthTable {
    /// The table, or `database.table`.
    pub table: String,
    /// The group.
    pub group: String,
    /// The topic.
    pub topic: String,
    /// 1: sub, 2: pub, 3: both.
    pub operation: String,
    /// The app's row.
    pub app_id: String,
    /// When the row was deleted; empty: there is no such column.
    pub deleted_at: String,
}

/// The table that holds keys and secrets, and its columns.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AppTable {
    /// The table, or `database.table`.
    pub table: String,
    /// What the other table's `app_id` refers to.
    pub id: String,
    /// The app's key.
    pub key: String,
    /// The app's secret.
    pub secret: String,
    /// The cluster.
    pub cluster: String,
    /// When the row was deleted; empty: there is no such column.
    pub deleted_at: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connection: "users".to_owned(),
            statement: None,
            auth: AuthTable::default(),
            app: AppTable::default(),
            refresh_secs: RefreshSecs::default(),
            clusters: Vec::new(),
            plain_logins: true,
        }
    }
}

impl Default for AuthTable {
    fn default() -> Self {
        Self {
            table: "auth_tb".to_owned(),
            group: "group_name".to_owned(),
            topic: "topic".to_owned(),
            operation: "operation".to_owned(),
            app_id: "app_id".to_owned(),
            deleted_at: "deleted_at".to_owned(),
        }
    }
}

impl Default for AppTable {
    fn default() -> Self {
        Self {
            table: "app_tb".to_owned(),
            id: "id".to_owned(),
            key: "app_key".to_owned(),
            secret: "app_secret".to_owned(),
            cluster: "cluster".to_owned(),
            deleted_at: "deleted_at".to_owned(),
        }
    }
}
