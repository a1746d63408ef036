//! One command after the other, most of them good: streams, groups, keys, tools, explanations.

use crate::parity::{
    conversation::{Expect, words},
    profile::Profile,
    scene::Scene,
};

/// A short conversation, or rarely a long one.
fn length(scene: &mut Scene<'_>) -> usize {
    if scene.draw.percent(10) { scene.draw.length(20, 40) } else { scene.draw.length(6, 16) }
}

fn chat(scene: &mut Scene<'_>, section: &str) {
    let who = scene.open();
    scene.some_topics(who);
    let count = length(scene);
    scene.chat(who, section, count);
}

pub(super) fn streams(scene: &mut Scene<'_>) {
    chat(scene, "streams");
}

pub(super) fn keys(scene: &mut Scene<'_>) {
    chat(scene, "keys");
}

pub(super) fn topics(scene: &mut Scene<'_>) {
    chat(scene, "topics");
}

pub(super) fn publish(scene: &mut Scene<'_>) {
    chat(scene, "publish");
}

pub(super) fn tools(scene: &mut Scene<'_>) {
    chat(scene, "server");
}

pub(super) fn client(scene: &mut Scene<'_>) {
    chat(scene, "client");
}

/// A topic of several partitions, read by one cursor while it grows.
pub(super) fn partitions(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    for _ in 0..scene.draw.length(2, 5) {
        let more = scene.draw.length(1, 4);
        let entries = (0..more).map(|nth| {
            let partition = scene.draw.between(0, 2);
            words(&format!("XADD {}:{partition} * n {nth}", scene.names.topic("m")))
        });
        let entries = entries.collect();
        scene.say_all(who, entries, Expect::Fence);
        scene.chat(who, "partitions", 4);
    }
}

/// Groups `g1` and `g2` of the topics, used by one connection or two.
pub(super) fn groups(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    let other = if scene.draw.percent(40) { scene.open() } else { who };
    for which in ["a", "m"] {
        let (topic, start) = (scene.names.topic(which), scene.text("start"));
        if scene.draw.percent(80) {
            scene.say(who, &format!("XGROUP CREATE {topic} g1 {start} MKSTREAM"));
        }
        if scene.draw.percent(40) {
            scene.say(other, &format!("XGROUP CREATE {topic} g2 0 MKSTREAM"));
        }
        if scene.draw.percent(60) {
            scene.say(who, &format!("XREADGROUP GROUP g1 c1 COUNT 2 STREAMS {topic} >"));
        }
    }
    for _ in 0..length(scene).div_ceil(3) {
        let speaker = if scene.draw.percent(50) { who } else { other };
        scene.chat(speaker, "groups", 3);
    }
}

/// EXPLAIN of everything, and sometimes the thing itself behind it.
pub(super) fn explain(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    let topic = scene.names.topic("a");
    if scene.draw.percent(50) {
        scene.say(who, &format!("XGROUP CREATE {topic} g1 0 MKSTREAM"));
        scene.say(who, &format!("XREADGROUP GROUP g1 c1 COUNT 1 STREAMS {topic} >"));
    }
    let count = length(scene);
    scene.chat(who, "explain", count);
    scene.chat(who, "streams", 2);
}

/// Any commands, whatever they are about.
pub(super) fn everything(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    for _ in 0..length(scene) {
        if scene.draw.percent(8) || scene.commands.is_empty() {
            scene.chat(who, "unknown", 1);
            continue;
        }
        let name = scene.draw.one(scene.commands).clone();
        let command = scene.command_named(&name);
        scene.say_spoilt(who, command);
    }
}

/// Messages that meet plugins, and what is told about plugins.
pub(super) fn plugins(scene: &mut Scene<'_>) {
    debug_assert_eq!(scene.profile, Profile::Plugins);
    let who = scene.open();
    for which in ["hash", "route"] {
        if scene.draw.percent(60) {
            let (topic, partitions) = (scene.names.topic(which), scene.draw.between(1, 6));
            scene.say(who, &format!("TOPIC CREATE {topic} PARTITIONS {partitions}"));
        }
    }
    let count = length(scene);
    scene.chat(who, "plugins", count);
}
