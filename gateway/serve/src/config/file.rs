//! A TOML file exactly as typed: one [`Section`] a table. What is wrong with all of them is
//! collected in the [`Source`].

use std::{cell::RefCell, path::Path};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::Problem;

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
    /// Names of the tables around it and its own, with dots between them; empty for the root.
    path: String,
    /// Its own name.
    name: String,
    pub(super) table: DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'s, 'a> Section<'s, 'a> {
    /// The root table of a file.
    pub(super) fn root(source: &'s Source<'a>) -> Self {
        let (path, name) = (String::new(), String::new());
        Self { source, path, name, table: source.parse(), known: Vec::new() }
    }

    fn inner(&self, name: &str, table: DeTable<'a>) -> Self {
        let (source, path) = (self.source, self.full(name));
        Self { source, path, name: name.to_owned(), table, known: Vec::new() }
    }

    /// The table's own name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// A key of this table with the table's path before it.
    pub(super) fn full(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
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

    pub(super) fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
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
        self.inner(key, table)
    }

    /// The tables inside a table; none if it is missing.
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<Section<'s, 'a>> {
        let mut outer = self.section(key);
        let mut sections = Vec::new();
        for (name, value) in std::mem::take(&mut outer.table) {
            let (name, at) = (name.into_inner(), value.span().start);
            match value.into_inner() {
                DeValue::Table(table) => sections.push(outer.inner(&name, table)),
                other => {
                    let cause = format!("expected a table, found {}", other.type_str());
                    self.source.report(Some(at), &outer.full(&name), &cause, "");
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

/// The known word that differs least, if it is near enough to be a slip.
pub(super) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let (distance, best) = known.iter().map(|other| (edits(word, other), *other)).min()?;
    (distance <= 2.max(word.len() / 3)).then_some(best)
}

/// Levenshtein's distance.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let here = (corner + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            corner = row[j + 1];
            row[j + 1] = here;
        }
    }
    row[b.len()]
}
