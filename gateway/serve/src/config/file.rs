//! A TOML file exactly as typed: one [`Section`] a table, which hands out typed values and
//! collects what is wrong with all of them.

use std::{cell::RefCell, ops::RangeInclusive, path::Path};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    Problem,
    environment::{expand, expand_url},
    nearest::nearest,
};

/// How variables are put into a text.
type Expand = fn(&str, &dyn Fn(&str) -> Option<String>) -> Result<String, String>;

/// A file being read: where problems are collected.
pub(super) struct Source<'a> {
    /// Name shown in problems.
    pub(super) path: &'a Path,
    /// The text, for line numbers.
    pub(super) text: &'a str,
    /// Looks up `${NAME}`.
    pub(super) lookup: &'a dyn Fn(&str) -> Option<String>,
    /// What was found wrong so far.
    pub(super) problems: RefCell<Vec<Problem>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(
        path: &'a Path,
        text: &'a str,
        lookup: &'a dyn Fn(&str) -> Option<String>,
    ) -> Self {
        Self { path, text, lookup, problems: RefCell::default() }
    }

    /// The root table; syntax errors become problems and the rest is still read.
    pub(super) fn parse(&self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let at = error.span().map(|span| span.start);
            self.report(at, "", error.message(), "");
        }
        table.into_inner()
    }

    /// Notes a problem at a byte of the file.
    pub(super) fn report(&self, at: Option<usize>, key: &str, cause: &str, hint: &str) {
        let path = self.path.display();
        let place = match at {
            Some(at) => {
                let before = &self.text.as_bytes()[..at.min(self.text.len())];
                format!("{path}:{}", 1 + memchr::memchr_iter(b'\n', before).count())
            }
            None => path.to_string(),
        };
        let (key, cause, hint) = (key.to_owned(), cause.to_owned(), hint.to_owned());
        self.problems.borrow_mut().push(Problem { place, key, cause, hint });
    }
}

/// One table of a file. Every key must be asked for; what is left over is a problem.
pub(super) struct Section<'s, 'a> {
    pub(super) source: &'s Source<'a>,
    name: String,
    table: DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'s, 'a> Section<'s, 'a> {
    pub(super) fn new(source: &'s Source<'a>, name: &str, table: DeTable<'a>) -> Self {
        Self { source, name: name.to_owned(), table, known: Vec::new() }
    }

    /// A key of this table with the table's own name before it.
    pub(super) fn full(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Takes a key out of the table, if it is there.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.table.remove(&Spanned::new(0..0, DeString::Borrowed(key)))
    }

    /// Is there such a key?
    pub(super) fn contains(&self, key: &str) -> bool {
        self.table.keys().any(|name| name.get_ref() == key)
    }

    /// Notes a problem with the value of a key.
    pub(super) fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, cause: &str, hint: &str) {
        self.source.report(Some(value.span().start), &self.full(key), cause, hint);
    }

    /// Notes a problem with a value that was taken before, by its place in the file.
    pub(super) fn wrong_at(&self, at: usize, key: &str, cause: &str, hint: &str) {
        self.source.report(Some(at), &self.full(key), cause, hint);
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let cause = format!("expected {wanted}, found {}", value.get_ref().type_str());
        self.wrong(key, value, &cause, "");
    }

    /// A table inside this one; an empty one if it is missing.
    pub(super) fn section(&mut self, key: &'static str) -> Section<'s, 'a> {
        let table = match self.take(key) {
            None => DeTable::new(),
            Some(value) if value.get_ref().is_table() => match value.into_inner() {
                DeValue::Table(table) => table,
                _ => DeTable::new(),
            },
            Some(value) => {
                self.wrong_type(key, &value, "a table");
                DeTable::new()
            }
        };
        Section::new(self.source, &self.full(key), table)
    }

    /// A string with `${NAME}` replaced, and its place in the file.
    pub(super) fn string_at(&mut self, key: &'static str) -> Option<(String, usize)> {
        self.text_at(key, expand)
    }

    /// A URL with `${NAME}` replaced, and its place in the file.
    pub(super) fn url_at(&mut self, key: &'static str) -> Option<(String, usize)> {
        self.text_at(key, expand_url)
    }

