//! Logins of every kind, and what each may do.

use crate::parity::scene::Scene;

/// Connections that log in again and again.
pub(super) fn login(scene: &mut Scene<'_>) {
    let who = scene.open_stranger();
    for _ in 0..scene.draw.length(4, 10) {
        let section = *scene.draw.weighted(&[(8, "login"), (1, "streams"), (1, "databus")]);
        scene.chat(who, section, 1);
    }
    scene.say(who, "CLIENT INFO");
}

/// One user after the other tries this and that.
pub(super) fn rights(scene: &mut Scene<'_>) {
    let admin = scene.open();
    scene.some_topics(admin);
    for _ in 0..scene.draw.length(1, 2) {
        let user = *scene.draw.one(&["writer", "reader", "partly", "default"]);
        let who = scene.open_stranger();
        let protocol = scene.draw.between(2, 3);
        scene.say(who, &format!("HELLO {protocol} AUTH {user} {user}"));
        for _ in 0..scene.draw.length(3, 8) {
            let section = *scene.draw.one(&SECTIONS);
            scene.chat(who, section, 2);
        }
        if scene.draw.percent(50) {
            let topic = scene.names.topic("b");
            scene.say(who, &format!("SUBSCRIBE {topic}"));
            scene.say(who, "RESET");
        }
    }
}

const SECTIONS: [&str; 11] = [
    "streams",
    "groups",
    "keys",
    "topics",
    "publish",
    "partitions",
    "explain",
    "server",
    "plugins",
    "rude",
    "transactions",
];
