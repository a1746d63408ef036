//! An old file's values by path, whatever the case of their keys.

use std::{collections::BTreeMap, time::Duration};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    duration,
    keys::{self, KEYS},
};
use crate::config::file::{Source, nearest};

/// The table whose keys are names, which keep their case.
const NAMES: &str = "clusters";

/// One key of an old file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslatedKey {
    /// Its line in the old file.
    pub line: usize,
    /// The key in full, as written.
    pub key: String,
    /// The key that has its value here, or why it is not needed.
    pub meaning: String,
}

/// All values of an old file.
pub(super) struct Old<'s, 'a> {
    source: &'s Source<'a>,
    /// By path in lower case.
    values: BTreeMap<String, Value<'a>>,
}

struct Value<'a> {
    /// The path as written.
    shown: String,
    value: Spanned<DeValue<'a>>,
}

impl<'s, 'a> Old<'s, 'a> {
    pub(super) fn new(source: &'s Source<'a>) -> Self {
        let mut old = Self { source, values: BTreeMap::new() };
        old.add("", "", source.parse());
        old
    }

    fn add(&mut self, path: &str, shown: &str, table: DeTable<'a>) {
        let join = |before: &str, name: &str| match before {
            "" => name.to_owned(),
            before => format!("{before}.{name}"),
        };
        for (name, value) in table {
            let name = name.into_inner();
            let shown = join(shown, &name);
            let path = match path {
                NAMES => join(path, &name),
                path => join(path, &name.to_lowercase()),
            };
            let (span, value) = (value.span(), value.into_inner());
            match value {
                DeValue::Table(table) => self.add(&path, &shown, table),
                value => {
                    self.values.insert(path, Value { shown, value: Spanned::new(span, value) });
                }
            }
        }
    }

    /// Notes a problem with a value. The cause must not repeat a secret.
    pub(super) fn wrong(&self, path: &str, cause: &str, hint: &str) {
        let value = self.values.get(path);
        let at = value.map(|value| value.value.span().start);
        let shown = value.map_or(path, |value| &value.shown);
        self.source.report(at, shown, cause, hint);
    }

    /// Notes that something is missing.
    pub(super) fn incomplete(&self, path: &str, cause: &str) {
        self.source.report(None, path, cause, "");
    }

    fn typed<T>(
        &self,
        path: &str,
        wanted: &str,
        read: impl FnOnce(&DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = &self.values.get(path)?.value;
        let typed = read(value.get_ref());
        if typed.is_none() {
            let cause = format!("expected {wanted}, found {}", value.get_ref().type_str());
            self.wrong(path, &cause, "");
        }
        typed
    }

    pub(super) fn text(&self, path: &str) -> Option<String> {
        self.typed(path, "a string", |value| value.as_str().map(str::to_owned))
    }

    pub(super) fn number(&self, path: &str) -> Option<u64> {
        let read = |value: &DeValue<'_>| value.as_integer()?.as_str().parse().ok();
        self.typed(path, "a whole number from 0", read)
    }

    /// A duration in Go's form; 0 stands for the default and is left out.
    pub(super) fn duration(&self, path: &str) -> Option<Duration> {
        let text = self.text(path)?;
        let read = duration::parse(&text);
        if read.is_none() {
            let cause = format!("`{text}` is not a duration in Go's form");
            self.wrong(path, &cause, "write for example `1m30s`");
        }
        read.filter(|duration| !duration.is_zero())
    }

    /// A list of strings; empty if it is missing.
    pub(super) fn strings(&self, path: &str) -> Vec<String> {
        let read = |value: &DeValue<'_>| {
            let items = value.as_array()?.iter();
            items.map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
        };
        self.typed(path, "a list of strings", read).unwrap_or_default()
    }

    /// The names of the tables in a table, sorted.
    pub(super) fn names_in(&self, table: &str) -> Vec<String> {
        let inside = |path: &String| Some(path.strip_prefix(table)?.strip_prefix('.')?.to_owned());
        let name = |rest: String| rest.rsplit_once('.').map(|(name, _)| name.to_owned());
        let mut names: Vec<_> = self.values.keys().filter_map(inside).filter_map(name).collect();
        names.dedup();
        names
    }

    /// What becomes of each key, in the file's order.
    pub(super) fn keys(&self, auth_type: Option<&str>) -> Vec<TranslatedKey> {
        let mut values: Vec<_> = self.values.iter().collect();
        values.sort_by_key(|(_, value)| value.value.span().start);
        let keys = values.into_iter().map(|(path, value)| {
            let before = &self.source.text.as_bytes()[..value.value.span().start];
            let line = 1 + memchr::memchr_iter(b'\n', before).count();
            let mut meaning = keys::meaning(path, auth_type);
            if meaning.starts_with("unknown")
                && let Some(known) = suggestion(path)
            {
                meaning.push_str(&format!(" (did you mean `{known}`?)"));
            }
            TranslatedKey { line, key: value.shown.clone(), meaning }
        });
        keys.collect()
    }
}

/// The known key of the same table that a slip of the pen meant.
fn suggestion(path: &str) -> Option<&'static str> {
    let table = path.rsplit_once('.').map_or("", |(table, _)| table);
    let of_table = |name: &&&str| {
        name.rsplit_once('.').map_or("", |(table, _)| table).eq_ignore_ascii_case(table)
    };
    let known: Vec<_> = KEYS.iter().map(|(name, _)| name).filter(of_table).copied().collect();
    nearest(path, &known)
}
