use std::{fmt::Write as _, path::Path};

use sluicegate::{
    config::{Overrides, check},
    pipeline::Chain,
};

use super::*;

/// A gateway without plugins and with the memory broker.
fn runner() -> ScriptRunner {
    let text = "[broker]\nkind = \"memory\"\n";
    let settings = check(Path::new("test.toml"), text, &Overrides::default()).unwrap();
    ScriptRunner::new(settings, Chain::new(1, Vec::new()))
}

fn played(script: &str) -> Vec<PlayedLine> {
    runner().run(&Script::parse(script).unwrap()).unwrap()
}

/// What everybody heard, line by line.
fn text(played: &[PlayedLine]) -> String {
    let mut text = String::new();
    for PlayedLine { client, typed, replies, is_waiting, .. } in played {
        writeln!(text, "{client}> {typed}").unwrap();
        for ClientReply { client: name, reply } in replies {
            writeln!(text, "  {name} < {}", reply.to_string().replace('\n', " ")).unwrap();
        }
        if *is_waiting {
            text.push_str("  (waits)\n");
        }
    }
    text
}

fn lines(script: &str) -> Vec<String> {
    let text = text(&played(script));
    text.lines().filter(|line| line.starts_with(' ')).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn what_one_client_publishes_another_reads() {
    assert_eq!(
        lines("XADD orders * value hello\nshop> XREAD STREAMS orders 0"),
        [
            r#"client < "1-0""#,
            r#"shop < 1) 1) "orders"    2) 1) 1) "1-0"          2) 1) "value"             2) "hello""#,
        ]
    );
}

#[test]
fn a_blocked_reader_hears_of_what_another_client_publishes() {
    let script = "\
        TOPIC CREATE orders PARTITIONS 1\n\
        shop> XREAD BLOCK 0 STREAMS orders $\n\
        XADD orders * value hello\n\
        shop> PING";
    assert_eq!(
        lines(script),
        [
            "client < OK",
            "(waits)",
            r#"client < "1-0""#,
            r#"shop < 1) 1) "orders"    2) 1) 1) "1-0"          2) 1) "value"             2) "hello""#,
            "shop < PONG",
        ]
    );
}

#[test]
fn time_passes_when_a_line_says_so() {
    let script = "\
        XREAD BLOCK 5000 STREAMS orders $\n\
        other> PING\n\
        @wait 4s\n\
        @wait 2s";
    assert_eq!(lines(script), ["(waits)", "other < PONG", "client < (nil)"]);
}

#[test]
fn subscribers_hear_messages_in_the_line_that_publishes() {
    let script = "\
        old> SUBSCRIBE orders\n\
        new> HELLO 3\n\
        new> SUBSCRIBE orders\n\
        PUBLISH orders hello\n\
        @close old\n\
        PUBLISH orders again";
    let lines = lines(script);
    let published = lines.iter().position(|line| line.starts_with("client <")).unwrap();
    assert_eq!(
        &lines[published..],
        [
            "client < (integer) 2",
            r#"old < 1) "message" 2) "orders" 3) "hello""#,
            r#"new < 1) "message" 2) "orders" 3) "hello""#,
            "client < (integer) 1",
            r#"new < 1) "message" 2) "orders" 3) "again""#,
        ]
    );
}

#[test]
fn entries_are_pending_for_as_long_as_was_waited() {
    let script = "\
        XADD orders * value hello\n\
        XGROUP CREATE orders shop 0\n\
        a> XREADGROUP GROUP shop a STREAMS orders >\n\
        @wait 1h\n\
        XPENDING orders shop IDLE 3600001 - + 10\n\
        b> XAUTOCLAIM orders shop b 3600000 0";
    let lines = lines(script);
    let pending = r#"client < 1) 1) "1-0"    2) "a"    3) (integer) 3600100    4) (integer) 1"#;
    assert_eq!(lines[3], pending);
    assert!(lines[4].contains(r#"2) 1) 1) "1-0""#), "{}", lines[4]);
}

#[test]
fn a_gateway_that_hangs_up_is_seen_and_called_again() {
    assert_eq!(
        lines("QUIT\nPING\nother> CLIENT KILL TYPE normal SKIPME yes"),
        [
            "client < OK",
            "client < (connection closed)",
            "client < PONG",
            "other < (integer) 1",
            "client < (connection closed)"
        ]
    );
}

#[test]
fn a_client_that_wants_no_answer_is_not_said_to_wait() {
    let script = "CLIENT REPLY SKIP\nPING\nPING\nCLIENT REPLY OFF\nPING\nCLIENT REPLY ON";
    assert_eq!(lines(script), ["client < PONG", "client < OK"]);
}

/// Who wakes first of several readers must not be left to chance, nor any time.
#[test]
fn a_conversation_is_the_same_each_time() {
    let script = "\
        TOPIC CREATE orders PARTITIONS 3\n\
        XGROUP CREATE orders shop 0\n\
        a> XREADGROUP GROUP shop a BLOCK 0 STREAMS orders >\n\
        b> XREADGROUP GROUP shop b BLOCK 0 STREAMS orders >\n\
        c> XREAD BLOCK 9000 STREAMS orders $\n\
        d> HELLO 3\n\
        d> PSUBSCRIBE o*\n\
        XADD orders * n 1\n\
        XADD orders * n 2\n\
        a> XREADGROUP GROUP shop a BLOCK 0 STREAMS orders >\n\
        MULTI\n\
        XADD orders * n 3\n\
        XADD orders * n 4\n\
        EXEC\n\
        XREAD STREAMS orders 0\n\
        @wait 10s\n\
        XINFO STREAM orders FULL\n\
        XPENDING orders shop - + 10\n\
        CLIENT LIST\n\
        @close a\n\
        b> XREADGROUP GROUP shop b STREAMS orders 0";
    let first = text(&played(script));
    for _ in 0..50 {
        let again = text(&played(script));
        assert_eq!(again, first);
    }
}

/// Time is real there, and a blocked reader is waited for as long as it takes.
#[test]
fn a_durable_log_gives_the_same_conversation() {
    let script = "\
        TOPIC CREATE orders PARTITIONS 1\n\
        XGROUP CREATE orders shop 0\n\
        a> XREADGROUP GROUP shop a BLOCK 0 STREAMS orders >\n\
        XADD orders * n 1\n\
        XRANGE orders - +\n\
        a> XACK orders shop 1-0\n\
        a> QUIT";
    let folder = tempfile::tempdir().unwrap();
    let mut durable = runner();
    durable.settings.broker.kind = sluicegate::config::BrokerKind::Embedded;
    durable.settings.broker.folder = folder.path().to_owned();
    durable.patience = Duration::from_millis(300);
    let on_disk = durable.run(&Script::parse(script).unwrap()).unwrap();
    assert_eq!(text(&on_disk), text(&played(script)));
}
