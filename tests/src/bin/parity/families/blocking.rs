//! Commands that wait for entries, and everything that ends their wait.

use crate::parity::{
    conversation::{Expect, Step, words},
    scene::Scene,
};

/// How a wait ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Entry,
    Message,
    Transaction,
    Unblock(&'static str),
    Kill,
    Close,
}

const ENDS: [(u64, End); 8] = [
    (40, End::Entry),
    (15, End::Message),
    (10, End::Transaction),
    (10, End::Unblock("")),
    (8, End::Unblock(" TIMEOUT")),
    (8, End::Unblock(" error")),
    (5, End::Kill),
    (4, End::Close),
];

pub(super) fn blocking(scene: &mut Scene<'_>) {
    let writer = scene.open();
    let topic = scene.names.topic("a");
    scene.say(writer, &format!("TOPIC CREATE {topic} PARTITIONS 1"));
    scene.some_topics(writer);
    for which in ["a", "m"] {
        let topic = scene.names.topic(which);
        scene.say(writer, &format!("XGROUP CREATE {topic} g1 $ MKSTREAM"));
    }
    let mut reader = scene.open();
    for _ in 0..scene.draw.length(2, 5) {
        let which = *scene.draw.weighted(&[(3, "a"), (1, "m")]);
        let end = *scene.draw.weighted(&ENDS);
        wait(scene, reader, which);
        scene.step(Step::Blocked { who: reader });
        if scene.draw.percent(30) {
            scene.say(writer, &format!("CLIENT LIST ID {{id:{reader}}}"));
        }
        let second = scene.draw.percent(25).then(|| second_reader(scene, which));
        finish(scene, (writer, reader), which, end);
        if let Some(second) = second {
            if !is_publish(end) {
                publish(scene, writer, which, End::Entry);
            }
            scene.hear(second, Expect::Frames(1));
            scene.say(second, "PING");
        }
        if matches!(end, End::Kill | End::Close) {
            reader = scene.open();
        }
        let topic = scene.names.topic(which);
        scene.say(reader, &format!("XPENDING {topic} g1 - + 10"));
    }
}

fn is_publish(end: End) -> bool {
    matches!(end, End::Entry | End::Message | End::Transaction)
}

/// Begins to wait, alone or with a command behind it in the same write.
fn wait(scene: &mut Scene<'_>, who: usize, which: &str) {
    let (topic, other) = (scene.names.topic(which), scene.names.topic("b"));
    let line = match scene.draw.between(1, 6) {
        1 | 2 => format!("XREAD BLOCK 0 STREAMS {topic} $"),
        3 => format!("XREAD COUNT 2 BLOCK 600000 STREAMS {topic} {other} $ $"),
        4 => format!("XREADGROUP GROUP g1 c1 BLOCK 0 STREAMS {topic} >"),
        5 => format!("XREADGROUP GROUP g1 c2 COUNT 1 BLOCK 600000 NOACK STREAMS {topic} >"),
        _ => format!("XREAD BLOCK 0 STREAMS {topic}:0 $"),
    };
    scene.say_for(who, &line, Expect::Nothing);
}

/// Another one that waits for the same, outside of the group: within it either could be woken.
fn second_reader(scene: &mut Scene<'_>, which: &str) -> usize {
    let (who, topic) = (scene.open(), scene.names.topic(which));
    scene.say_for(who, &format!("XREAD BLOCK 0 STREAMS {topic} $"), Expect::Nothing);
    scene.step(Step::Blocked { who });
    who
}

fn finish(scene: &mut Scene<'_>, (writer, reader): (usize, usize), which: &str, end: End) {
    match end {
        End::Entry | End::Message | End::Transaction => {
            publish(scene, writer, which, end);
            scene.hear(reader, Expect::Frames(1));
        }
        End::Unblock(how) => {
            scene.say(writer, &format!("CLIENT UNBLOCK {{id:{reader}}}{how}"));
            scene.hear(reader, Expect::Frames(1));
        }
        End::Kill => {
            scene.say(writer, &format!("CLIENT KILL ID {{id:{reader}}}"));
            scene.hear(reader, Expect::End);
        }
        End::Close => scene.step(Step::Close { who: reader }),
    }
    if !matches!(end, End::Kill | End::Close) {
        scene.say(reader, "CLIENT GETNAME");
    }
}

/// One entry in partition 0, for which every wait here waits.
fn publish(scene: &mut Scene<'_>, who: usize, which: &str, how: End) {
    let topic = scene.names.topic(which);
    match how {
        End::Message if which == "a" => scene.say(who, &format!("PUBLISH {topic} hello")),
        End::Transaction => {
            let lines = ["MULTI".to_owned(), format!("XADD {topic}:0 * a 1"), "EXEC".to_owned()];
            let commands = lines.iter().map(|line| words(line)).collect();
            scene.say_all(who, commands, Expect::Frames(3));
        }
        _ => scene.say(who, &format!("XADD {topic}:0 * f1 woken")),
    }
}
