//! What is too large, too many or too slow.

use crate::parity::{
    conversation::{Expect, words},
    scene::Scene,
};

/// Values, requests, replies and numbers of topics at their limits.
pub(super) fn sizes(scene: &mut Scene<'_>) {
    let who = scene.open();
    let topic = scene.names.topic("a");
    scene.say(who, &format!("TOPIC CREATE {topic}"));
    for _ in 0..scene.draw.length(3, 8) {
        match scene.draw.between(1, 8) {
            1..=4 => value(scene, who, &topic),
            5 => request(scene, who, &topic),
            6 => reply(scene, who, &topic),
            7 => {
                let name = scene.names.topic(&format!("t{}", scene.draw.between(0, 99)));
                scene.say(who, &format!("TOPIC CREATE {name} PARTITIONS 1"));
            }
            _ => {
                let name = "n".repeat(scene.draw.length(253, 258));
                scene.say(who, &format!("CLIENT SETNAME {name}"));
                scene.say(who, &format!("XGROUP CREATE {topic} {name} 0"));
            }
        }
    }
}

/// A value of about 1,000 bytes, the limit of such gateways.
fn value(scene: &mut Scene<'_>, who: usize, topic: &str) {
    let value = vec![b'v'; scene.draw.length(996, 1_003)];
    let head = *scene.draw.one(&["XADD {} * value", "XADD {} * f", "PUBLISH {}", "SPUBLISH {}"]);
    let mut command = words(&head.replace("{}", topic));
    command.push(value);
    scene.say_words(who, command, Expect::Fence);
}

/// A request of about 1 MiB, the limit of such gateways; one too large ends the connection.
fn request(scene: &mut Scene<'_>, who: usize, topic: &str) {
    let length = scene.draw.length(1_048_300, 1_048_600);
    let mut command = words(&format!("XADD {topic} * f"));
    command.push(vec![b'r'; length]);
    scene.say_words(who, command, Expect::Fence);
}

/// More in one reply than it may have.
fn reply(scene: &mut Scene<'_>, who: usize, topic: &str) {
    for _ in 0..scene.draw.length(4, 8) {
        let mut entries = Vec::new();
        for _ in 0..10 {
            let mut command = words(&format!("XADD {topic} * value"));
            command.push(vec![b'e'; 990]);
            entries.push(command);
        }
        scene.say_all(who, entries, Expect::Fence);
    }
    scene.say(who, &format!("XRANGE {topic} - +"));
    scene.say(who, &format!("XRANGE {topic} - + COUNT 3"));
}

/// What the slow log says of commands, on gateways where all are slow.
pub(super) fn slow_log(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    scene.say(who, "SLOWLOG RESET");
    for _ in 0..scene.draw.length(1, 8) {
        let section = *scene.draw.one(&["streams", "groups", "keys", "partitions", "publish"]);
        let command = scene.command_of(section);
        scene.say_words(who, command, Expect::Fence);
    }
    for line in ["SLOWLOG LEN", "SLOWLOG GET", "SLOWLOG GET 3", "SLOWLOG GET -1", "SLOWLOG GET -2"]
    {
        scene.say(who, line);
    }
}
