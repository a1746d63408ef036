//! What a Redis server holds, and how it answers commands that only read.

use std::collections::BTreeMap;

use super::sorted;
use crate::plugin::reach::{Answer, Cell, ReachError};

/// Keys and what they hold.
#[derive(Clone, Debug, Default)]
pub struct Keyspace(pub BTreeMap<Vec<u8>, Held>);

/// What a key holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Held {
    /// A string.
    Text(Vec<u8>),
    /// A hash: fields and values.
    Hash(Vec<(Vec<u8>, Vec<u8>)>),
    /// A list.
    List(Vec<Vec<u8>>),
    /// A set.
    Set(Vec<Vec<u8>>),
    /// A sorted set: members and scores.
    SortedSet(Vec<(Vec<u8>, f64)>),
}

pub(super) type Heard = Result<Answer, ReachError>;

impl Held {
    /// As the command TYPE says it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "string",
            Self::Hash(_) => "hash",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::SortedSet(_) => "zset",
        }
    }
}

impl Keyspace {
    /// The answer to a command; `None` to one that writes, and to forms that are not played.
    pub(super) fn answer(&self, name: &str, arguments: &[Vec<u8>]) -> Option<Heard> {
        let arguments: Vec<&[u8]> = arguments.iter().map(Vec::as_slice).collect();
        let answer = self
            .of_any(name, &arguments)
            .or_else(|| self.of_text(name, &arguments))
            .or_else(|| self.of_hash(name, &arguments))
            .or_else(|| self.of_set(name, &arguments))
            .or_else(|| self.of_list(name, &arguments));
        match answer {
            Some(answer) => Some(answer),
            None => sorted::answer(self, name, &arguments),
        }
    }

    fn of_any(&self, name: &str, arguments: &[&[u8]]) -> Option<Heard> {
        Some(match (name, arguments) {
            ("EXISTS", keys @ [_, ..]) => {
                integer(keys.iter().filter(|key| self.0.contains_key(**key)).count())
            }
            ("TYPE", [key]) => one(Cell::text(self.0.get(*key).map_or("none", Held::kind))),
            // Without an end: -1; without a key: -2.
            ("TTL" | "PTTL", [key]) => {
                one(Cell::Integer(if self.0.contains_key(*key) { -1 } else { -2 }))
            }
            ("EXISTS" | "TYPE" | "TTL" | "PTTL", _) => wrong_number(),
            _ => return None,
        })
    }

    fn of_text(&self, name: &str, arguments: &[&[u8]]) -> Option<Heard> {
        let text = |key: &[u8]| match self.0.get(key) {
            None => Ok(None),
            Some(Held::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type()),
        };
        Some(match (name, arguments) {
            ("GET", [key]) => text(key).map(|text| Answer::Single(value(text))),
            ("STRLEN", [key]) => text(key).and_then(|text| integer(text.map_or(0, Vec::len))),
            ("MGET", keys @ [_, ..]) => {
                many(keys.iter().map(|key| value(text(key).unwrap_or_default())))
            }
            ("GETRANGE", [key, from, to]) => number(from).and_then(|from| {
                let to = number(to)?;
                let text = text(key)?.map_or(&[][..], Vec::as_slice);
                // Redis takes an end before the text for its first byte, unless both are.
                let is_behind = from < 0 && to < 0 && from > to;
                let to = if to < -to_i64(text.len()) { 0 } else { to };
                let range = if is_behind { 0..0 } else { within(from, to, text.len()) };
                one(Cell::Bytes(text[range].to_vec()))
            }),
            ("GET" | "STRLEN" | "MGET" | "GETRANGE", _) => wrong_number(),
            _ => return None,
        })
    }

    fn of_hash(&self, name: &str, arguments: &[&[u8]]) -> Option<Heard> {
        const NAMES: [&str; 7] = ["HGET", "HMGET", "HGETALL", "HEXISTS", "HLEN", "HKEYS", "HVALS"];
        if !NAMES.contains(&name) {
            return None;
        }
        let [key, fields @ ..] = arguments else { return Some(wrong_number()) };
        let pairs = match self.0.get(*key) {
            None => &[][..],
            Some(Held::Hash(pairs)) => pairs,
            Some(_) => return Some(Err(wrong_type())),
        };
        let find = |field: &[u8]| pairs.iter().find(|(f, _)| f == field).map(|(_, v)| v);
        let both = |(field, value): &(Vec<u8>, Vec<u8>)| [bytes(field), bytes(value)];
        Some(match (name, fields) {
            ("HGET", [field]) => one(value(find(field))),
            ("HMGET", [_, ..]) => many(fields.iter().map(|field| value(find(field)))),
            ("HEXISTS", [field]) => integer(usize::from(find(field).is_some())),
            ("HGETALL", []) => many(pairs.iter().flat_map(both)),
            ("HLEN", []) => integer(pairs.len()),
            ("HKEYS", []) => many(pairs.iter().map(|(field, _)| bytes(field))),
            ("HVALS", []) => many(pairs.iter().map(|(_, value)| bytes(value))),
            _ => wrong_number(),
        })
    }

