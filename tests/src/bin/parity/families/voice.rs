//! CLIENT REPLY: connections that want no replies, or not the next one.

use crate::parity::{
    conversation::{Expect, words},
    scene::Scene,
};

pub(super) fn voice(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    for nth in 0..scene.draw.length(1, 4) {
        match scene.draw.between(1, 5) {
            1 => skip(scene, who),
            2 => wrong(scene, who),
            3 => listen_in_silence(scene, who, nth),
            _ => silence(scene, who),
        }
    }
    scene.chat(who, "streams", 2);
}

/// Nothing is answered until replies are wanted again.
fn silence(scene: &mut Scene<'_>, who: usize) {
    scene.say_for(who, "CLIENT REPLY OFF", Expect::Nothing);
    for _ in 0..scene.draw.length(1, 6) {
        let command = scene.command_of("quietly");
        scene.say_words(who, command, Expect::Nothing);
    }
    if scene.draw.percent(30) {
        for line in ["MULTI", "PING", "EXEC", "CLIENT REPLY SKIP"] {
            scene.say_for(who, line, Expect::Nothing);
        }
    }
    let end = *scene.draw.one(&["CLIENT REPLY ON", "CLIENT REPLY ON", "RESET"]);
    if end == "RESET" {
        // Everything is wanted again from here on.
        scene.say_for(who, end, Expect::Nothing);
        if scene.profile.asks_for_login() {
            scene.say(who, "AUTH admin admin");
        }
        scene.say(who, "PING awake");
    } else {
        scene.say(who, end);
    }
}

/// The reply to one command is left out, in one write or in two.
fn skip(scene: &mut Scene<'_>, who: usize) {
    let (command, mode) = (scene.command_of("quietly"), *scene.draw.one(&["SKIP", "skip"]));
    let skip = words(&format!("CLIENT REPLY {mode}"));
    if scene.draw.percent(50) {
        scene.say_all(who, vec![skip, command, words("ECHO heard")], Expect::Fence);
    } else {
        scene.say_words(who, skip, Expect::Nothing);
        scene.say_words(who, command, Expect::Fence);
    }
}

fn wrong(scene: &mut Scene<'_>, who: usize) {
    for line in ["CLIENT REPLY maybe", "CLIENT REPLY", "CLIENT REPLY OFF now", "CLIENT REPLY on"] {
        scene.say(who, line);
    }
}

/// What tells a client about its subscriptions comes all the same.
fn listen_in_silence(scene: &mut Scene<'_>, who: usize, nth: usize) {
    let topic = scene.names.topic(&format!("s{nth}"));
    scene.say(who, &format!("TOPIC CREATE {topic}"));
    scene.say_for(who, "CLIENT REPLY OFF", Expect::Nothing);
    scene.say_for(who, &format!("SUBSCRIBE {topic}"), Expect::Frames(1));
    scene.say_for(who, &format!("UNSUBSCRIBE {topic}"), Expect::Frames(1));
    scene.say(who, "CLIENT REPLY ON");
}
