//! `[redis.NAME]` and `[sql.NAME]`: the stores that a plugin may reach.

use std::time::Duration;

use super::{
    file::Section,
    values::{files, usize_of},
};
use crate::plugin::{
    limits::{REACH_CONNECTIONS_MAX, REACH_TIMEOUT, REDIS_CONNECTIONS, SQL_CONNECTIONS},
    reach::{
        AddressError, KeyPattern, ReachSettings, RedisAddress, RedisCommand, RedisSettings,
        SqlAddress, SqlSettings, SqlStatement, StatementError, TlsFiles, is_name,
    },
};

/// Reads all stores of a plugin's settings file. A store whose address is wrong is left out: its
/// problem was noted.
pub(super) fn reach(root: &mut Section<'_, '_>) -> ReachSettings {
    let redis = root.sections("redis").into_iter().filter_map(|(name, s)| redis(name, s)).collect();
    let sql = root.sections("sql").into_iter().filter_map(|(name, s)| sql(name, s)).collect();
    ReachSettings { redis, sql }
}

fn redis(name: String, mut section: Section<'_, '_>) -> Option<RedisSettings> {
    check_name(&section, &name);
    let address = address(&mut section, RedisAddress::parse);
    let tls = tls(&mut section);
    if tls.is_some() && address.as_ref().is_some_and(|address| !address.has_tls()) {
        let hint = "begin the URL with `rediss://`, or remove the section";
        section.incomplete("tls", "the URL does not ask for TLS", hint);
    }
    let commands = commands(&mut section);
    let keys = keys(&mut section);
    let timeout = timeout(&mut section);
    let connections = connections(&mut section, REDIS_CONNECTIONS);
    section.finish();
    Some(RedisSettings { name, address: address?, commands, keys, timeout, connections, tls })
}

fn sql(name: String, mut section: Section<'_, '_>) -> Option<SqlSettings> {
    check_name(&section, &name);
    let address = address(&mut section, SqlAddress::parse);
    let has_statements = section.contains("statements");
    let statements = statements(&mut section);
    let queries = section.choice("queries", false, &[("none", false), ("read-only", true)]);
    if !has_statements && !queries {
        let hint = format!(
            "add named statements under `[sql.{name}.statements]`, or set `queries = \"read-only\"`"
        );
        section.incomplete("statements", "nothing is granted", &hint);
    }
    let timeout = timeout(&mut section);
    let connections = connections(&mut section, SQL_CONNECTIONS);
    let tls = tls(&mut section);
    section.finish();
    Some(SqlSettings { name, address: address?, statements, queries, timeout, connections, tls })
}

fn check_name(section: &Section<'_, '_>, name: &str) {
    if !is_name(name) {
        let cause = "the name has other characters than letters, digits, `_` and `-`";
        section.incomplete("", cause, "name it as the plugin's settings do, such as `users`");
    }
}

/// The URL, which is never repeated: it may hold a password.
fn address<T>(
    section: &mut Section<'_, '_>,
    parse: impl FnOnce(&str) -> Result<T, AddressError>,
) -> Option<T> {
    if !section.contains("url") {
        section.incomplete("url", "it is missing", AddressError::NotAUrl.hint());
    }
    let (url, at) = section.url_at("url")?;
    let parsed = parse(&url);
    parsed.map_err(|error| section.wrong_at(at, "url", &error.to_string(), error.hint())).ok()
}

fn commands(section: &mut Section<'_, '_>) -> Vec<&'static RedisCommand> {
    let names = section.strings_at("commands").unwrap_or_default();
    if names.is_empty() {
        let hint = "name those that the plugin needs, such as `commands = [\"HMGET\"]`";
        section.incomplete("commands", "no command is granted", hint);
    }
    let known = |(name, at): (String, usize)| {
        let found = RedisCommand::find(&name);
        if found.is_none() {
            let names: Vec<_> = RedisCommand::names().collect();
            let hint = format!("these can: {}", names.join(" "));
            section.wrong_at(at, "commands", &format!("`{name}` cannot be granted"), &hint);
        }
        found
    };
    names.into_iter().filter_map(known).collect()
}

fn keys(section: &mut Section<'_, '_>) -> Vec<KeyPattern> {
    let patterns = section.strings("keys").unwrap_or_default();
    if patterns.is_empty() {
        let hint = "name patterns of keys, such as `keys = [\"app:*\"]`; `*` stands for any bytes";
        section.incomplete("keys", "no key is granted", hint);
    }
    patterns.into_iter().map(KeyPattern::new).collect()
}

