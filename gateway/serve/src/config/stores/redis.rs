//! `[redis.NAME]`: a Redis server, its commands and its keys.

use super::kind::{StoreKind, address, check_name, connections, timeout, tls};
use crate::{
    config::{file::Section, values::Text},
    plugin::{
        limits::REDIS_CONNECTIONS,
        reach::{KeyPattern, ReachSettings, RedisAddress, RedisCommand, RedisSettings},
    },
};

/// Registered in `KINDS` of the parent.
pub(super) const KIND: StoreKind = StoreKind {
    table: "redis",
    read: |section, granted: &mut ReachSettings| granted.redis.extend(read(section)),
    example: "\
[redis.NAME]
url = \"redis://USER:${PASSWORD}@HOST:6379\"
commands = [\"GET\"]
keys = [\"PREFIX:*\"]",
};

/// Reads a section; `None` if its address is wrong.
fn read(mut section: Section<'_, '_>) -> Option<RedisSettings> {
    check_name(&section);
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
    let name = section.name().to_owned();
    section.finish();
    Some(RedisSettings { name, address: address?, commands, keys, timeout, connections, tls })
}

fn commands(section: &mut Section<'_, '_>) -> Vec<&'static RedisCommand> {
    let names = section.texts("commands").unwrap_or_default();
    if names.is_empty() {
        let hint = "name those that the plugin needs, such as `commands = [\"HMGET\"]`";
        section.incomplete("commands", "no command is granted", hint);
    }
    let known = |Text { text: name, at }: Text| {
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
