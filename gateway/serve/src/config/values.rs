//! Typed values of a [`Section`]: what has another type, or is out of its range, becomes a problem.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use serde_json::Value;
use toml::{Spanned, de::DeValue};

use super::{
    environment::{expand, expand_url},
    file::{Section, Source},
};

/// How variables are put into a text.
type Expand = fn(&str, &dyn Fn(&str) -> Option<String>) -> Result<String, String>;

impl Section<'_, '_> {
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

    /// Whatever stands under a key, as JSON with `${NAME}` replaced in its strings.
    pub(super) fn json(&mut self, key: &'static str) -> Option<Value> {
        let value = self.take(key)?;
        Some(self.to_json(&self.full(key), &value))
    }

    fn to_json(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Value {
        match value.get_ref() {
            DeValue::String(text) => match expand(text, self.source.lookup) {
                Ok(text) => Value::String(text),
                Err(cause) => {
                    self.source.report(Some(value.span().start), key, &cause, "");
                    Value::Null
                }
            },
            DeValue::Integer(integer) => i64::from_str_radix(integer.as_str(), integer.radix())
                .map_or(Value::Null, Value::from),
            DeValue::Float(float) => float.as_str().parse::<f64>().map_or(Value::Null, Value::from),
            DeValue::Boolean(fact) => Value::Bool(*fact),
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Array(items) => items.iter().map(|item| self.to_json(key, item)).collect(),
            DeValue::Table(table) => Value::Object(
                table
                    .iter()
                    .map(|(name, item)| {
                        let name = name.get_ref().to_string();
                        let json = self.to_json(&format!("{key}.{name}"), item);
                        (name, json)
                    })
                    .collect(),
            ),
        }
    }
}

/// Authorities to trust, and the gateway's own certificate chain with its key.
pub(super) type Files = (Option<PathBuf>, Option<(PathBuf, PathBuf)>);

/// Reads `ca_file`, `certificate_file` and `key_file`.
pub(super) fn files(section: &mut Section<'_, '_>) -> Files {
    let mut path = |key| {
        let text = section.string(key, "");
        (!text.is_empty()).then(|| PathBuf::from(text))
    };
    let ca_file = path("ca_file");
    let (certificate, key) = (path("certificate_file"), path("key_file"));
    if certificate.is_some() != key.is_some() {
        let hint = "set both, or neither where servers do not ask who the gateway is";
        section.incomplete("", "`certificate_file` and `key_file` belong together", hint);
    }
    (ca_file, certificate.zip(key))
}

/// The key `address` of a section; an empty one means that there is none.
pub(super) fn address(
    section: &mut Section<'_, '_>,
    key: &str,
    default: Option<SocketAddr>,
    source: &Source<'_>,
) -> Option<SocketAddr> {
    let Some((text, at)) = section.string_at("address") else { return default };
    if text.is_empty() {
        return None;
    }
    let address = text.parse().ok();
    if address.is_none() {
        let cause = format!("`{text}` is not an address and port");
        let hint = "write for example `127.0.0.1:6380` or `[::]:6380`";
        source.report(Some(at), key, &cause, hint);
    }
    address
}

pub(super) fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

pub(super) fn optional_secs(secs: u64) -> Option<Duration> {
    (secs > 0).then(|| Duration::from_secs(secs))
}
