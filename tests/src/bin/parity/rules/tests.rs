use super::*;

/// A reply to `command` without what varies, as text.
fn seen(command: &str, reply: &str) -> String {
    seen_by(command, reply, Traffic::default())
}

fn seen_by(command: &str, reply: &str, traffic: Traffic) -> String {
    let said = names(&super::super::conversation::words(command)).into_iter().collect();
    let places = [("127.0.0.1:5000".to_owned(), "<client 1>".to_owned())];
    let view = View { said: &said, places: &places, traffic };
    without_what_varies(reply.as_bytes(), &view).to_string()
}

#[test]
fn figures_of_the_process_vary_and_their_names_and_order_do_not() {
    let info = |memory, order: [&str; 2]| {
        let text = format!("# Memory\r\nused_memory:{memory}\r\n{}\r\n{}\r\n", order[0], order[1]);
        format!("${}\r\n{text}\r\n", text.len())
    };
    let usual = ["maxmemory:0", "mem_allocator:mimalloc"];
    let seen = |text: &str| seen("INFO", text);

    assert_eq!(seen(&info(123, usual)), seen(&info(45_678, usual)));
    let turned = [usual[1], usual[0]];
    assert_ne!(seen(&info(123, usual)), seen(&info(123, turned)));
    assert_ne!(seen(&info(123, usual)), seen(&info(123, ["maxmemory:1", usual[1]])));
}

#[test]
fn what_the_harness_asked_is_not_counted() {
    let info = |commands| {
        let text = format!("x_commands:7\r\ncommands:{commands}\r\nlogins:1\r\n");
        format!("${}\r\n{text}\r\n", text.len())
    };
    let by = |commands| Traffic { commands, bytes: 0 };

    assert_eq!(seen_by("INFO", &info(17), by(10)), seen_by("INFO", &info(12), by(5)));
    assert_ne!(seen_by("INFO", &info(17), by(10)), seen_by("INFO", &info(12), by(4)));
    assert!(seen_by("INFO", &info(17), by(10)).contains("x_commands:7"));
}

#[test]
fn idle_times_vary_by_what_a_conversation_takes_and_no_more() {
    let pending = |idle| format!("*1\r\n*4\r\n$3\r\n1-0\r\n$1\r\nc\r\n:{idle}\r\n:2\r\n");
    let seen = |idle| seen("XPENDING t g - + 1", &pending(idle));

    assert_eq!(seen(3), seen(250));
    assert_eq!(seen(5_000_501), seen(5_000_700));
    assert_ne!(seen(3), seen(5_000_500));
    let more = pending(3).replace(":2\r\n", ":3\r\n");
    assert_ne!(seen(3), super::tests::seen("XPENDING t g - + 1", &more), "deliveries count");
}

#[test]
fn calls_vary_for_authenticators_only() {
    let info = |role: &str, calls| {
        let role = format!("${}\r\n{role}\r\n", role.len());
        format!("*4\r\n$5\r\nroles\r\n{role}$5\r\ncalls\r\n:{calls}\r\n")
    };
    let seen = |role, calls| seen("PLUGIN INFO a", &info(role, calls));
    assert_eq!(seen("authenticator", 1), seen("authenticator", 2));
    assert_ne!(seen("filter", 1), seen("filter", 2));
}

#[test]
fn rules_hold_for_their_commands_only() {
    let time = "*2\r\n$10\r\n1700000000\r\n$3\r\n123\r\n";
    assert_ne!(seen("ECHO", time), seen("ECHO", &time.replace("123", "456")));
    assert_eq!(seen("TIME", time), seen("TIME", &time.replace("123", "456")));
}

#[test]
fn addresses_are_told_by_whose_they_are() {
    let shown = seen("CLIENT LIST", "$28\r\naddr=127.0.0.1:5000 fd=9 a=9\r\n");
    assert_eq!(shown, "$\"addr=<client 1> fd=<varies> a=9\"\n");
}

#[test]
fn an_explanation_may_take_any_time() {
    let line = |time: &str| format!("*1\r\n+  filter-json filter.on-produce forward ({time})\r\n");
    let seen = |time: &str| seen("EXPLAIN XADD t * a b", &line(time));
    assert_eq!(seen("12.3 µs"), seen("1 ms"));
    assert_ne!(seen("12.3 µs"), seen("12 apples"));

    let json = |took: &str| {
        let text = format!("{{\"took_us\":{took},\"topic\":\"t\"}}");
        format!("${}\r\n{text}\r\n", text.len())
    };
    let seen = |took: &str| super::tests::seen("EXPLAIN JSON XADD t * a b", &json(took));
    assert_eq!(seen("12.3"), seen("4"));
}

#[test]
fn a_command_within_explain_is_known_as_such() {
    let names = |line| names(&super::super::conversation::words(line));
    assert_eq!(names("explain json xinfo stream t"), ["EXPLAIN", "EXPLAIN XINFO", "XINFO"]);
    assert_eq!(names("xinfo"), ["XINFO"]);
}
