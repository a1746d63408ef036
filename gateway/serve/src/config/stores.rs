//! The stores that a plugin's settings file grants: one file each kind of store.

use super::file::Section;
use crate::plugin::reach::ReachSettings;

mod kind; // what all kinds share
mod redis;
mod sql;

use kind::StoreKind;

/// All kinds of stores.
const KINDS: [StoreKind; 2] = [redis::KIND, sql::KIND];

/// Reads all stores of a plugin's settings file.
pub(super) fn stores(root: &mut Section<'_, '_>) -> ReachSettings {
    let mut granted = ReachSettings::default();
    for kind in KINDS {
        for section in root.sections(kind.table) {
            (kind.read)(section, &mut granted);
        }
    }
    granted
}

/// The tables of all kinds, for a sentence: `` `redis` and `sql` ``.
pub(super) fn tables() -> String {
    let tables = KINDS.map(|kind| format!("`{}`", kind.table));
    match tables.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        tables => tables.concat(),
    }
}

/// A section for a store to write into a plugin's settings file; `table` is its kind, as
/// [`Need::Grant`](crate::plugin::Need::Grant) names it. `None` if there is no such kind.
pub fn store_example(table: &str) -> Option<&'static str> {
    KINDS.into_iter().find(|kind| kind.table == table).map(|kind| kind.example)
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

    #[test]
    fn the_examples_can_be_read() {
        for kind in super::KINDS {
            let text = kind.example.replace("${PASSWORD}", "word");
            let read = plugin_settings(Path::new("a.toml"), &text, "a", Variables::default());
            let reach = read.unwrap_or_else(|problems| panic!("{problems}")).reach;
            assert_eq!(reach.redis.len() + reach.sql.len(), 1);
        }
    }
}