    fn of_set(&self, name: &str, arguments: &[&[u8]]) -> Option<Heard> {
        if !["SISMEMBER", "SMISMEMBER", "SMEMBERS", "SCARD"].contains(&name) {
            return None;
        }
        let [key, asked @ ..] = arguments else { return Some(wrong_number()) };
        let members = match self.0.get(*key) {
            None => &[][..],
            Some(Held::Set(members)) => members,
            Some(_) => return Some(Err(wrong_type())),
        };
        let has = |member: &[u8]| i64::from(members.iter().any(|known| known == member));
        Some(match (name, asked) {
            ("SISMEMBER", [member]) => one(Cell::Integer(has(member))),
            ("SMISMEMBER", [_, ..]) => many(asked.iter().map(|m| Cell::Integer(has(m)))),
            ("SMEMBERS", []) => many(members.iter().map(|member| bytes(member))),
            ("SCARD", []) => integer(members.len()),
            _ => wrong_number(),
        })
    }

    fn of_list(&self, name: &str, arguments: &[&[u8]]) -> Option<Heard> {
        if !["LRANGE", "LLEN", "LINDEX"].contains(&name) {
            return None;
        }
        let [key, asked @ ..] = arguments else { return Some(wrong_number()) };
        let items = match self.0.get(*key) {
            None => Ok(&[][..]),
            Some(Held::List(items)) => Ok(items.as_slice()),
            Some(_) => Err(wrong_type()),
        };
        Some(match (name, asked) {
            ("LLEN", []) => items.and_then(|items| integer(items.len())),
            ("LINDEX", [at]) => items.and_then(|items| {
                let at = if items.is_empty() { 0 } else { number(at)? };
                one(value(items.get(within(at, at, items.len())).and_then(<[_]>::first)))
            }),
            ("LRANGE", [from, to]) => number(from).and_then(|from| {
                let to = number(to)?;
                let items = items?;
                many(items[within(from, to, items.len())].iter().map(|item| bytes(item)))
            }),
            _ => wrong_number(),
        })
    }
}

/// Places `from` to `to`, both counted in; from the end where negative.
pub(super) fn within(from: i64, to: i64, length: usize) -> std::ops::Range<usize> {
    let length = to_i64(length);
    let absolute = |at: i64| if at < 0 { at.saturating_add(length) } else { at };
    let (from, to) = (absolute(from).max(0), absolute(to).min(length - 1));
    if from > to {
        return 0..0;
    }
    let place = |at: i64| usize::try_from(at).unwrap_or_default();
    place(from)..place(to) + 1
}

fn to_i64(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

pub(super) fn number(text: &[u8]) -> Result<i64, ReachError> {
    let parsed = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| ReachError::Refused("ERR value is not an integer or out of range".into()))
}

pub(super) fn bytes(bytes: &[u8]) -> Cell {
    Cell::Bytes(bytes.to_vec())
}

fn value(found: Option<&Vec<u8>>) -> Cell {
    found.map_or(Cell::Nil, |found| bytes(found))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of all answers to commands")]
pub(super) fn one(cell: Cell) -> Heard {
    Ok(Answer::Single(cell))
}

#[expect(clippy::unnecessary_wraps, reason = "the form of all answers to commands")]
pub(super) fn many(cells: impl Iterator<Item = Cell>) -> Heard {
    Ok(Answer::Many(cells.collect()))
}

pub(super) fn integer(number: usize) -> Heard {
    one(Cell::Integer(to_i64(number)))
}

/// In the words of Redis, as a plugin gets them: without what stands in quotes.
pub(super) fn wrong_number() -> Heard {
    Err(ReachError::Refused("ERR wrong number of arguments for … command".into()))
}

pub(super) fn wrong_type() -> ReachError {
    let words = "WRONGTYPE Operation against a key holding the wrong kind of value";
    ReachError::Refused(words.into())
}
