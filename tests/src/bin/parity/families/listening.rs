//! Subscribers, and others who publish.
//!
//! Messages come when they like, so that each publish is followed by waiting for exactly as many as
//! the subscriptions call for; only then the next thing is done.

use crate::parity::{
    conversation::{Command, Expect, Step, words},
    scene::Scene,
};

/// What one connection listens to, as it must be.
#[derive(Debug, Default)]
struct Subscriptions {
    channels: Vec<&'static str>,
    shards: Vec<&'static str>,
    patterns: Vec<&'static str>,
}

/// The topics that are published to.
const TOPICS: [&str; 4] = ["a", "b", "bc", "json"];
/// Ends of patterns, behind the part that all of the conversation's topics have.
const PATTERNS: [&str; 6] = ["a", "?", "b*", "[ab]", "*", "j*n"];

/// Which topics fit a pattern.
fn fits(pattern: &str, topic: &str) -> bool {
    match pattern {
        "a" => topic == "a",
        "?" | "[ab]" => topic == "a" || topic == "b",
        "b*" => topic == "b" || topic == "bc",
        "*" => true,
        _ => topic == "json",
    }
}

impl Subscriptions {
    /// How often a message of this topic comes.
    fn count(&self, topic: &str) -> usize {
        let named = |list: &[&str]| list.iter().filter(|name| **name == topic).count();
        let patterns = self.patterns.iter().filter(|pattern| fits(pattern, topic));
        named(&self.channels) + named(&self.shards) + patterns.count()
    }
}

/// Commands of subscribers, without messages.
pub(super) fn listen(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    let count = scene.draw.length(6, 16);
    for _ in 0..count {
        scene.chat(who, "listen", 1);
    }
}

pub(super) fn channels(scene: &mut Scene<'_>) {
    let publisher = scene.open_plain();
    for topic in TOPICS {
        let topic = scene.names.topic(topic);
        scene.say(publisher, &format!("TOPIC CREATE {topic} PARTITIONS 1"));
    }
    let count = scene.draw.length(1, 2);
    let mut listeners: Vec<(usize, Subscriptions)> =
        (0..count).map(|_| (scene.open(), Subscriptions::default())).collect();
    for (who, subscriptions) in &mut listeners {
        subscribe(scene, *who, subscriptions);
    }
    for _ in 0..scene.draw.length(3, 8) {
        let nth = scene.draw.length(0, listeners.len() - 1);
        let (who, subscriptions) = &mut listeners[nth];
        match scene.draw.between(1, 10) {
            1..=2 => subscribe(scene, *who, subscriptions),
            3 => unsubscribe(scene, *who, subscriptions),
            4..=5 => ask(scene, publisher, *who),
            _ => publish(scene, publisher, &listeners),
        }
    }
    for (who, _) in &listeners {
        let end = *scene.draw.one(&["PING end", "RESET", "QUIT", "UNSUBSCRIBE"]);
        scene.say(*who, end);
    }
}

fn subscribe(scene: &mut Scene<'_>, who: usize, to: &mut Subscriptions) {
    let (command, list, names) = match scene.draw.between(1, 3) {
        1 => ("SUBSCRIBE", &mut to.channels, &TOPICS[..]),
        2 => ("SSUBSCRIBE", &mut to.shards, &TOPICS[..]),
        _ => ("PSUBSCRIBE", &mut to.patterns, &PATTERNS[..]),
    };
    let mut line: Command = words(command);
    for _ in 0..scene.draw.length(1, 3) {
        let name = *scene.draw.one(names);
        line.push(scene.names.topic(name).into_bytes());
        if !list.contains(&name) {
            list.push(name);
        }
    }
    scene.say_words(who, line, Expect::Fence);
}

fn unsubscribe(scene: &mut Scene<'_>, who: usize, from: &mut Subscriptions) {
    let (command, list) = match scene.draw.between(1, 3) {
        1 => ("UNSUBSCRIBE", &mut from.channels),
        2 => ("SUNSUBSCRIBE", &mut from.shards),
        _ => ("PUNSUBSCRIBE", &mut from.patterns),
    };
    let mut line = words(command);
    if scene.draw.percent(40) {
        list.clear();
    } else if let Some(name) = list.pop() {
        line.push(scene.names.topic(name).into_bytes());
    } else {
        line.push(scene.names.topic("nothing").into_bytes());
    }
    scene.say_words(who, line, Expect::Fence);
}

/// What others see of a subscriber.
fn ask(scene: &mut Scene<'_>, who: usize, listener: usize) {
    let (topic, pattern) = (scene.names.topic("a"), scene.names.topic("*"));
    let line = match scene.draw.between(1, 6) {
        1 => format!("PUBSUB CHANNELS {pattern}"),
        2 => format!("PUBSUB NUMSUB {topic} {topic}"),
        3 => "PUBSUB NUMPAT".to_owned(),
        4 => format!("PUBSUB SHARDNUMSUB {topic}"),
        5 => format!("CLIENT LIST ID {{id:{listener}}}"),
        _ => "CLIENT LIST TYPE pubsub".to_owned(),
    };
    scene.say(who, &line);
}

fn publish(scene: &mut Scene<'_>, who: usize, listeners: &[(usize, Subscriptions)]) {
    let which = *scene.draw.one(&TOPICS);
    let topic = scene.names.topic(which);
    let most = listeners.iter().map(|(_, to)| to.count(which)).max().unwrap_or_default();
    // Several messages at once have one order only if each comes once.
    let messages = if most == 1 && scene.draw.percent(40) { scene.draw.length(2, 6) } else { 1 };
    let commands: Vec<Command> =
        (0..messages).map(|nth| message(scene, which, &topic, nth)).collect();
    if scene.draw.percent(15) {
        let mut all = vec![words("MULTI")];
        all.extend(commands);
        all.push(words("EXEC"));
        let replies = all.len();
        scene.say_all(who, all, Expect::Frames(replies));
    } else {
        scene.say_all(who, commands, Expect::Fence);
    }
    for (listener, to) in listeners {
        let count = to.count(which) * messages;
        if count > 0 {
            scene.step(Step::Hear { who: *listener, expect: Expect::Frames(count) });
        }
    }
}

/// A message that every plugin lets pass.
fn message(scene: &mut Scene<'_>, which: &str, topic: &str, nth: usize) -> Command {
    let value = if which == "json" {
        format!("{{\"id\":{nth},\"card\":\"4111\"}}").into_bytes()
    } else {
        let length = scene.draw.length(0, 30);
        scene.draw.bytes(length)
    };
    let head = match scene.draw.between(1, 4) {
        1 => format!("SPUBLISH {topic}"),
        2 => format!("XADD {topic} * value"),
        _ => format!("PUBLISH {topic}"),
    };
    let mut command = words(&head);
    command.push(value);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_once_for_each_subscription() {
        let subscriptions = Subscriptions {
            channels: vec!["a"],
            shards: vec!["a", "b"],
            patterns: vec!["a", "?", "b*", "[ab]", "*", "j*n"],
        };
        let counts = TOPICS.map(|topic| subscriptions.count(topic));
        assert_eq!(counts, [6, 5, 2, 2]);
    }
}
