//! A connection that sees the commands of another one.

use crate::parity::{
    conversation::{Expect, words},
    scene::Scene,
};

pub(super) fn monitor(scene: &mut Scene<'_>) {
    let speaker = scene.open();
    scene.some_topics(speaker);
    let watcher = scene.open();
    scene.say_for(watcher, "MONITOR", Expect::Frames(1));
    for nth in 0..scene.draw.length(1, 4) {
        say_something(scene, speaker);
        let mark = format!("mark-{nth}");
        scene.say(speaker, &format!("ECHO {mark}"));
        scene.hear(watcher, Expect::Until(mark.into_bytes(), 1));
        // Up to the reply to the PING behind the mark, which is shown too.
        scene.hear(watcher, Expect::Frames(1));
        if scene.draw.percent(30) {
            ask_as_watcher(scene, watcher, nth);
        }
    }
    let end = *scene.draw.one(&["RESET", "QUIT"]);
    scene.say_for(watcher, end, Expect::Frames(1));
}

fn say_something(scene: &mut Scene<'_>, who: usize) {
    let section =
        *scene.draw.one(&["streams", "groups", "keys", "publish", "server", "partitions"]);
    match scene.draw.between(1, 5) {
        1 => scene.say(who, "AUTH nobody secret"),
        2 => {
            let lines = ["MULTI", "PING one", "ECHO two", "EXEC"];
            let commands = lines.iter().map(|line| words(line)).collect();
            scene.say_all(who, commands, Expect::Frames(4));
        }
        3 => scene.say(who, "HELLO 3 AUTH nobody secret SETNAME n"),
        _ => scene.chat(who, section, 3),
    }
}

/// A watcher may ask for little; its own commands are shown behind their replies.
fn ask_as_watcher(scene: &mut Scene<'_>, who: usize, nth: usize) {
    let topic = scene.names.topic("a");
    scene.say_for(who, &format!("XLEN {topic}"), Expect::Frames(1));
    let own = format!("own-{nth}");
    scene.say_for(who, &format!("ECHO {own}"), Expect::Until(own.into_bytes(), 2));
}
