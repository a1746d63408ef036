//! All that clients can see of a gateway, so that two looks can be compared.

use sluicegate_tests::{Client, Reply};

/// Topics that are looked at.
const TOPICS: [&str; 6] = ["orders", "many", "fresh", "events", "events.sale", "pb"];
/// Their groups.
const GROUPS: [&str; 2] = ["g", "h"];
/// Counters that questions do not move, by how their names begin.
const COUNTERS: [&str; 8] = [
    "messages_",
    "records_",
    "plugin_",
    "logins_",
    "reloads",
    "pubsub_",
    "connected_clients",
    "blocked_clients",
];
/// Fields whose numbers are times since something.
const TIMES: [&str; 2] = ["$idle", "$inactive"];

/// One look.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State {
    /// Topics, groups, consumers, pending entries.
    seen: Vec<String>,
    /// What is counted: looking at entries is counted too.
    counted: Vec<String>,
}

impl State {
    /// The look before something: what is counted comes last.
    pub(super) async fn before(client: &mut Client) -> Self {
        let seen = seen(client).await;
        Self { counted: counted(client).await, seen }
    }

    /// The look behind it: what is counted comes first.
    pub(super) async fn after(client: &mut Client) -> Self {
        let counted = counted(client).await;
        Self { seen: seen(client).await, counted }
    }
}

async fn seen(client: &mut Client) -> Vec<String> {
    let mut questions = vec!["TOPIC LIST".to_owned()];
    for topic in TOPICS {
        questions.push(format!("XLEN {topic}"));
        questions.push(format!("XINFO STREAM {topic}"));
        questions.push(format!("XINFO GROUPS {topic}"));
        for group in GROUPS {
            questions.push(format!("XINFO CONSUMERS {topic} {group}"));
            questions.push(format!("XPENDING {topic} {group}"));
            questions.push(format!("XPENDING {topic} {group} - + 100"));
        }
    }
    let lines: Vec<_> = questions.iter().map(String::as_str).collect();
    let answers = client.pipeline(&lines).await;
    let told = questions.iter().zip(answers);
    told.map(|(question, answer)| format!("{question}: {}", timeless(question, &answer))).collect()
}

async fn counted(client: &mut Client) -> Vec<String> {
    let info = client.send("INFO").await;
    let info = String::from_utf8_lossy(info.bytes()).into_owned();
    let is_wanted = |line: &&str| COUNTERS.iter().any(|name| line.starts_with(name));
    let mut lines: Vec<_> = info.lines().filter(is_wanted).map(str::to_owned).collect();
    let Reply::Array(plugins) = client.send("PLUGIN LIST").await else { return lines };
    for plugin in plugins {
        let name = String::from_utf8_lossy(plugin.items()[1].bytes()).into_owned();
        lines.push(client.send(&format!("PLUGIN INFO {name}")).await.to_string());
        lines.push(client.send(&format!("PLUGIN LOG {name}")).await.to_string());
    }
    lines
}

/// The answer without times, which go on.
fn timeless(question: &str, answer: &Reply) -> String {
    let Reply::Array(items) = answer else { return answer.to_string() };
    if question.ends_with("- + 100") {
        let entry = |entry: &Reply| {
            let [id, consumer, _, count] = entry.items() else { panic!("four fields: {entry}") };
            format!("[{id}, {consumer}, {count}]")
        };
        return items.iter().map(entry).collect::<Vec<_>>().join(", ");
    }
    let mut told = Vec::new();
    let mut is_time = false;
    for item in items {
        told.push(if is_time { "-".to_owned() } else { timeless(question, item) });
        is_time = TIMES.iter().any(|name| *item == *name);
    }
    format!("[{}]", told.join(", "))
}
