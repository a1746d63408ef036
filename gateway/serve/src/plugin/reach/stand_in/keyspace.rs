//! How a Redis server answers commands that only read.

use super::{
    held::{Held, Keyspace},
    reply::{
        CommandReply, bytes, integer, many, number, one, to_i64, value, within, wrong_number,
        wrong_type,
    },
    sorted,
};
use crate::plugin::reach::exchange::{Answer, Cell};

impl Keyspace {
    /// The answer to a command; `None` to one that writes, and to forms that are not played.
    pub(super) fn answer(&self, name: &str, arguments: &[Vec<u8>]) -> Option<CommandReply> {
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

    fn of_any(&self, name: &str, arguments: &[&[u8]]) -> Option<CommandReply> {
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

    fn of_text(&self, name: &str, arguments: &[&[u8]]) -> Option<CommandReply> {
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

    fn of_hash(&self, name: &str, arguments: &[&[u8]]) -> Option<CommandReply> {
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

    fn of_set(&self, name: &str, arguments: &[&[u8]]) -> Option<CommandReply> {
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

    fn of_list(&self, name: &str, arguments: &[&[u8]]) -> Option<CommandReply> {
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