    fn text_at(&mut self, key: &'static str, expand: Expand) -> Option<(String, usize)> {
        let value = self.take(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, &value, "a string");
            return None;
        };
        match expand(text, self.source.lookup) {
            Ok(text) => Some((text, value.span().start)),
            Err(cause) => {
                self.wrong(key, &value, &cause, "");
                None
            }
        }
    }

    /// A string, or the default.
    pub(super) fn string(&mut self, key: &'static str, default: &str) -> String {
        self.string_at(key).map_or_else(|| default.to_owned(), |(text, _)| text)
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        default: T,
        choices: &[(&str, T)],
    ) -> T {
        let Some((text, at)) = self.string_at(key) else { return default };
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text) {
            return *value;
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
        let cause = format!("`{text}` is not one of {}", words.join(", "));
        self.source.report(Some(at), &self.full(key), &cause, "");
        default
    }

    /// A whole number in a range.
    pub(super) fn integer(
        &mut self,
        key: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> u64 {
        let Some(value) = self.take(key) else { return default };
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong_type(key, &value, "a whole number");
            return default;
        };
        match u64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (low, high) = range.into_inner();
                let cause = format!("{} is not between {low} and {high}", integer.as_str());
                self.wrong(key, &value, &cause, "");
                default
            }
        }
    }

    /// The same for a signed number without further bounds.
    pub(super) fn signed(&mut self, key: &'static str, default: i32) -> i32 {
        let Some(value) = self.take(key) else { return default };
        let number = value.get_ref().as_integer().and_then(|integer| integer.as_str().parse().ok());
        if number.is_none() {
            self.wrong_type(key, &value, "a whole number of 32 bits");
        }
        number.unwrap_or(default)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.take(key) else { return default };
        let fact = value.get_ref().as_bool();
        if fact.is_none() {
            self.wrong_type(key, &value, "true or false");
        }
        fact.unwrap_or(default)
    }

    /// A list of strings.
    pub(super) fn strings(&mut self, key: &'static str) -> Option<Vec<String>> {
        let items = self.strings_at(key)?;
        Some(items.into_iter().map(|(text, _)| text).collect())
    }

    /// A list of strings and the place of each in the file.
    pub(super) fn strings_at(&mut self, key: &'static str) -> Option<Vec<(String, usize)>> {
        let value = self.take(key)?;
        let item = |item: &Spanned<DeValue<'_>>| {
            Some((item.get_ref().as_str()?.to_owned(), item.span().start))
        };
        let items: Option<Vec<_>> =
            value.get_ref().as_array().and_then(|array| array.iter().map(item).collect());
        let Some(items) = items else {
            self.wrong_type(key, &value, "a list of strings");
            return None;
        };
        let expanded = |(text, at): (String, usize)| Ok((expand(&text, self.source.lookup)?, at));
        let items: Result<_, _> = items.into_iter().map(expanded).collect();
        items.map_err(|cause: String| self.wrong(key, &value, &cause, "")).ok()
    }

    /// The strings of a table inside this one, with their names and places; none if it is missing.
    pub(super) fn entries(&mut self, key: &'static str) -> Vec<(String, String, usize)> {
        let inner = self.section(key);
        let mut entries = Vec::new();
        for (name, value) in &inner.table {
            let name = name.get_ref();
            let Some(text) = value.get_ref().as_str() else {
                inner.wrong_type(name, value, "a string");
                continue;
            };
            match expand(text, self.source.lookup) {
                Ok(text) => entries.push((name.to_string(), text, value.span().start)),
                Err(cause) => inner.wrong(name, value, &cause, ""),
            }
        }
        entries
    }

    /// The tables inside a table, with their names; none if it is missing.
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<(String, Section<'s, 'a>)> {
        let outer = self.section(key);
        let mut sections = Vec::new();
        for (name, value) in outer.table {
            let name = name.into_inner().into_owned();
            let at = value.span().start;
            let full = format!("{}.{name}", outer.name);
            match value.into_inner() {
                DeValue::Table(table) => {
                    sections.push((name, Section::new(self.source, &full, table)));
                }
                other => {
                    let cause = format!("expected a table, found {}", other.type_str());
                    self.source.report(Some(at), &full, &cause, "");
                }
            }
        }
        sections
    }

    /// Notes a problem of this table as a whole.
    pub(super) fn incomplete(&self, key: &str, cause: &str, hint: &str) {
        self.source.report(None, &self.full(key), cause, hint);
    }

    /// Reports every key that nobody asked for, with the nearest known one.
    pub(super) fn finish(self) {
        for name in self.table.keys() {
            let hint = match nearest(name.get_ref(), &self.known) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known here: {}", self.known.join(", ")),
            };
            let key = self.full(name.get_ref());
            self.source.report(Some(name.span().start), &key, "unknown key", &hint);
        }
    }
}
