//! The whole list of what may vary, each with its reason. Everything else is compared.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::{Rule, What};

/// Each with the command of whose replies it is true; `HTTP` is that of HTTP answers.
pub(super) static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rules = [
        // The process: its number, age, port, memory and processor time.
        ("INFO", What::Fields(&["process_id", "tcp_port", "uptime_in_seconds", "uptime_in_days"])),
        ("INFO", What::Fields(MEMORY)),
        ("INFO", What::Fields(&["used_cpu_sys", "used_cpu_user", "mem_fragmentation_ratio"])),
        ("MEMORY", What::Behind(&["peak.allocated", "total.allocated", "allocator.resident"])),
        ("CONFIG", What::Behind(&["port"])),
        // Rates of the last second; bytes of replies, which have numbers such as the above in them.
        ("INFO", What::Fields(RATES)),
        ("INFO", What::Fields(&["total_net_output_bytes", "bytes_sent"])),
        // How often the harness asked whether somebody waits.
        (
            "INFO",
            What::Counted { fields: &["total_commands_processed", "commands"], by: |t| t.commands },
        ),
        (
            "INFO",
            What::Counted { fields: &["total_net_input_bytes", "bytes_received"], by: |t| t.bytes },
        ),
        // The number of an open file, and seconds.
        ("CLIENT", What::Text(regex(r"(\b(?:fd|age|idle)=)[0-9]+"))),
        // Number, time and duration of an entry.
        ("SLOWLOG", What::Items { length: 6, at: &[0, 1, 2] }),
        ("TIME", What::Text(regex(r"^()[0-9]+$"))),
        // How long entries and consumers were left alone, and since when.
        ("XPENDING", What::Idle { length: 4, at: 2 }),
        ("XINFO", What::IdleBehind(&["idle", "inactive"])),
        ("XINFO", What::Moments),
        // When a message was published, in JSON and in protobuf.
        ("MGET", What::Text(regex(r#"("timestamp":)[0-9]{10}\b"#))),
        ("MGET", What::MessageTime),
        ("PLUGIN", What::Behind(&["unix_ms"])),
        // A refusal is remembered for a second; then the authenticator is asked again.
        ("PLUGIN", What::LoginCalls),
        ("INFO", What::Fields(&["logins_asked"])),
        // The time of a command.
        ("MONITOR", What::Text(regex(r"^()[0-9]{10}\.[0-9]{6}\b"))),
        // How long a plugin took, and when a record was made.
        ("EXPLAIN", What::Text(regex(r"(\()[0-9][0-9.]* (?:ns|\xc2\xb5s|ms|s)\)"))),
        ("EXPLAIN", What::Text(regex(r"(^ *time )[0-9]{13} ms$"))),
        ("EXPLAIN", What::Text(regex(r#"("took_us":)[0-9.e-]+"#))),
        ("EXPLAIN", What::Text(regex(r#"("timestamp_ms":)[0-9]{13}\b"#))),
        ("EXPLAIN", What::Behind(&["took_us", "timestamp_ms"])),
        // Numbers of the above, where a reply is shown as text.
        ("EXPLAIN XPENDING", What::Text(regex(r"()\b[0-9]+\b"))),
        ("EXPLAIN XINFO", What::Text(regex(r"()\b[0-9]+\b"))),
        ("EXPLAIN SLOWLOG", What::Text(regex(r"()\b[0-9]+\b"))),
        ("EXPLAIN MEMORY", What::Text(regex(r"()\b[0-9]+\b"))),
        ("EXPLAIN PLUGIN", What::Text(regex(r"()\b[0-9]{13}\b"))),
        ("EXPLAIN PLUGIN", What::Text(regex(r#"("calls"[,:]|\(integer\) )[0-9]+"#))),
        ("EXPLAIN CONFIG", What::Text(regex(r"()\b[0-9]{5}\b"))),
        ("EXPLAIN TIME", What::Text(regex(r"()\b[0-9]+\b"))),
        ("HTTP", What::Text(regex(r"(?i)(\r\ndate: )[^\r]+"))),
    ];
    rules.into_iter().map(|(of, what)| Rule { of, what }).collect()
});

const RATES: &[&str] =
    &["instantaneous_ops_per_sec", "instantaneous_input_kbps", "instantaneous_output_kbps"];

const MEMORY: &[&str] = &[
    "used_memory",
    "used_memory_human",
    "used_memory_rss",
    "used_memory_rss_human",
    "used_memory_peak",
    "used_memory_peak_human",
];

fn regex(pattern: &str) -> Regex {
    Regex::new(&format!("(?-u){pattern}")).expect("a pattern of ours is one")
}
