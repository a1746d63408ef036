//! Plugins that break: each in its own way, each with its own words, none disturbs anybody else.

use sluicegate_tests::{Client, Gateway, gateway, gateway::read, workspace};

/// A file that must not be taken into the chain: its bytes, its TOML, and words that tell why.
struct Refused {
    what: &'static str,
    wasm: Vec<u8>,
    toml: &'static str,
    words: &'static [&'static str],
}

/// Calls that must fail alone: a mode of `misbehaving`, and words that tell why.
const FAILING_CALLS: [(&str, &[&str]); 4] = [
    ("trap", &["failed"]),
    ("loop", &["took too long"]),
    ("allocate", &["too much memory"]),
    ("result", &["too large a result"]),
];

/// Grants `reach` both stores, and makes it ask one when it is configured.
const ASKS_TOO_EARLY: &str = r#"
[settings]
in_configure = "redis users GET key"
[redis.users]
url = "redis://127.0.0.1:1"
commands = ["GET"]
keys = ["*"]
[sql.users]
url = "mysql://127.0.0.1:1"
queries = "read-only"
"#;

fn refused() -> Vec<Refused> {
    vec![
        Refused {
            what: "a file that is not wasm",
            wasm: b"this is not wasm".to_vec(),
            toml: "",
            words: &["not WebAssembly"],
        },
        Refused {
            what: "a wrong contract version",
            wasm: read(&workspace::component("future")),
            toml: "",
            words: &["sluicegate:plugin/lifecycle@0.2.0", "0.1.0"],
        },
        Refused {
            what: "an ungranted import",
            wasm: read(&workspace::component("ungranted")),
            toml: "",
            words: &["import", "granted"],
        },
        Refused {
            what: "a store that is not granted",
            wasm: read(&workspace::component("reach")),
            toml: "[redis.users]\nurl = \"redis://127.0.0.1:1\"\ncommands = [\"GET\"]\nkeys = [\"*\"]",
            words: &["talking to a database is not granted"],
        },
        Refused {
            what: "a store that is asked outside a login",
            wasm: read(&workspace::component("reach")),
            toml: ASKS_TOO_EARLY,
            words: &["`redis` was called outside `authenticate`"],
        },
        Refused {
            what: "a configure error",
            wasm: read(&workspace::component("misbehaving")),
            toml: "[settings]\nmode = \"configure-error\"",
            words: &["refused its settings"],
        },
    ]
}

#[tokio::test]
async fn a_file_that_is_refused_leaves_its_previous_version_in_force() {
    let gateway = gateway().plugin("upper", "").start().await;
    let mut client = gateway.client().await;
    let good = read(&workspace::component("upper"));
    let mut told = Vec::new();

    for Refused { what, wasm, toml, words } in refused() {
        gateway.drop_in("upper", &wasm, if toml.is_empty() { " " } else { toml });
        let reload = client.send("PLUGIN RELOAD").await.to_string();
        let listed = client.send("PLUGIN LIST").await.to_string();
        let message = error_in(&gateway, &listed);
        for word in words {
            assert!(listed.contains(word), "{what}: no {word:?} in {listed}\n{reload}");
        }
        told.push(message);
        assert_eq!(value_after_publish(&mut client).await, "$LOUD", "{what}: the old one works on");
        gateway.drop_in("upper", &good, " ");
        assert_eq!(client.send("PLUGIN RELOAD").await.error(), None, "{what}");
    }

    told.sort();
    told.dedup();
    assert_eq!(told.len(), refused().len(), "each has words of its own: {told:?}");
}

#[tokio::test]
async fn a_call_that_breaks_fails_alone_and_says_how() {
    // 1 GiB is over this limit; a result of 100 MB is not, and meets the limit on results.
    // The time is long enough to fill memory on a busy machine.
    let toml = "[limits]\nmemory_bytes_max = 268435456\ncall_deadline_ms = 1000\n";
    let gateway = gateway().plugin("misbehaving", toml).start().await;
    let (mut victim, mut neighbour) = (gateway.client().await, gateway.client().await);
    let mut told = Vec::new();

    for (healthy, (mode, words)) in FAILING_CALLS.into_iter().enumerate() {
        let reply = victim.send(&format!("XADD hurt * value misbehave:{mode}")).await;

        let error = reply.error().unwrap_or_else(|| panic!("{mode}: {reply}")).to_owned();
        assert!(error.starts_with("REJECTED misbehaving "), "{mode}: {error}");
        for word in words {
            assert!(error.contains(word), "{mode}: no {word:?} in {error}");
        }
        told.push(error);
        assert_eq!(victim.send("XLEN hurt").await, ":0", "{mode}: nothing was stored");
        let next = neighbour.send("XADD healthy * value x").await;
        assert_eq!(next, format!("${}-0", healthy + 1), "{mode}: the plugin works on for others");
        assert!(gateway.process().resident_kib() < 900 * 1024, "{mode}: memory is bounded");
    }

    told.sort();
    told.dedup();
    assert_eq!(told.len(), FAILING_CALLS.len(), "each has words of its own: {told:?}");
}

#[tokio::test]
async fn neighbours_are_served_while_a_plugin_loops() {
    let gateway = gateway().plugin("misbehaving", "").start().await;
    let (mut victim, mut neighbour) = (gateway.client().await, gateway.client().await);
    let loops = sluicegate_tests::client::encode(&["XADD", "hurt", "*", "value", "misbehave:loop"]);

    for _ in 0..10 {
        victim.write(&loops).await.expect("it is open");
        for n in 0..20 {
            let reply = neighbour.send("XADD healthy * value x").await;
            assert_eq!(reply.error(), None, "{n}");
        }
        assert!(victim.reply().await.error().is_some());
    }
}

#[tokio::test]
async fn a_plugin_that_keeps_failing_is_quarantined_and_bypassed_where_told_so() {
    let toml = "topics = [\"hurt\"]\non_failure = \"bypass\"\n[settings]\nmode = \"trap\"";
    let gateway = gateway().plugin("misbehaving", toml).start().await;
    let mut client = gateway.client().await;

    for _ in 0..50 {
        assert_eq!(client.send("XADD hurt * value x").await.error(), None);
    }

    let told = client.send("PLUGIN INFO misbehaving").await.to_string();
    assert!(told.contains("quarantine"), "{told}");
}

#[tokio::test]
async fn a_broken_plugin_at_the_start_is_refused_with_words() {
    let refused = gateway().plugin_file("broken", b"not wasm", "").try_start().await;

    match refused {
        Err(refused) => assert!(refused.log.contains("broken"), "{}", refused.log),
        Ok(gateway) => {
            let listed = gateway.client().await.send("PLUGIN LIST").await.to_string();
            assert!(listed.contains("broken") && listed.contains("not"), "{listed}");
        }
    }
}

/// What a client reads back after it published `loud`.
async fn value_after_publish(client: &mut Client) -> String {
    let id = client.send("XADD voice * value loud").await;
    let id = String::from_utf8_lossy(id.bytes()).into_owned();
    let entries = client.send(&format!("XRANGE voice {id} {id}")).await;
    entries.items()[0].items()[1].items()[1].to_string()
}

/// The one log line about the refusal, without what changes from run to run.
fn error_in(gateway: &Gateway, listed: &str) -> String {
    let log = gateway.log();
    let line = log.lines().rev().find(|line| line.contains("refused"));
    let event = line.and_then(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let error = event.map(|event| event.get("fields").unwrap_or(&event)["error"].to_string());
    error.unwrap_or_else(|| panic!("no log line tells of the refusal: {listed}\n{log}"))
}
