//! The commands that can be granted at all: they touch keys that can be told from their arguments,
//! answer at once, and leave the connection as it was.

/// A command that can be granted.
#[derive(Debug, PartialEq, Eq)]
pub struct RedisCommand {
    /// In capitals, as Redis documents it.
    pub name: &'static str,
    keys: Keys,
    /// True if sending it twice may do more than sending it once.
    pub(in crate::plugin) writes: bool,
}

/// Which of the arguments are keys.
#[derive(Debug, PartialEq, Eq)]
enum Keys {
    First,
    All,
}

const fn reads(name: &'static str) -> RedisCommand {
    RedisCommand { name, keys: Keys::First, writes: false }
}

const fn writes(name: &'static str) -> RedisCommand {
    RedisCommand { name, keys: Keys::First, writes: true }
}

const TABLE: &[RedisCommand] = &[
    reads("GET"),
    RedisCommand { name: "MGET", keys: Keys::All, writes: false },
    RedisCommand { name: "EXISTS", keys: Keys::All, writes: false },
    reads("TTL"),
    reads("PTTL"),
    reads("TYPE"),
    reads("STRLEN"),
    reads("GETRANGE"),
    reads("HGET"),
    reads("HMGET"),
    reads("HGETALL"),
    reads("HEXISTS"),
    reads("HLEN"),
    reads("HKEYS"),
    reads("HVALS"),
    reads("SISMEMBER"),
    reads("SMISMEMBER"),
    reads("SMEMBERS"),
    reads("SCARD"),
    reads("ZSCORE"),
    reads("ZMSCORE"),
    reads("ZRANK"),
    reads("ZRANGE"),
    reads("ZRANGEBYSCORE"),
    reads("ZCARD"),
    reads("LRANGE"),
    reads("LLEN"),
    reads("LINDEX"),
    writes("SET"),
    writes("SETEX"),
    writes("INCR"),
    writes("INCRBY"),
    writes("DECR"),
    writes("EXPIRE"),
    RedisCommand { name: "DEL", keys: Keys::All, writes: true },
    writes("HSET"),
    writes("HDEL"),
    writes("HINCRBY"),
    writes("SADD"),
    writes("SREM"),
    writes("ZADD"),
    writes("ZREM"),
    writes("LPUSH"),
    writes("RPUSH"),
];

impl RedisCommand {
    /// The command of this name, in any case.
    pub fn find(name: &str) -> Option<&'static Self> {
        TABLE.iter().find(|command| command.name.eq_ignore_ascii_case(name))
    }

    /// The names of all commands that can be granted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|command| command.name)
    }

    /// How many of so many arguments are keys; keys come first.
    pub(super) fn keys_among(&self, arguments: usize) -> usize {
        match self.keys {
            Keys::First => arguments.min(1),
            Keys::All => arguments,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_the_first_argument_or_all() {
        for (name, arguments, keys) in [
            ("hmget", 3, 1),
            ("MGET", 3, 3),
            ("del", 2, 2),
            ("GET", 0, 0),
            ("SET", 4, 1),
            ("EXISTS", 2, 2),
        ] {
            assert_eq!(RedisCommand::find(name).unwrap().keys_among(arguments), keys, "{name}");
        }
        for name in ["EVAL", "KEYS", "BLPOP", "MULTI", "SUBSCRIBE", "RENAME", "SORT", "CONFIG", ""]
        {
            assert_eq!(RedisCommand::find(name), None, "{name}");
        }
    }
}
