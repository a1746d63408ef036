//! A plugin that goes wrong: its message fails alone, and its own words and place are told.

use sluicegate_tests::{
    Client,
    authoring::{Kind, Language, built},
    gateway,
    gateway::read,
};

use crate::authoring::wrong_turns::{Redactions, keep};

super::in_every_language!(tells_what_went_wrong_and_where);

/// A value that makes the guest break, what the client hears, and words of the operator's log.
const TURNS: [(&str, &str, &[&str]); 4] = [
    ("panic", "plugin failed", &["trapped in filter.on-produce", "boom"]),
    ("index", "plugin failed", &["trapped in filter.on-produce"]),
    ("loop", "plugin took too long", &["did not end filter.on-produce within 500 ms"]),
    ("memory", "plugin used too much memory", &["bytes of memory in filter.on-produce"]),
];

/// What is told in words of the language is kept.
const OWN_WORDS: [&str; 2] = ["panic", "index"];

async fn tells_what_went_wrong_and_where(language: Language) {
    let Some(component) = built(language, Kind::Breaks).await else { return };
    // Time enough to fill the memory on a busy machine.
    let toml = "[limits]\ncall_deadline_ms = 500\nfailures_in_a_row_max = 100";
    let gateway = gateway().plugin_file("breaks", &read(&component), toml).start().await;
    let mut client = gateway.client().await;

    for (value, heard, told) in TURNS {
        let reply = client.send(&format!("XADD t * value {value}")).await;
        assert_eq!(reply.error(), Some(format!("REJECTED breaks {heard}").as_str()), "{value}");
        let line = failure(&mut client).await;
        for words in told {
            assert!(line.contains(words), "{value}: no {words:?} in {line}");
        }
        if OWN_WORDS.contains(&value) {
            keep(&format!("breaks-{}-{value}", language.name), &Redactions::new().text(&line));
        }
        assert_eq!(client.send("XADD t * value fine").await.error(), None, "after {value}");
    }
}

/// What the plugin's log says about the failure: the gateway's own line ends it.
async fn failure(client: &mut Client) -> String {
    let lines = client.send("PLUGIN LOG breaks").await;
    let line = lines.items().last().expect("a failure is told").items();
    let text = line.last().expect("a line ends with its text");
    String::from_utf8_lossy(text.bytes()).into_owned()
}
