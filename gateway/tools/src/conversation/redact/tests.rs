use super::*;

/// 2026-01-01T00:00:00Z, and a wall clock half a year behind.
const STARTS: &[u64] = &[1_767_225_600_000, 1_782_000_000_000];

fn redacted(command: &str, said: &str, line: &str) -> String {
    Redactor::new(&[], said, STARTS, Duration::from_hours(1)).line(command, line)
}

#[test]
fn times_of_the_conversation_are_taken_out() {
    let cases = [
        ("(integer) 1767225600000", "(integer) [TIME]"),
        ("{\"at\":1767225612345,\"s\":1782000001}", "{\"at\":[TIME],\"s\":[TIME]}"),
        ("1782000001.123456 [0 x]", "[TIME] [0 x]"),
        ("1767225600000123", "[TIME]"),
        ("at 2026-01-01T00:00:05.120Z, then", "at [TIME], then"),
        ("2026-01-01 01:00:00+01:00", "[TIME]"),
    ];
    for (line, wanted) in cases {
        assert_eq!(redacted("XADD", "", line), wanted);
    }
}

#[test]
fn other_numbers_and_dates_stay() {
    let lines = [
        "(integer) 1700000000000",
        "1767225600000000000",
        "order1767225600000",
        "2024-02-29T12:00:00Z",
        "2026-01-01",
        "2026-13-41T00:00:00Z",
        "\"0-1\"",
        "10.0.0.1:6379",
    ];
    for line in lines {
        assert_eq!(redacted("XADD", "", line), line);
    }
}

#[test]
fn what_the_conversation_says_stays() {
    let said = "XADD orders * at 1767225600000 on 2026-01-01T00:00:00Z from 127.0.0.1:6379";
    for line in ["at 1767225600000", "on 2026-01-01T00:00:00Z", "from 127.0.0.1:6379"] {
        assert_eq!(redacted("XADD", said, line), line);
    }
    assert_eq!(redacted("XADD", said, "1767225600001"), "[TIME]");
}

#[test]
fn ports_are_taken_out() {
    assert_eq!(redacted("PING", "", "addr=127.0.0.1:51234 x"), "addr=127.0.0.1:[PORT] x");
    assert_eq!(redacted("PING", "", "[::1]:51234"), "[::1]:[PORT]");
}

#[test]
fn some_commands_tell_of_the_process() {
    let cases = [
        (
            "info",
            r#""process_id:17\r\nos:linux x\r\nrole:master\r\nbroker:memory""#,
            r#""process_id:[VARIES]\r\nos:[VARIES]\r\nrole:master\r\nbroker:[VARIES]""#,
        ),
        ("TIME", r#"2) "123""#, r#"2) "[MICROSECONDS]""#),
        ("CLIENT", "id=1 age=5 idle=0 db=0", "id=1 age=[VARIES] idle=[VARIES] db=0"),
        ("PLUGIN", r#"4) "0123456789ab""#, r#"4) "[HASH]""#),
        ("ECHO", "age=5", "age=5"),
    ];
    for (command, line, wanted) in cases {
        assert_eq!(redacted(command, "", line), wanted);
    }
}

#[test]
fn rules_of_the_folder_come_last() {
    let rule = |command: Option<&str>, pattern: &str, with: &str| Redaction {
        command: command.map(Into::into),
        pattern: regex(pattern),
        with: with.into(),
    };
    let rules = [rule(None, r"order-(\w)\d+", "order-$1[N]"), rule(Some("get"), "x", "y")];
    let redactor = Redactor::new(&rules, "", STARTS, Duration::ZERO);
    assert_eq!(redactor.line("XADD", "order-a12 x"), "order-a[N] x");
    assert_eq!(redactor.line("GET", "x 1767225600000"), "y [TIME]");
}