fn statements(section: &mut Section<'_, '_>) -> Vec<SqlStatement> {
    let entries = section.entries("statements");
    let checked = |(name, text, at): (String, String, usize)| {
        let key = format!("statements.{name}");
        if !is_name(&name) {
            let cause = "the name has other characters than letters, digits, `_` and `-`";
            section.wrong_at(at, &key, cause, "");
        }
        let statement = SqlStatement::new(name, text);
        let wrong = |error: StatementError| format!("the statement cannot be granted: {error}");
        statement.map_err(|error| section.wrong_at(at, &key, &wrong(error), "")).ok()
    };
    entries.into_iter().filter_map(checked).collect()
}

fn timeout(section: &mut Section<'_, '_>) -> Duration {
    let default = u64::try_from(REACH_TIMEOUT.as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(section.integer("timeout_ms", default, 10..=60_000))
}

fn connections(section: &mut Section<'_, '_>, default: usize) -> usize {
    let range = 1..=REACH_CONNECTIONS_MAX as u64;
    usize_of(section.integer("connections", default as u64, range))
}

fn tls(section: &mut Section<'_, '_>) -> Option<TlsFiles> {
    if !section.contains("tls") {
        return None;
    }
    let mut section = section.section("tls");
    let (ca_file, identity) = files(&mut section);
    section.finish();
    Some(TlsFiles { ca_file, identity })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Variables, plugin_settings};

    fn problems(text: &str) -> Vec<String> {
        let problems =
            plugin_settings(Path::new("a.toml"), text, "a", Variables::default()).unwrap_err().0;
        assert!(problems.iter().all(|problem| !problem.to_string().contains("hush")));
        let shown = problems.into_iter().map(|p| format!("{} {}: {}", p.place, p.key, p.cause));
        shown.collect()
    }

    #[test]
    fn grants_are_read_and_their_debug_form_has_no_secret() {
        let text = "[redis.users]\nurl = 'redis://u:hush@h/1'\ncommands = ['hmget', 'ZSCORE']\n\
                    keys = ['tb:*']\n[sql.users]\nurl = 'mysql://u:hush@h/db'\n\
                    queries = 'read-only'\n[sql.users.statements]\none = 'SELECT 1'\n\
                    [sql.users.tls]\n[limits]\nlast_good_secs = 60\n";
        let settings =
            plugin_settings(Path::new("a.toml"), text, "a", Variables::default()).unwrap();

        let (redis, sql) = (&settings.reach.redis[0], &settings.reach.sql[0]);
        assert_eq!((redis.commands.len(), redis.connections), (2, 2));
        assert_eq!((sql.statements[0].name(), sql.queries, sql.connections), ("one", true, 4));
        assert!(sql.tls.is_some() && redis.tls.is_none());
        assert_eq!(settings.limits.last_good.as_secs(), 60);
        assert!(!format!("{settings:?}").contains("hush"));
    }

    #[test]
    fn each_wrong_grant_is_named_with_its_line_and_without_the_url() {
        let found = problems(
            "[redis.users]\nurl = 'redis://u:hush@h:port'\ncommands = ['GET',\n'EVAL']\n\
             kyes = ['x']\n[sql.users]\nurl = 'mysql://u:hush@h/db?x=1'\ntimeout_ms = 1\n\
             [sql.users.statements]\nbad = 'DROP TABLE t'\nworse = 5\n[files]\n",
        );
        assert_eq!(
            found,
            [
                "a.toml:2 redis.users.url: it is not a URL with a host",
                "a.toml:4 redis.users.commands: `EVAL` cannot be granted",
                "a.toml redis.users.keys: no key is granted",
                "a.toml:5 redis.users.kyes: unknown key",
                "a.toml:7 sql.users.url: it has a `?` or `#`, and what follows them is not used here",
                "a.toml:11 sql.users.statements.worse: expected a string, found integer",
                "a.toml:10 sql.users.statements.bad: the statement cannot be granted: it does not \
                 begin with one of SELECT, WITH, INSERT, UPDATE, DELETE and REPLACE",
                "a.toml:8 sql.users.timeout_ms: 1 is not between 10 and 60000",
                "a.toml:12 files: `files` cannot be granted",
            ]
        );
    }
}
