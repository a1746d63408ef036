//! `PLUGIN LOG`: the last lines about one plugin.

use sluicegate_tests::{Client, gateway, gateway::read, workspace};

use super::fields;

/// One line: number, level, text.
type Line = (u64, String, String);

#[tokio::test]
async fn loads_words_and_failures_stand_in_the_log_of_their_plugin_in_order() {
    let gateway = gateway().plugin("misbehaving", "").plugin("upper", "").start().await;
    let mut client = gateway.client().await;

    let lines = log(&mut client, "misbehaving").await;
    assert_eq!((lines[0].0, lines[0].1.as_str()), (1, "info"), "{lines:?}");
    assert!(lines[0].2.starts_with("gateway: loaded: version "), "{lines:?}");
    assert!(client.send("XADD hurt * value misbehave:trap").await.error().is_some());
    let lines = log(&mut client, "misbehaving 1").await;
    assert_eq!(lines.iter().map(|line| line.0).collect::<Vec<_>>(), [2, 3], "{lines:?}");
    assert!(lines.iter().all(|line| line.1 == "error"), "{lines:?}");
    assert!(lines[0].2.starts_with("panicked at "), "the guest's own: {lines:?}");
    assert!(lines[1].2.starts_with("gateway: plugin `misbehaving` trapped in "), "{lines:?}");
    assert_eq!(log(&mut client, "upper").await.len(), 1, "the others' are the others'");
}

#[tokio::test]
async fn the_log_is_bounded_outlives_a_reload_and_tells_of_a_refusal() {
    let gateway = gateway().plugin("misbehaving", "").start().await;
    let mut client = gateway.client().await;

    // A thousand lines in one call: a hundred of a second are taken.
    assert_eq!(client.send("XADD t * value misbehave:chatter").await.error(), None);
    let lines = log(&mut client, "misbehaving").await;
    assert_eq!(lines.len(), 100);
    let last = lines[99].0;
    assert!(lines[99].2.starts_with("line "), "{:?}", lines[99]);

    gateway.drop_in("misbehaving", b"not wasm", "");
    assert!(client.send("PLUGIN RELOAD").await.error().is_some());
    let wasm = read(&workspace::component("misbehaving"));
    gateway.drop_in("misbehaving", &wasm, "order = 2\n");
    assert_eq!(client.send("PLUGIN RELOAD").await.error(), None);

    let lines = log(&mut client, &format!("misbehaving {last}")).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].2.starts_with("gateway: refused: the file is not WebAssembly"), "{lines:?}");
    assert!(lines[1].2.starts_with("gateway: loaded: "), "{lines:?}");
    let all = log(&mut client, &format!("misbehaving {}", last + 1000)).await;
    assert_eq!(all.len(), 100, "a number of an earlier gateway gets all");
}

#[tokio::test]
async fn only_administrators_read_it_and_mistakes_are_told() {
    let users = "[[settings.users]]\nname = \"writer\"\nsecret = \"w\"\npublish = [\"*\"]\n";
    let gateway = gateway().plugin("auth-static", users).start().await;
    let mut writer = gateway.client().await;
    assert_eq!(writer.send("AUTH writer w").await, "+OK");
    let reply = writer.send("PLUGIN LOG auth-static").await;
    assert!(reply.error().is_some_and(|text| text.starts_with("NOPERM")), "{reply}");

    let open = sluicegate_tests::gateway().plugin("upper", "").start().await;
    let mut client = open.client().await;
    for (line, told) in [
        ("PLUGIN LOG nobody", "ERR no such plugin `nobody`"),
        ("PLUGIN LOG upper x", "ERR the number of a line is 0 or greater"),
        ("PLUGIN LOG", "ERR wrong number of arguments for 'plugin|log' command"),
        ("PLUGIN LOG upper 1 2", "ERR wrong number of arguments for 'plugin|log' command"),
    ] {
        assert_eq!(client.send(line).await.error(), Some(told), "{line}");
    }
    let help = client.send("PLUGIN HELP").await.to_string();
    assert!(help.contains("LOG <plugin> [<after>]"), "{help}");
}

/// What PLUGIN LOG answers.
async fn log(client: &mut Client, arguments: &str) -> Vec<Line> {
    let lines = client.send(&format!("PLUGIN LOG {arguments}")).await;
    assert_eq!(lines.error(), None, "{arguments}");
    let line = |map| {
        let fields = fields(map);
        let at: u64 = fields["unix_ms"].parse().expect("a time");
        assert!(at > 1_700_000_000_000, "{at}");
        let number = fields["number"].parse().expect("a number");
        (number, fields["level"].clone(), fields["text"].clone())
    };
    lines.items().iter().map(line).collect()
}
