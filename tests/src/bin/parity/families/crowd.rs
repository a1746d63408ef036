//! Connections that are killed, and those that are too many.

use crate::parity::{
    conversation::{Expect, Step},
    profile::CONNECTIONS_MAX,
    scene::Scene,
};

/// One connection ends others, some of which do something.
pub(super) fn kill(scene: &mut Scene<'_>) {
    let killer = scene.open();
    let victims: Vec<usize> = (0..3).map(|_| scene.open()).collect();
    let topic = scene.names.topic("a");
    scene.say(killer, &format!("TOPIC CREATE {topic}"));
    scene.say(victims[0], &format!("SUBSCRIBE {topic}"));
    scene.say(victims[1], "MULTI");
    let (first, second) = (victims[0], victims[1]);
    scene.say(killer, "CLIENT LIST");
    match scene.draw.between(1, 7) {
        1 => {
            scene.say(killer, &format!("CLIENT KILL ID {{id:{first}}}"));
            scene.say(killer, &format!("CLIENT KILL ID {{id:{second}}} SKIPME no TYPE normal"));
            [first, second].iter().for_each(|who| scene.hear(*who, Expect::End));
        }
        2 => {
            scene.say(killer, &format!("CLIENT KILL ADDR {{address:{first}}}"));
            scene.say(killer, &format!("CLIENT KILL {{address:{second}}}"));
            [first, second].iter().for_each(|who| scene.hear(*who, Expect::End));
        }
        3 => {
            scene.say(killer, "CLIENT KILL TYPE pubsub MAXAGE 0");
            scene.hear(first, Expect::End);
            scene.say(second, "EXEC");
        }
        4 => everybody(scene, killer, &victims, "CLIENT KILL TYPE normal"),
        5 => everybody(scene, killer, &victims, "CLIENT KILL LADDR {gateway} SKIPME YES"),
        6 => everybody(scene, killer, &victims, "CLIENT KILL MAXAGE 0"),
        _ => {
            let line = format!("CLIENT KILL ID {{id:{killer}}} SKIPME no");
            scene.say_for(killer, &line, Expect::End);
        }
    }
    scene.say(victims[2], "PING");
}

/// The harness' own connection is among them.
fn everybody(scene: &mut Scene<'_>, killer: usize, victims: &[usize], line: &str) {
    scene.say(killer, line);
    let is_spared = |nth: usize| nth == 0 && line.ends_with("normal");
    for (_, who) in victims.iter().enumerate().filter(|(nth, _)| !is_spared(*nth)) {
        scene.hear(*who, Expect::End);
    }
    scene.step(Step::Renew);
    scene.say(killer, "CLIENT ID");
}

/// More connections than the gateway takes.
pub(super) fn crowd(scene: &mut Scene<'_>) {
    // The harness has one.
    let taken: Vec<usize> = (1..CONNECTIONS_MAX).map(|_| scene.open_plain()).collect();
    for _ in 0..scene.draw.length(1, 3) {
        let refused = scene.open_stranger();
        scene.hear(refused, Expect::End);
    }
    for who in taken {
        scene.chat(who, "client", 2);
    }
}
