//! The databus dialect: logins with a bound topic publish, read and commit.

use crate::parity::{
    conversation::{Expect, Step},
    scene::Scene,
};

/// A publisher and a consumer of the conversation's bound topic, in turns.
pub(super) fn databus(scene: &mut Scene<'_>) {
    if !scene.profile.asks_for_login() {
        // Without logins nothing is bound, which is to be said.
        let who = scene.open();
        scene.chat(who, "databus", 8);
        return;
    }
    make_topic(scene);
    let publisher = log_in(scene, &["g", "p"], &["role=pub", "role=pubsub", "role=pub&color=red"]);
    let consumer = log_in(scene, &["g", "s"], CONSUMERS);
    for _ in 0..scene.draw.length(2, 7) {
        match scene.draw.between(1, 10) {
            1..=4 => publish(scene, publisher),
            5..=6 => scene.say(consumer, "MGET"),
            7 => scene.say(consumer, "MGET pb"),
            8 => commit(scene, consumer),
            _ => {
                let who = if scene.draw.percent(50) { publisher } else { consumer };
                scene.chat(who, "databus", 2);
            }
        }
    }
    let topic = scene.names.bound_topic();
    let admin = scene.open();
    scene.say(admin, &format!("XRANGE {topic} - +"));
    scene.say(admin, &format!("XINFO GROUPS {topic}"));
}

const CONSUMERS: &[&str] = &[
    "role=sub&offset=oldest&block=5",
    "role=sub&block=5&batch=2&offset=oldest",
    "role=pubsub&block=5&offset=oldest",
    "role=sub&block=3&color=red&offset=oldest",
    "role=sub&block=3&offset=1",
    "role=sub&block=3&offset=newest",
    "role=sub&block=3",
];

fn make_topic(scene: &mut Scene<'_>) {
    let (topic, partitions) = (scene.names.bound_topic(), scene.draw.between(1, 4));
    let admin = scene.open();
    scene.say(admin, &format!("TOPIC CREATE {topic} PARTITIONS {partitions}"));
}

fn log_in(scene: &mut Scene<'_>, groups: &[&str], parameters: &[&str]) -> usize {
    let who = scene.open_stranger();
    let (group, parameters) = (*scene.draw.one(groups), *scene.draw.one(parameters));
    let dsn = scene.names.dsn(group, parameters);
    scene.say(who, &format!("AUTH {dsn}"));
    who
}

fn publish(scene: &mut Scene<'_>, who: usize) {
    let count = scene.draw.length(1, 4);
    let commands = (0..count).map(|_| {
        let key = format!("k{}", scene.draw.between(1, 5)).into_bytes();
        let value = if scene.draw.percent(70) { scene.word("json") } else { scene.word("value") };
        if scene.draw.percent(70) {
            vec![b"SET".to_vec(), key, value]
        } else {
            vec![b"HSET".to_vec(), key, scene.word("header"), value]
        }
    });
    // One by one: each is placed by itself.
    let commands: Vec<_> = commands.collect();
    for command in commands {
        scene.say_words(who, command, Expect::Fence);
    }
}

fn commit(scene: &mut Scene<'_>, who: usize) {
    let (partition, offset) = (scene.draw.between(0, 3), scene.draw.between(0, 5));
    let word = if scene.draw.percent(50) { " COMMIT" } else { "" };
    scene.say(who, &format!("SET {partition} {offset}{word}"));
}

/// Consumers of one group: those who come and go, and one that waits.
pub(super) fn members(scene: &mut Scene<'_>) {
    make_topic(scene);
    let publisher = log_in(scene, &["g"], &["role=pub"]);
    scene.say(publisher, "SET first 1");
    let first = log_in(scene, &["g"], &["role=pubsub&offset=oldest&block=600000"]);
    scene.say(first, "MGET");
    scene.say_for(first, "MGET", Expect::Nothing);
    scene.step(Step::Blocked { who: first });
    if scene.draw.percent(30) {
        let admin = scene.open();
        scene.say(admin, &format!("CLIENT UNBLOCK {{id:{first}}}"));
        scene.hear(first, Expect::Frames(1));
    } else {
        publish_one(scene, publisher);
        scene.hear(first, Expect::Frames(1));
    }
    scene.say(first, "SET 0 0 COMMIT");
    if scene.draw.percent(50) {
        scene.say(first, "QUIT");
        let second = log_in(scene, &["g"], &["role=sub&offset=oldest&block=5"]);
        scene.say(second, "MGET pb");
        commit(scene, second);
    }
    let other = log_in(scene, &["s"], &["role=sub&offset=oldest&block=5&batch=1"]);
    scene.say(other, "MGET");
    scene.say(other, "MGET");
}

fn publish_one(scene: &mut Scene<'_>, who: usize) {
    scene.say(who, "SET second {\"id\":2}");
}
