//! MULTI, what is queued and what is refused, EXEC and what else ends a transaction.

use crate::parity::{
    conversation::{Command, Expect},
    scene::Scene,
};

pub(super) fn transactions(scene: &mut Scene<'_>) {
    let who = scene.open();
    scene.some_topics(who);
    let other = scene.draw.percent(30).then(|| scene.open());
    if scene.draw.percent(50) {
        let topic = scene.names.topic("a");
        scene.say(who, &format!("XGROUP CREATE {topic} g1 0 MKSTREAM"));
    }
    for _ in 0..scene.draw.length(1, 4) {
        transaction(scene, who);
        if let Some(other) = other {
            scene.chat(other, "streams", 1);
        }
    }
    scene.chat(who, "transactions", 3);
}

fn transaction(scene: &mut Scene<'_>, who: usize) {
    let end = *scene.draw.weighted(&[
        (70, "EXEC"),
        (10, "DISCARD"),
        (5, "RESET"),
        (5, "exec"),
        (5, "EXEC now"),
        (5, "MULTI"),
    ]);
    if scene.draw.percent(30) {
        together(scene, who, end);
    } else {
        scene.say_for(who, "MULTI", Expect::Frames(1));
        for _ in 0..scene.draw.length(0, 7) {
            let command = queued(scene);
            scene.say_words(who, command, Expect::Frames(1));
        }
        scene.say_for(who, end, Expect::Frames(1));
    }
    // Whatever became of it, it is over.
    scene.say_for(who, "DISCARD", Expect::Frames(1));
    if end == "RESET" && scene.profile.asks_for_login() {
        scene.say(who, "AUTH admin admin");
    }
}

/// The whole transaction in one write.
fn together(scene: &mut Scene<'_>, who: usize, end: &str) {
    let mut commands = vec![vec![b"MULTI".to_vec()]];
    let count = scene.draw.length(0, 6);
    commands.extend((0..count).map(|_| queued(scene)));
    commands.retain(|command: &Command| command.iter().map(Vec::len).sum::<usize>() < 1_000);
    commands.push(crate::parity::conversation::words(end));
    let replies = commands.len();
    scene.say_all(who, commands, Expect::Frames(replies));
}

/// A command that has exactly one reply while a transaction is open.
fn queued(scene: &mut Scene<'_>) -> Command {
    let command = scene.command_of("queue");
    scene.spoil(command)
}
