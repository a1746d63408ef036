//! `[redis]` and `[mysql]`: where the rows of applications are.

use std::time::Duration;

use super::{address::host, mysql, old::Old, toml_text::TomlText};

/// Port of a Redis whose address names none.
const REDIS_PORT: u16 = 6379;
/// Longest wait for a store: no login takes longer.
const TIMEOUT_MAX: Duration = Duration::from_secs(2);
/// Shortest wait for a store.
const TIMEOUT_MIN: Duration = Duration::from_millis(10);
/// Most connections to a store.
const CONNECTIONS_MAX: u64 = 64;

/// Settings of `auth-redis`.
pub(super) fn redis(old: &mut Old<'_, '_>) -> String {
    let server = host(&old.text("redis.addr").unwrap_or_default(), REDIS_PORT);
    let database = old.number("redis.db").unwrap_or_default();
    let has_password = old.text("redis.password").is_some_and(|password| !password.is_empty());
    let mut text = head("auth-redis");
    text.table(&["redis", "users"]);
    if has_password {
        secret(&mut text, "REDIS_PASSWORD");
    }
    let login = if has_password { ":${REDIS_PASSWORD}@" } else { "" };
    text.with_variables("url", &format!("redis://{login}{server}/{database}"));
    text.strings("commands", &["ZSCORE".to_owned(), "HMGET".to_owned()]);
    text.strings("keys", &["tb:*".to_owned(), "ix:*".to_owned()]);
    let waits = ["dialtimeout", "readtimeout", "writetimeout"];
    let longest = waits.iter().filter_map(|key| old.duration(&format!("redis.{key}"))).max();
    timeout(&mut text, longest);
    text.finish()
}

/// Settings of `auth-mysql`; `None` after a problem.
pub(super) fn mysql(old: &mut Old<'_, '_>) -> Option<String> {
    let Some(dsn) = old.text("mysql.dsn") else {
        old.incomplete("mysql.dsn", "`authType` is `mysql`, and there is no data source name");
        return None;
    };
    let mysql::MysqlUrl { url, tls } = match mysql::url(&dsn) {
        Ok(url) => url,
        Err(cause) => {
            old.wrong("mysql.dsn", cause, "write `user:password@tcp(host:3306)/database`");
            return None;
        }
    };
    let mut text = head("auth-mysql");
    text.table(&["sql", "users"]);
    if url.contains("${") {
        secret(&mut text, "MYSQL_PASSWORD");
    }
    text.with_variables("url", &url);
    text.string("queries", "read-only");
    timeout(&mut text, old.duration("mysql.querytimeout"));
    if let Some(active) = old.number("mysql.active").filter(|active| *active > 0) {
        text.integer("connections", active.min(CONNECTIONS_MAX));
    }
    if tls {
        text.table(&["sql", "users", "tls"]);
    }
    Some(text.finish())
}

fn head(plugin: &str) -> TomlText {
    let mut text = TomlText::default();
    text.comment(&format!("Belongs beside {plugin}.wasm in the plugin folder."));
    text.integer("order", 10);
    text.comment("While the store is away, who could log in before still can.");
    text.string("on_failure", "last-good");
    text
}

fn secret(text: &mut TomlText, variable: &str) {
    text.comment(&format!(
        "Set {variable} in the gateway's environment to the old file's password."
    ));
}

fn timeout(text: &mut TomlText, wait: Option<Duration>) {
    if let Some(wait) = wait {
        let wait = wait.clamp(TIMEOUT_MIN, TIMEOUT_MAX).as_millis();
        text.integer("timeout_ms", u64::try_from(wait).unwrap_or(u64::MAX));
    }
}
