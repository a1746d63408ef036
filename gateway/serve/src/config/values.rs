//! Typed values of a [`Section`]: what has another type, or is out of its range, becomes a problem.

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use serde_json::Value;
use toml::{Spanned, de::DeValue};

use super::{
    environment::{expand, expand_url},
    file::Section,
};

/// How variables are put into a text.
type Expand = fn(&str, &dyn Fn(&str) -> Option<String>) -> Result<String, String>;

/// A string of the file, with its variables replaced.
pub(super) struct Text {
    pub(super) text: String,
    /// Where its value begins in the file, in bytes.
    pub(super) at: usize,
}

/// A name with its string, in a table of strings.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) value: Text,
}

/// PEM files of a `tls` section.
pub(super) struct PemFiles {
    /// Authorities to trust.
    pub(super) ca_file: Option<PathBuf>,
    /// The gateway's own certificate chain, and its key.
    pub(super) identity: Option<(PathBuf, PathBuf)>,
}

impl Section<'_, '_> {
    /// A string with `${NAME}` replaced.
    pub(super) fn text(&mut self, key: &'static str) -> Option<Text> {
        self.expanded(key, expand)
    }

    /// A URL with `${NAME}` replaced.
    pub(super) fn url(&mut self, key: &'static str) -> Option<Text> {
        self.expanded(key, expand_url)
    }

    fn expanded(&mut self, key: &'static str, expand: Expand) -> Option<Text> {
        let value = self.take(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, &value, "a string");
            return None;
        };
        match expand(text, self.source.lookup) {
            Ok(text) => Some(Text { text, at: value.span().start }),
            Err(cause) => {
                self.wrong(key, &value, &cause, "");
                None
            }
        }
    }

    /// A string, or the default.
    pub(super) fn string(&mut self, key: &'static str, default: &str) -> String {
        self.text(key).map_or_else(|| default.to_owned(), |found| found.text)
    }

    /// A string; `None` if it is empty or missing.
    pub(super) fn optional(&mut self, key: &'static str) -> Option<String> {
        Some(self.string(key, "")).filter(|text| !text.is_empty())
    }

    /// `address`, an IP address and a port; `None` if it is empty.
    pub(super) fn address(&mut self, default: Option<SocketAddr>) -> Option<SocketAddr> {
        let Some(Text { text, at }) = self.text("address") else { return default };
        if text.is_empty() {
            return None;
        }
        let address = text.parse().ok();
        if address.is_none() {
            let cause = format!("`{text}` is not an address and port");
            let hint = "write for example `127.0.0.1:6380` or `[::]:6380`";
            self.wrong_at(at, "address", &cause, hint);
        }
        address
    }

    /// `ca_file`, `certificate_file` and `key_file`.
    pub(super) fn pem_files(&mut self) -> PemFiles {
        let mut path = |key| self.optional(key).map(PathBuf::from);
        let ca_file = path("ca_file");
        let (certificate, key) = (path("certificate_file"), path("key_file"));
        if certificate.is_some() != key.is_some() {
            let hint = "set both, or neither where servers do not ask who the gateway is";
            self.incomplete("", "`certificate_file` and `key_file` belong together", hint);
        }
        PemFiles { ca_file, identity: certificate.zip(key) }
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        default: T,
        choices: &[(&str, T)],
    ) -> T {
        let Some(Text { text, at }) = self.text(key) else { return default };
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

    /// A whole number in a range, as a size in memory.
    pub(super) fn size(
        &mut self,
        key: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> usize {
        usize::try_from(self.integer(key, default, range)).unwrap_or(usize::MAX)
    }

    /// A number of milliseconds in a range.
    pub(super) fn milliseconds(
        &mut self,
        key: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Duration {
        Duration::from_millis(self.integer(key, default, range))
    }

    /// A number of seconds in a range.
    pub(super) fn seconds(
        &mut self,
        key: &'static str,
        default: u64,
        range: RangeInclusive<u64>,
    ) -> Duration {
        Duration::from_secs(self.integer(key, default, range))
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
        let items = self.texts(key)?;
        Some(items.into_iter().map(|item| item.text).collect())
    }

    /// A list of strings with `${NAME}` replaced.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Text>> {
        let value = self.take(key)?;
        let item = |item: &Spanned<DeValue<'_>>| {
            Some(Text { text: item.get_ref().as_str()?.to_owned(), at: item.span().start })
        };
        let items: Option<Vec<_>> =
            value.get_ref().as_array().and_then(|array| array.iter().map(item).collect());
        let Some(items) = items else {
            self.wrong_type(key, &value, "a list of strings");
            return None;
        };
        let expanded =
            |Text { text, at }| Ok(Text { text: expand(&text, self.source.lookup)?, at });
        let items: Result<_, _> = items.into_iter().map(expanded).collect();
        items.map_err(|cause: String| self.wrong(key, &value, &cause, "")).ok()
    }

    /// The strings of a table inside this one; none if it is missing.
    pub(super) fn entries(&mut self, key: &'static str) -> Vec<Entry> {
        let inner = self.section(key);
        let mut entries = Vec::new();
        for (name, value) in &inner.table {
            let name = name.get_ref();
            let Some(text) = value.get_ref().as_str() else {
                inner.wrong_type(name, value, "a string");
                continue;
            };
            match expand(text, self.source.lookup) {
                Ok(text) => {
                    let value = Text { text, at: value.span().start };
                    entries.push(Entry { name: name.to_string(), value });
                }
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
