//! What of a reply may differ between two servers that answer alike.

use sluicegate_tests::Reply;

/// Masks that hide the values of fields, and those fields.
const FIELDS: [(&str, &[&str]); 4] = [
    ("radix", &["radix-tree-keys", "radix-tree-nodes"]),
    ("idle", &["idle", "seen-time"]),
    ("read", &["entries-read"]),
    ("greeting", &["server", "version", "id"]),
];

/// Applies one mask.
pub(super) fn apply(mask: &str, reply: Reply) -> Reply {
    if let Some((_, fields)) = FIELDS.iter().find(|(name, _)| *name == mask) {
        return hide_fields(fields, reply);
    }
    match mask {
        // Redis gives keys in the order of its hash table.
        "sorted" => sorted(reply),
        "number" => hide_numbers(reply),
        // The third of four in the lines of XPENDING.
        "pending" => hide_third_of_four(reply),
        // Redis 7 tells tips, keys of subcommands and subcommands as well: the last three of ten.
        "command" => in_parts(reply, &|part| match part {
            Reply::Array(mut items) if items.len() == 10 => {
                items[7..].fill(hidden());
                Reply::Array(items)
            }
            other => other,
        }),
        // Fields that later versions have added.
        "later" => without_fields(&["inactive", "active-time"], reply),
        // Only what kind of reply it is.
        "kind" => Reply::Simple(reply.to_string().chars().take(1).collect()),
        _ => panic!("there is no mask `{mask}`"),
    }
}

fn hidden() -> Reply {
    Reply::Simple("…".into())
}

/// Applies `change` to every part of a reply, parts first.
fn in_parts(reply: Reply, change: &dyn Fn(Reply) -> Reply) -> Reply {
    let all = |items: Vec<Reply>| items.into_iter().map(|item| in_parts(item, change)).collect();
    change(match reply {
        Reply::Array(items) => Reply::Array(all(items)),
        Reply::Push(items) => Reply::Push(all(items)),
        Reply::Map(pairs) => {
            let pairs = pairs.into_iter();
            Reply::Map(pairs.map(|(k, v)| (in_parts(k, change), in_parts(v, change))).collect())
        }
        other => other,
    })
}

/// In RESP2 a map is an array in which each value follows its field.
fn hide_fields(fields: &[&str], reply: Reply) -> Reply {
    in_parts(reply, &|part| match part {
        Reply::Map(pairs) => {
            let hide = |(field, value)| {
                let value = if is_named(fields, &field) { hidden() } else { value };
                (field, value)
            };
            Reply::Map(pairs.into_iter().map(hide).collect())
        }
        Reply::Array(mut items) => {
            for at in 1..items.len() {
                if is_named(fields, &items[at - 1]) {
                    items[at] = hidden();
                }
            }
            Reply::Array(items)
        }
        other => other,
    })
}

fn without_fields(fields: &[&str], reply: Reply) -> Reply {
    in_parts(reply, &|part| match part {
        Reply::Map(pairs) => {
            Reply::Map(pairs.into_iter().filter(|(field, _)| !is_named(fields, field)).collect())
        }
        Reply::Array(mut items) => {
            while let Some(at) = items.iter().position(|item| is_named(fields, item)) {
                items.drain(at..items.len().min(at + 2));
            }
            Reply::Array(items)
        }
        other => other,
    })
}

fn is_named(fields: &[&str], field: &Reply) -> bool {
    matches!(field, Reply::Bulk(name) if fields.iter().any(|field| field.as_bytes() == name))
}

fn hide_numbers(reply: Reply) -> Reply {
    in_parts(reply, &|part| if matches!(part, Reply::Integer(_)) { hidden() } else { part })
}

fn hide_third_of_four(reply: Reply) -> Reply {
    in_parts(reply, &|part| match part {
        Reply::Array(mut items) if items.len() == 4 && matches!(items[2], Reply::Integer(_)) => {
            items[2] = hidden();
            Reply::Array(items)
        }
        other => other,
    })
}

fn sorted(reply: Reply) -> Reply {
    in_parts(reply, &|part| match part {
        Reply::Array(mut items) => {
            items.sort_by_key(ToString::to_string);
            Reply::Array(items)
        }
        other => other,
    })
}

#[test]
fn a_mask_hides_what_it_names_and_nothing_else() {
    let shown = |wire: &str, mask: &str| {
        let (reply, _) = Reply::parse(wire.as_bytes()).unwrap();
        apply(mask, reply).to_string()
    };
    assert_eq!(shown("*4\r\n$4\r\nidle\r\n:7\r\n$1\r\nn\r\n:2\r\n", "idle"), "[$idle, +…, $n, :2]");
    assert_eq!(shown("*1\r\n%1\r\n$4\r\nidle\r\n:7\r\n", "idle"), "[{$idle: +…}]");
    assert_eq!(shown("*2\r\n$1\r\nb\r\n$1\r\na\r\n", "sorted"), "[$a, $b]");
    assert_eq!(shown("*1\r\n:5\r\n", "number"), "[+…]");
    assert_eq!(shown("*1\r\n:5\r\n", "kind"), "+[");
}
