use super::*;

fn say(number: usize, client: &str, typed: &str, args: &[&[u8]]) -> Line {
    let args = args.iter().map(|arg| arg.to_vec()).collect();
    Line { number, typed: typed.into(), action: LineAction::Send { client: client.into(), args } }
}

fn faults(text: &str) -> Vec<String> {
    Script::parse(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_line_is_a_command_with_the_quotes_of_redis_cli() {
    let text = "# about\n\n  XADD orders * value \"a \\\"b\\\"\\n\\x00\" 'it\\'s'  \nping";
    let script = Script::parse(text).unwrap();
    assert_eq!(
        script.lines,
        [
            say(
                3,
                "client",
                "XADD orders * value \"a \\\"b\\\"\\n\\x00\" 'it\\'s'",
                &[b"XADD", b"orders", b"*", b"value", b"a \"b\"\n\0", b"it's"],
            ),
            say(4, "client", "ping", &[b"ping"]),
        ]
    );
}

#[test]
fn a_name_before_the_line_is_another_client() {
    let script = Script::parse("shop> PING\nXADD a> * b c\nc-2.x>  PING\nXRANGE k (1>2 +").unwrap();
    assert_eq!(script.lines[0], say(1, "shop", "PING", &[b"PING"]));
    assert_eq!(
        script.lines[1],
        say(2, "client", "XADD a> * b c", &[b"XADD", b"a>", b"*", b"b", b"c"])
    );
    assert_eq!(script.lines[2], say(3, "c-2.x", "PING", &[b"PING"]));
    assert_eq!(script.clients(), ["shop", "client", "c-2.x"]);
}

#[test]
fn directives_are_read() {
    let text = "@plugins ../build dir\n@config g.toml\nPING\n@wait 90 s\n@wait 250ms\n\
                @close client\n@fixtures f.toml\n@secret A_B\n@secret A_B";
    let script = Script::parse(text).unwrap();
    assert_eq!(script.plugins, Some("../build dir".into()));
    assert_eq!(script.config, Some("g.toml".into()));
    assert_eq!(script.fixtures, Some("f.toml".into()));
    assert_eq!(script.secrets, ["A_B"]);
    let actions: Vec<_> = script.lines[1..].iter().map(|line| line.action.clone()).collect();
    assert_eq!(
        actions,
        [
            LineAction::Wait(Duration::from_secs(90)),
            LineAction::Wait(Duration::from_millis(250)),
            LineAction::Close { client: "client".into() },
        ]
    );
    assert_eq!(script.lines[1].typed, "@wait 90 s");
}

#[test]
fn every_fault_is_told_with_its_line_and_what_there_is() {
    let text = "@wat\nPING \"a\nPING \"a\"b\nx>\n@wait soon\n@wait s\n@wait 4000000d\n@close y\n\
                @config\n@config a\n@config b\n@secret a-b";
    let faults = faults(text);
    let first: Vec<_> = faults.iter().map(|fault| fault.lines().next().unwrap()).collect();
    assert_eq!(
        first,
        [
            "1: unknown directive `@wat`",
            "2: a quote is not closed, or something follows right behind it",
            "3: a quote is not closed, or something follows right behind it",
            "4: `x` says nothing",
            "5: `@wait`: `soon` is not a time",
            "6: `@wait`: `s` is not a time",
            "7: `@wait`: more than ten years",
            "8: `@close`: there is no client `y` yet",
            "9: `@config` needs a path",
            "11: `@config` stands here for the second time",
            "12: `@secret`: `a-b` is not a name",
        ]
    );
    assert!(faults[0].contains("hint:  there are `@wait 5s`, `@close NAME`"), "{}", faults[0]);
}

#[test]
fn a_file_that_is_missing_is_named() {
    let error = Script::read(Path::new("no/such.resp")).unwrap_err();
    assert_eq!(error.to_string(), "reading `no/such.resp`");
}
