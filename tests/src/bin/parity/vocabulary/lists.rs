//! Words that are drawn as they are.

/// Numbers at the borders of what is one.
pub(super) const INTEGERS: &[&str] = &[
    "0",
    "-0",
    "-1",
    "1",
    "+1",
    "01",
    " 1",
    "1 ",
    "",
    "abc",
    "1.5",
    "1e3",
    "0x10",
    "100",
    "1000000",
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999",
    "١",
];

/// Ids at the borders of what is one.
pub(super) const IDS: &[&str] = &[
    "0",
    "0-0",
    "0-1",
    "1-1",
    "-",
    "+",
    "(",
    "(-",
    "(+",
    "(0-0",
    "1-",
    "-1",
    "1-2-3",
    "a-1",
    "1-a",
    "*",
    "",
    "1000000-0",
    "1-99",
    "18446744073709551615",
    "18446744073709551615-18446744073709551615",
    "(18446744073709551615-18446744073709551615",
    "18446744073709551616-0",
    "0-18446744073709551616",
];

/// What no topic, partition or channel can be called.
pub(super) const BAD_KEYS: &[&[u8]] = &[
    b"",
    b".",
    b"..",
    b"a b",
    b"a/b",
    b"a:",
    b":0",
    b"a:x",
    b"a:1:2",
    b"a:-1",
    b"a:+1",
    b"a:4294967296",
    b"\xff\x00",
    b"line\r\nbreak",
    "ümlaut".as_bytes(),
    b"__sluicegate.order.c1-m",
    &[b'k'; 250],
];

/// Words that fit nowhere, or only here and there.
pub(super) const JUNK: &[&[u8]] = &[
    b"",
    b"foo",
    b"FOO",
    b"*",
    b"$",
    b"0",
    b"-1",
    b"a b",
    b"HELP",
    b"COUNT",
    b"STREAMS",
    b"MAXLEN",
    b"NOMKSTREAM",
    b"quote\"d",
    b"back\\slash",
    b"\r\n",
    b"line\nbreak",
    b"\x00\x01\xff",
    "größe".as_bytes(),
    "日本".as_bytes(),
    b"{}",
];

/// Values as clients of databus and of plugins send them.
pub(super) const JSON: &[&str] = &[
    "{\"id\":1}",
    "{\"id\":2,\"card\":\"4111\"}",
    "{\"id\":3,\"customer\":\"ann\",\"total\":1.5,\"note\":\"n\"}",
    "{\"id\":4,\"kind\":\"xy\",\"card\":[1,{\"card\":2}]}",
    "{\"id\":5,\"kind\":\"plain\",\"region\":\"eu\"}",
    "{ \"id\" : null }",
    "{\"card\":\"4111\"}",
    "{\"id\":\"six\"}",
    "{\"id\":7,\"unknown\":true}",
    "{\"id\":8,\"id\":9}",
    "{\"total\":\"much\"}",
    "{\"kind\":\"x y\",\"id\":1}",
    "[1,2,3]",
    "[]",
    "\"text\"",
    "null",
    "12.50",
    "{\"id\":1",
    "no json",
    "{\"id\":\"\\u00e4\\n\"}",
];

/// Globs, with what is special in them.
pub(super) const PATTERNS: &[&str] =
    &["", "h?llo", "h[^e]llo", "h[a-", "[", "\\*", "a\\", "**nothing**", "nothing", "*nothing"];

/// Of INFO.
pub(super) const SECTIONS: &[&str] = &[
    "server",
    "Clients",
    "MEMORY",
    "persistence",
    "stats",
    "replication",
    "cpu",
    "cluster",
    "sluicegate",
    "keyspace",
    "all",
    "default",
    "everything",
    "nothing",
    "",
];

/// Of CONFIG.
pub(super) const SETTINGS: &[&str] = &[
    "*",
    "max*",
    "maxmemory",
    "MAXMEMORY-POLICY",
    "save",
    "appendonly",
    "databases",
    "slowlog-*",
    "proto-max-bulk-len",
    "timeout",
    "port",
    "?ort",
    "[st]*",
    "nothing",
    "",
];

/// Parameters behind the others of a databus DSN.
pub(super) const DSN_OPTIONS: &[&str] = &[
    "",
    "&color=red",
    "&offset=oldest",
    "&offset=newest",
    "&offset=2",
    "&offset=ts:0",
    "&offset=never",
    "&batch=2",
    "&batch=0",
    "&block=x",
    "&Role=pubsub",
    "&junk",
    "&color=a&color=b c",
];
